package io.heartwheel.simulation;

import io.heartwheel.reactor.Insides;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentTerminationException;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Runs one scenario: a reactor whose parks let virtual time pass, the events that happen to it, and the rules that must
 * hold throughout. There are no threads: each event happens at its time, whatever the reactor does then.
 */
abstract class Simulation
{
    static final long MS = Scenario.MS;

    /** Held, or its level would be forgotten with it. */
    private static final Logger LOGGER = Logger.getLogger("io.heartwheel");
    private static final int HISTORY_LENGTH = 200;
    private static final int CYCLES_PER_CHECK = 16;
    private static final long WINDOW_NS = 1_000 * MS;
    private static final int CYCLES_PER_WINDOW_MAX = 6_000;
    private static final int CYCLES_PER_WINDOW_AND_SLOT_MAX = 400;

    final Scenario scenario;
    final VirtualTime time;
    final SimulatedNetwork network;
    final Stalls stalls;
    final Ending ending;
    final SplittableRandom random;
    private final ArrayDeque<String> history = new ArrayDeque<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final ArrayDeque<Step> due = new ArrayDeque<>();
    private final ArrayDeque<Step> callbackSteps = new ArrayDeque<>();
    private long windowStartNs;
    private int cycles;
    private int nextCheck;
    private int cyclesAtWindowStart;
    private boolean isOver;

    static
    {
        LOGGER.setLevel(Level.OFF);
    }

    Simulation(final Scenario scenario)
    {
        this.scenario = scenario;
        stalls = new Stalls(Scenario.STALL_NS, scenario.maxCostNs());
        random = scenario.randomOf(-1);
        time = new VirtualTime(scenario.startNs());
        network = new SimulatedNetwork(time, random.nextLong());
        ending = new Ending(time, stalls);
        network.shuffled(random.nextBoolean());
        network.heeded();
        if (scenario.maxCostNs() > 0)
        {
            final SplittableRandom costs = random.split();
            final long maxCostNs = scenario.maxCostNs();
            time.cost(() -> costs.nextLong(0 == costs.nextInt(20) ? maxCostNs : 1 + maxCostNs / 100));
        }
    }

    static Simulation of(final Scenario scenario)
    {
        return scenario.isPair() ? new PairSimulation(scenario) : new ServerSimulation(scenario);
    }

    /**
     * Run it.
     *
     * @return what went wrong, or null.
     */
    final Throwable run()
    {
        try
        {
            begin();
            for (final Step step : scenario.steps())
            {
                time.after(step.atNs(), () -> happen(step));
            }
            while (!isOver && time.elapsedNs() < scenario.durationNs())
            {
                work();
            }
            if (!isOver)
            {
                performDue();
                callbackSteps.clear();
                end();
            }
            requireNoError();
            return null;
        }
        catch (final Exception | Error ex)
        {
            // The first error is the cause of what followed.
            final Throwable first = errors.isEmpty() ? ex : errors.get(0);
            note(first.toString());
            return first;
        }
        finally
        {
            Thread.interrupted();
        }
    }

    /**
     * What happened last.
     */
    final String history()
    {
        return String.join("\n", history);
    }

    /**
     * The agent whose parks let time pass.
     */
    abstract Agent agent();

    abstract void begin() throws IOException;

    /**
     * Something happens, in the middle of whatever the reactor is doing.
     */
    abstract void onEvent(Step step) throws IOException;

    /**
     * The application does something, between two duty cycles.
     */
    abstract void onReactorStep(Step step);

    /**
     * A duty cycle begins.
     */
    abstract void onCycle();

    /**
     * The agent has ended: by what its application said, or by an error.
     */
    abstract void onEnded() throws IOException;

    /**
     * The reactor is about to stall between two duty cycles.
     */
    void onStall()
    {
    }

    abstract void check();

    abstract void end() throws IOException;

    /**
     * One duty cycle, and a look at everything now and then.
     */
    final void work() throws IOException
    {
        performDue();
        doAgentWork();
        requireNoError();
        if (!isOver && ++cycles >= nextCheck)
        {
            nextCheck = cycles + CYCLES_PER_CHECK + Insides.slots(agent());
            check();
            requireRest();
            ending.check();
        }
    }

    private void performDue()
    {
        while (!due.isEmpty())
        {
            perform(due.poll());
        }
    }

    private void doAgentWork() throws IOException
    {
        onCycle();
        try
        {
            agent().doWork();
        }
        catch (final AgentTerminationException ex)
        {
            require(Insides.isEnded(agent()), "the agent says that it ends, and has not");
        }
        catch (final Exception | Error ex)
        {
            throw new IllegalStateException("the duty cycle failed: " + ex, ex);
        }
        require(!Thread.interrupted(), "the thread is interrupted, by which a runner would end");
        if (Insides.isEnded(agent()))
        {
            note("the agent has ended");
            require(ending.isBegun(), "the agent ended by itself");
            isOver = true;
            onEnded();
        }
    }

    final boolean isOver()
    {
        return isOver;
    }

    private void happen(final Step step)
    {
        try
        {
            if (!step.kind().isOfReactor)
            {
                note(step.toString());
                onEvent(step);
            }
            else if (isOfCallback(step.kind()))
            {
                callbackSteps.add(step);
            }
            else
            {
                due.add(step);
            }
        }
        catch (final IOException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    private void perform(final Step step)
    {
        note(step.toString());
        if (Step.Kind.STALL == step.kind())
        {
            onStall();
            stall(step.durationNs(), true);
        }
        else
        {
            try
            {
                onReactorStep(step);
            }
            catch (final Error ex)
            {
                if (!OnPurpose.is(ex))
                {
                    throw ex;
                }
            }
        }
    }

    private static boolean isOfCallback(final Step.Kind kind)
    {
        return kind.compareTo(Step.Kind.STALL_IN_CALLBACK) >= 0;
    }

    /**
     * What a callback is to do besides its work, or null.
     */
    final Step nextCallbackStep()
    {
        final Step step = callbackSteps.poll();
        if (null != step)
        {
            note("in a callback: " + step);
        }
        return step;
    }

    final void stall(final long durationNs, final boolean isNoticed)
    {
        final long fromNs = time.elapsedNs();
        time.advance(durationNs);
        stalls.add(fromNs, time.elapsedNs(), isNoticed);
    }

    /**
     * A reactor that has nothing to do parks.
     */
    private void requireRest()
    {
        if (time.elapsedNs() - windowStartNs >= WINDOW_NS)
        {
            windowStartNs = time.elapsedNs();
            cyclesAtWindowStart = cycles;
        }
        require(cycles - cyclesAtWindowStart <= CYCLES_PER_WINDOW_MAX +
            CYCLES_PER_WINDOW_AND_SLOT_MAX * Insides.slots(agent()), "the reactor spins");
    }

    final void onError(final Throwable error)
    {
        if (!OnPurpose.is(error))
        {
            errors.add(error);
        }
        else if (scenario.isHandlerThrowing())
        {
            throw OnPurpose.exception();
        }
    }

    private void requireNoError()
    {
        if (!errors.isEmpty())
        {
            throw new IllegalStateException(errors.get(0));
        }
    }

    final void note(final String what)
    {
        history.add(String.format(Locale.ROOT, "%,12.3f ms  %s", time.elapsedNs() / (double)MS, what));
        if (history.size() > HISTORY_LENGTH)
        {
            history.poll();
        }
    }

    static void require(final boolean isTrue, final String what)
    {
        if (!isTrue)
        {
            throw new Violation(what);
        }
    }
}
