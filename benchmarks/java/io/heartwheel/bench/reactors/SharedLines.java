package io.heartwheel.bench.reactors;

import io.heartwheel.Doors;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.bench.harness.BenchCommand;
import io.heartwheel.bench.harness.ChildProcess;
import io.heartwheel.bench.harness.ClientProcess;
import io.heartwheel.bench.harness.Processes;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.Jol;
import org.openjdk.jol.info.GraphLayout;
import org.openjdk.jol.info.GraphPathRecord;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

/**
 * Looks for lines of cache that two reactors contend for while their peers beat. It takes all objects that can be
 * reached from the reactors, and reads their words again and again: what changes is written. No other tool tells this
 * where the machine has no counters for it.
 * <p>
 * A word that is written, but has its old value again whenever it is looked at, is not seen. The memory outside of the
 * heap is not looked at.
 */
@Command(
    name = "SharedLines",
    description = "Looks for cache lines that two reactors write while their peers beat.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class SharedLines extends BenchCommand
{
    private static final MethodHandle WORD_AT = wordAt();
    private static final int LOOKS = 200;
    private static final int LOOK_PAUSE_MS = 10;
    private static final int REACTORS = 2;
    private static final int BOTH = REACTORS;
    private static final int CONTENDED = 1;
    private static final int TOLD_MAX = 20;

    @Option(names = {"-n", "--connections"}, defaultValue = "2000",
        description = "number of clients, each of which sends a PING each second (default: ${DEFAULT-VALUE})")
    private int connections;

    @Option(names = "--line", paramLabel = "BYTES", defaultValue = "64",
        description = "length of a cache line (default: ${DEFAULT-VALUE})")
    private int lineLength;

    @Option(names = "--collect", negatable = true, defaultValue = "true", fallbackValue = "true",
        description = "let the collector move what there is before (default: ${DEFAULT-VALUE})")
    private boolean isCollected;

    /** What each word belongs to, and whether it was seen to change. */
    private final Map<Long, Part> parts = new TreeMap<>();

    /**
     * The words of one object.
     *
     * @param owner index of the reactor that it belongs to, or {@link #BOTH}.
     */
    private record Part(long address, int owner, String name, long[] words, boolean[] isWritten)
    {
    }

    public static void main(final String[] args)
    {
        System.exit(new CommandLine(new SharedLines()).execute(args));
    }

    @Override
    public Integer call() throws IOException, InterruptedException
    {
        Jol.prepare();
        try (HeartbeatServer server = HeartbeatServer.launch(new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .cadence(new Cadence(TimeUnit.SECONDS.toNanos(4), 0, 0)).reactors(REACTORS)
            .listener(new QuietListener()));
            ChildProcess clients = Processes.clients(Processes.CLIENT_FLAGS, List.of("swarm",
                Integer.toString(server.localAddress().getPort()), Integer.toString(connections), "1000", "0", "0",
                Long.toString(TimeUnit.MINUTES.toMillis(5)))))
        {
            clients.line(ClientProcess.CONNECTED, Processes.CONNECT_WAIT_MS);
            Thread.sleep(TimeUnit.SECONDS.toMillis(3));
            if (isCollected)
            {
                System.gc();
            }
            final long collections = collections();
            walk(server);
            final long heard = server.metrics().count(Counter.HEARD);
            look();
            final long beats = server.metrics().count(Counter.HEARD) - heard;
            if (collections != collections())
            {
                throw new IOException("the collector moved objects meanwhile: a larger young generation is needed");
            }
            return report(beats) ? CONTENDED : 0;
        }
    }

    private static long collections()
    {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
            .mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
    }

    private void walk(final HeartbeatServer server)
    {
        final List<GraphLayout> graphs = new ArrayList<>();
        for (int i = 0; i < REACTORS; i++)
        {
            graphs.add(GraphLayout.parseInstance(Doors.reactorOf(server, i)));
        }
        for (final long address : graphs.get(0).addresses())
        {
            final GraphPathRecord object = graphs.get(0).record(address);
            final int words = (int)(object.size() / Long.BYTES);
            parts.put(address, new Part(address, ownerOf(object, graphs.get(1).record(address)),
                object.klass().getName(), new long[words], new boolean[words]));
        }
    }

    /** Each reactor can reach the other by what they share: the way to an object of its own is shorter. */
    private static int ownerOf(final GraphPathRecord fromFirst, final GraphPathRecord fromSecond)
    {
        final int difference = null == fromSecond ? -1 : (int)(stepsOf(fromFirst.path()) - stepsOf(fromSecond.path()));
        return 0 == difference ? BOTH : difference < 0 ? 0 : 1;
    }

    private static long stepsOf(final String path)
    {
        return path.chars().filter((each) -> '.' == each || '[' == each).count();
    }

    private void look() throws InterruptedException
    {
        parts.values().forEach((part) -> eachWord(part, (index) -> part.words[(int)index] = word(part, index)));
        for (int i = 0; i < LOOKS; i++)
        {
            Thread.sleep(LOOK_PAUSE_MS);
            parts.values().forEach((part) -> eachWord(part,
                (index) -> part.isWritten[(int)index] |= part.words[(int)index] != word(part, index)));
        }
    }

    private static void eachWord(final Part part, final LongConsumer action)
    {
        for (int i = 0; i < part.words.length; i++)
        {
            action.accept(i);
        }
    }

    private static long word(final Part part, final long index)
    {
        try
        {
            return (long)WORD_AT.invokeExact(part.address + index * Long.BYTES);
        }
        catch (final Throwable ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * @return whether two reactors write to one line.
     */
    private boolean report(final long beats)
    {
        final int[] objects = new int[BOTH + 1];
        final int[] written = new int[BOTH + 1];
        final Map<Long, boolean[]> writers = new TreeMap<>();
        final Map<Long, boolean[]> holders = new TreeMap<>();
        final Map<Long, String> names = new TreeMap<>();
        for (final Part part : parts.values())
        {
            objects[part.owner]++;
            boolean isWritten = false;
            for (int i = 0; i < part.words.length; i++)
            {
                final long line = Math.floorDiv(part.address + (long)i * Long.BYTES, lineLength);
                holders.computeIfAbsent(line, (any) -> new boolean[BOTH + 1])[part.owner] = true;
                names.merge(line, part.owner + ":" + part.name,
                    (names1, name) -> names1.endsWith(name) ? names1 : names1 + ", " + name);
                if (part.isWritten[i])
                {
                    isWritten = true;
                    writers.computeIfAbsent(line, (any) -> new boolean[BOTH + 1])[part.owner] = true;
                }
            }
            written[part.owner] += isWritten ? 1 : 0;
        }
        System.out.printf("%,d heartbeats; lines of %d bytes; %s%n", beats, lineLength,
            isCollected ? "after a collection" : "as allocated");
        for (int i = 0; i <= BOTH; i++)
        {
            System.out.printf("%s: %,d objects, of which %,d were written%n",
                BOTH == i ? "of both" : "of reactor " + i, objects[i], written[i]);
        }
        final List<Long> contended = lines(writers, (line, of) -> of[0] && of[1]);
        tell("written by both reactors", contended, names);
        tell("written, of both reactors", lines(writers, (line, of) -> of[BOTH]), names);
        tell("written by one reactor, and holding words of the other", lines(writers, (line, of) ->
            of[0] != of[1] && holders.get(line)[0] && holders.get(line)[1]), names);
        return !contended.isEmpty();
    }

    /** Whether a line is meant. */
    private interface Choice
    {
        boolean isOf(long line, boolean[] writers);
    }

    private static List<Long> lines(final Map<Long, boolean[]> writers, final Choice choice)
    {
        return writers.entrySet().stream().filter((line) -> choice.isOf(line.getKey(), line.getValue()))
            .map(Map.Entry::getKey).toList();
    }

    private static void tell(final String what, final List<Long> lines, final Map<Long, String> names)
    {
        System.out.printf("lines %s: %d%n", what, lines.size());
        lines.stream().limit(TOLD_MAX).forEach((line) -> System.out.println("    " + names.get(line)));
    }

    private static MethodHandle wordAt()
    {
        try
        {
            final Class<?> type = Class.forName("sun.misc.Unsafe");
            final Field unsafe = type.getDeclaredField("theUnsafe");
            unsafe.setAccessible(true);
            return MethodHandles.lookup()
                .findVirtual(type, "getLong", MethodType.methodType(long.class, long.class)).bindTo(unsafe.get(null));
        }
        catch (final ReflectiveOperationException ex)
        {
            throw new IllegalStateException(ex);
        }
    }
}
