package io.heartwheel.swarm;

import io.heartwheel.swarm.SwarmReport.Counts;
import io.heartwheel.swarm.SwarmReport.Outcome;
import io.heartwheel.swarm.SwarmReport.Timing;
import io.heartwheel.swarm.SwarmReport.Traffic;
import io.heartwheel.wire.Hello;
import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Compares the end of each client with the one that it should have had. The server should close a silent client when
 * the detection time, of the last HELLO or else of the plan, has passed since the client's last write. It should close
 * no other client.
 */
final class Assessment
{
    /** A close may come this much too soon, as the two ends read their clocks at different moments. */
    private static final long EARLY_TOLERANCE_NS = TimeUnit.MILLISECONDS.toNanos(2);

    /** A close that has not come this long after its time counts as missing. */
    private static final long MISSING_AFTER_NS = TimeUnit.SECONDS.toNanos(1);

    private final long endNs;
    private final long untoldDetectionNs;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Hello> hellos = new ArrayList<>();
    private final Histogram latenessUs = new Histogram(3);
    private int living;
    private int unasked;
    private int silent;
    private int silentClosed;
    private int early;
    private int missing;
    private int notDue;
    private int closing;
    private int closingUnanswered;
    private int reset;

    private Assessment(final long endNs, final long untoldDetectionNs)
    {
        this.endNs = endNs;
        this.untoldDetectionNs = untoldDetectionNs;
    }

    static SwarmReport of(
        final SwarmPlan plan, final SwarmClient[] clients, final Timing timing, final Traffic traffic)
    {
        final Assessment assessment = new Assessment(timing.endNs(), plan.detectionNs());
        for (final SwarmClient client : clients)
        {
            if (null != client.ending)
            {
                assessment.add(client);
            }
        }

        return new SwarmReport(plan, timing, traffic, assessment.counts(),
            assessment.hellos, assessment.outcomes, assessment.latenessUs);
    }

    private void add(final SwarmClient client)
    {
        final Outcome outcome = new Outcome(client.localPort, client.fate, client.hasDied,
            client.timeOfDeathNs, client.ending, client.byeReason, client.byeText);
        outcomes.add(outcome);
        if (null != client.hello && !hellos.contains(client.hello))
        {
            hellos.add(client.hello);
        }

        if (!client.hasDied)
        {
            living++;
            unasked += outcome.isUnasked() ? 1 : 0;
            return;
        }
        switch (client.fate)
        {
            case SILENT -> addSilent(client, outcome.isClosedByServer());
            case CLOSE -> addClosing(client, outcome.isClosedByServer());
            default -> reset++;
        }
    }

    private void addSilent(final SwarmClient client, final boolean isClosed)
    {
        silent++;
        final long detectionNs = null == client.hello ? untoldDetectionNs : detectionNs(client.hello);
        final long dueNs = client.timeOfLastWriteNs + detectionNs;
        if (isClosed)
        {
            silentClosed++;
            if (detectionNs > 0)
            {
                addLateness(client.timeOfCloseNs - dueNs);
            }
        }
        else if (detectionNs > 0 && endNs - dueNs > MISSING_AFTER_NS)
        {
            missing++;
        }
        else
        {
            notDue++;
        }
    }

    private void addLateness(final long latenessNs)
    {
        if (latenessNs < -EARLY_TOLERANCE_NS)
        {
            early++;
        }
        else
        {
            latenessUs.recordValue(Math.max(0, TimeUnit.NANOSECONDS.toMicros(latenessNs)));
        }
    }

    private void addClosing(final SwarmClient client, final boolean isClosed)
    {
        closing++;
        closingUnanswered += !isClosed && endNs - client.timeOfDeathNs > MISSING_AFTER_NS ? 1 : 0;
    }

    /**
     * Silence in ns after which the server should close, or 0 if it never should.
     */
    private static long detectionNs(final Hello hello)
    {
        return 0 == hello.idleMs() ? 0 :
            TimeUnit.MILLISECONDS.toNanos(hello.idleMs() + hello.intervalMs() * hello.count());
    }

    private Counts counts()
    {
        return new Counts(
            living, unasked, silent, silentClosed, early, missing, notDue, closing, closingUnanswered, reset);
    }
}
