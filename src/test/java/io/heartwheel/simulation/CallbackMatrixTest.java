package io.heartwheel.simulation;

import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.Link;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.simulation.CallbackWorld.Action;
import io.heartwheel.simulation.CallbackWorld.Callback;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Every method is called in every callback: the first time or each time, and twice in a row; on the callback's own
 * connection, on another one, and on one that has ended; by the reactor thread, and by another thread while the reactor
 * is in the callback.
 */
class CallbackMatrixTest
{
    private static final Cadence OTHER = new Cadence(2_000_000_000L, 1_000_000_000L, 3);
    private static final Cadence KEEP_ALIVE = new Cadence(60_000_000_000L, 10_000_000_000L, 3);

    /**
     * Something to do.
     *
     * @param isOfAnyThread may another thread do it?
     * @param isHarmless    does it leave both agents, and all links that are not its callback's, as they are?
     */
    private record Call(String name, boolean isOfAnyThread, boolean isHarmless, Action action)
    {
    }

    private static List<Call> calls()
    {
        final List<Call> calls = new ArrayList<>();
        addOfConnections(calls, "connection.close", true, CallbackWorld::close);
        addOfConnections(
            calls, "connection.close taken over", true, (world, any) -> any.close(CloseReason.TAKEN_OVER));
        addOfConnections(calls, "connection.identity", false, (world, any) -> any.identity(CallbackWorld.NAME));
        addOfConnections(calls, "connection.send", true, (world, any) -> any.send(ByteBuffer.allocate(3)));
        addOfConnections(calls, "connection.cadence", false, (world, any) -> any.cadence(OTHER));
        addOfConnections(calls, "connection.cadence off", false, (world, any) -> any.cadence(Cadence.OFF));
        addOfConnections(calls, "connection.tcpKeepAlive", false, (world, any) -> any.tcpKeepAlive(KEEP_ALIVE));
        add(calls, "link.askFor", true, (world, connection, link) -> linkOf(world, link).askFor(OTHER));
        add(calls, "link.reconnect", true, (world, connection, link) -> linkOf(world, link).reconnect());
        add(calls, "link.close", true, (world, connection, link) -> world.closeLink(linkOf(world, link)));
        add(calls, "links.close", false, (world, connection, link) -> List.copyOf(world.links).forEach(Link::close));
        add(calls, "client.connect", true, (world, connection, link) -> world.client.connect(world.address));
        add(calls, "client.connect nowhere", true, (world, connection, link) -> world.client.connect(world.nowhere));
        add(calls, "client.connect and close", true, (world, connection, link) ->
            world.client.connect(world.address).askFor(OTHER).close());
        add(calls, "client.connections", true, (world, connection, link) -> world.client.connections());
        add(calls, "client.close", false, (world, connection, link) -> world.client.close());
        add(calls, "server.connections", true, (world, connection, link) -> world.server.connections());
        add(calls, "server.close", false, (world, connection, link) -> world.server.close());
        add(calls, "server.drain", false, (world, connection, link) -> world.server.drain(Duration.ZERO));
        add(calls, "server.drain slowly", false, (world, connection, link) ->
            world.server.drain(Duration.ofSeconds(1)));
        add(calls, "server.drain and close", false, (world, connection, link) ->
            world.server.drain(Duration.ofMinutes(1)).thenRun(world.server::close));
        return calls;
    }

    private static void add(
        final List<Call> calls, final String name, final boolean isHarmless, final Action action)
    {
        calls.add(new Call(name, true, isHarmless, action));
    }

    private static void addOfConnections(
        final List<Call> calls,
        final String name,
        final boolean isOfAnyThread,
        final BiConsumer<CallbackWorld, Connection> call)
    {
        calls.add(new Call(name + " of its own", isOfAnyThread, true, (world, connection, link) ->
        {
            if (null != connection)
            {
                call.accept(world, connection);
            }
        }));
        calls.add(new Call(name + " of all there ever were", isOfAnyThread, true, (world, connection, link) ->
            List.copyOf(world.opened).forEach((any) -> call.accept(world, any))));
    }

    /** A callback that is told of no link takes the first. */
    private static Link linkOf(final CallbackWorld world, final Link link)
    {
        return null == link ? world.links.get(0) : link;
    }

    @TestFactory
    Stream<DynamicTest> shouldDoWhatItIsToldInEveryCallback()
    {
        return cells(false, true);
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> shouldDoWhatItIsToldOnceInEveryCallback()
    {
        return cells(false, false);
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> shouldDoWhatAnotherThreadTellsItInEveryCallback()
    {
        return Stream.concat(cells(true, false), cells(true, true));
    }

    private static Stream<DynamicTest> cells(final boolean isElsewhere, final boolean isAlways)
    {
        return Stream.of(Callback.values()).flatMap((callback) -> calls().stream()
            .filter((call) -> !isElsewhere || call.isOfAnyThread())
            .map((call) -> DynamicTest.dynamicTest(
                call.name() + " in " + callback + (isElsewhere ? " by another thread" : "") +
                (isAlways ? " always" : ""), () -> shouldDo(callback, call, isElsewhere, isAlways))));
    }

    private static void shouldDo(
        final Callback callback, final Call call, final boolean isElsewhere, final boolean isAlways)
    {
        final Action action = isElsewhere ? elsewhere(call.action()) : call.action();
        final CallbackWorld world = new CallbackWorld(callback, action, isAlways);
        world.run();
        assertTrue(world.wasCalled(), callback + " never came");
        if (call.name().startsWith("server.close") || call.name().startsWith("server.drain"))
        {
            assertTrue(world.server.ended().isDone() || call.name().equals("server.drain and close"), "server goes on");
        }
        else if (call.name().equals("client.close"))
        {
            assertTrue(world.client.ended().isDone(), "client goes on");
        }
        else if (call.isHarmless() && !isAlways)
        {
            world.requireBystanderOpen();
        }
        world.finish();
    }

    /** One that waits for the reactor thread waits while that goes on. */
    private static Action elsewhere(final Action action)
    {
        return (world, connection, link) ->
        {
            final Thread thread = new Thread(() -> action.run(world, connection, link));
            thread.setDaemon(true);
            thread.start();
            while (thread.isAlive() && Thread.State.TIMED_WAITING != thread.getState())
            {
                Thread.yield();
            }
        };
    }
}
