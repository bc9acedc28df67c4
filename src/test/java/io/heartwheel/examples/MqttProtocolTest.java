package io.heartwheel.examples;

import io.heartwheel.AdmissionRequest;
import io.heartwheel.CloseReason;
import io.heartwheel.Connection;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.metrics.Counter;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.Tool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Mosquitto's clients speak to a server that knows MQTT by {@link MqttProtocol}.
 */
@Tag("tools")
class MqttProtocolTest
{
    private static final long KEEP_ALIVE_S = 5;

    private final RecordingListener listener = new RecordingListener()
    {
        @Override
        public synchronized void onMessage(final Connection connection, final ByteBuffer payload)
        {
            opened().stream().filter((each) -> each != connection).forEach((each) -> each.send(payload));
            super.onMessage(connection, payload);
        }
    };
    private final List<Process> clients = new ArrayList<>();
    private HeartbeatServer server;

    @BeforeEach
    void before()
    {
        server = HeartbeatServer.launch(context());
    }

    private ServerContext context()
    {
        return new ServerContext()
            .bindAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .protocols(new MqttProtocol())
            .listener(listener);
    }

    @AfterEach
    void after()
    {
        clients.forEach(Process::destroyForcibly);
        server.close();
    }

    private Process run(final String program, final String... options) throws IOException
    {
        final List<String> command = new ArrayList<>(List.of(Tool.require(program), "-h", "127.0.0.1", "-p",
            String.valueOf(server.localAddress().getPort()), "-t", "news"));
        command.addAll(Arrays.asList(options));
        final Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        clients.add(process);
        return process;
    }

    private static void await(final long seconds, final BooleanSupplier condition) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean())
        {
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(seconds), "not within seconds");
            Thread.sleep(10);
        }
    }

    private static String textOf(final Process process)
    {
        try
        {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    @Test
    void shouldPassOnWhatMosquittoPublishes() throws IOException, InterruptedException
    {
        final Process subscriber = run("mosquitto_sub", "-C", "2", "-W", "20", "-k", "60");
        // CONNECT and SUBSCRIBE.
        await(10, () -> 2 == server.metrics().count(Counter.FRAMES_IN));
        final Process publisher = run("mosquitto_pub", "-m", "hello");
        assertEquals("", textOf(publisher));
        assertEquals(0, publisher.waitFor());
        assertEquals(0, run("mosquitto_pub", "-m", "x".repeat(300)).waitFor());

        assertEquals("hello\n" + "x".repeat(300), textOf(subscriber));
        assertEquals(0, subscriber.waitFor());
        await(10, () -> 3 == listener.closed().size());
        assertEquals(List.of(CloseReason.PEER_LEFT, CloseReason.PEER_LEFT, CloseReason.PEER_LEFT), listener.reasons());
    }

    @Test
    void shouldHoldAClientToTheKeepAliveThatItTold() throws IOException, InterruptedException
    {
        final Process subscriber = run("mosquitto_sub", "-k", String.valueOf(KEEP_ALIVE_S));
        await(10, () -> 2 == server.metrics().count(Counter.FRAMES_IN));
        assertEquals(Cadence.passive(TimeUnit.SECONDS.toNanos(KEEP_ALIVE_S) * 3 / 2),
            server.connections().join().get(0).cadence());
        // PINGREQ, and it is content with the answer.
        await(10, () -> 3 == server.metrics().count(Counter.FRAMES_IN));
        Thread.sleep(200);
        assertTrue(subscriber.isAlive());

        final long stoppedNs = System.nanoTime();
        Tool.run(0, "", "kill", "-STOP", String.valueOf(subscriber.pid()));
        await(30, () -> 1 == listener.closed().size());
        assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons());
        final long silenceMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stoppedNs);
        // A server that was not at work itself, on a busy machine, gives one more full wait.
        final long stalls = server.metrics().count(Counter.STALLS);
        assertTrue(silenceMs > 6_500 && silenceMs < (0 == stalls ? 7_900 : 16_000),
            silenceMs + " ms, stalls " + stalls);
    }

    @Test
    void shouldAnswerConnectByTheVerdictOfTheCheck() throws IOException, InterruptedException
    {
        server.close();
        final ExecutorService directory = Executors.newSingleThreadExecutor();
        server = HeartbeatServer.launch(context().credentialCheck((request, connect) ->
        {
            final List<String> credentials = MqttProtocol.credentials(connect);
            directory.execute(() -> answer(request, credentials));
        }));
        try
        {
            final Process subscriber = run("mosquitto_sub", "-C", "1", "-W", "20", "-u", "alice", "-P", "right");
            await(10, () -> 2 == server.metrics().count(Counter.FRAMES_IN));
            for (final String[] wrong : new String[][]{{"-u", "alice", "-P", "wrong"}, {}})
            {
                final List<String> options = new ArrayList<>(List.of("-m", "hello"));
                options.addAll(List.of(wrong));
                final Process refused = run("mosquitto_pub", options.toArray(new String[0]));
                assertTrue(textOf(refused).contains("not authorised"));
                assertEquals(5, refused.waitFor());
            }
            assertEquals("no such user or password", server.refusals().get(0).detail());
            assertEquals(1, listener.opened().size());
            final Process publisher = run("mosquitto_pub", "-m", "hello", "-u", "bob", "-P", "right",
                "--will-topic", "news", "--will-payload", "gone");
            assertEquals(0, publisher.waitFor(), () -> textOf(publisher));
            assertEquals("hello", textOf(subscriber));
            assertEquals("bob", listener.opened().get(1).attachment());
        }
        finally
        {
            directory.shutdown();
        }
    }

    private static void answer(final AdmissionRequest request, final List<String> credentials)
    {
        if (2 == credentials.size() && "right".equals(credentials.get(1)))
        {
            request.admit(credentials.get(0));
        }
        else
        {
            request.refuse("no such user or password");
        }
    }

    @Test
    void shouldEndAClientOfAnotherVersion() throws IOException, InterruptedException
    {
        final Process subscriber = run("mosquitto_sub", "-V", "mqttv5", "-W", "5");
        await(10, () -> 1 == listener.closed().size());
        assertEquals("CONNECT of another version than 3.1.1", listener.closed().get(0).detail());
        subscriber.destroyForcibly();
    }
}
