package io.heartwheel.host;

import io.heartwheel.CloseReason;
import io.heartwheel.ServerContext;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.text.MessageFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * The lines that a server writes to the host's log, here that of the JDK.
 */
class LogTest
{
    private static final long SECOND_NS = 1_000_000_000L;

    private final Logger logger = Logger.getLogger("io.heartwheel");
    private final Level levelBefore = logger.getLevel();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler()
    {
        @Override
        public void publish(final LogRecord line)
        {
            lines.add(line.getLevel() + " " + MessageFormat.format(line.getMessage(), line.getParameters()));
        }

        @Override
        public void flush()
        {
        }

        @Override
        public void close()
        {
        }
    };
    private final RecordingListener listener = new RecordingListener();
    private final InvokedServer server = new InvokedServer(new ServerContext()
        .cadence(new Cadence(3 * SECOND_NS, SECOND_NS, 2)).listener(listener).lingerNs(0));

    @BeforeEach
    void before()
    {
        logger.addHandler(handler);
    }

    @AfterEach
    void after()
    {
        server.close();
        logger.removeHandler(handler);
        logger.setLevel(levelBefore);
    }

    private List<String> written() throws Exception
    {
        Log.awaitWritten();
        return lines;
    }

    private String loseOnePeer() throws IOException
    {
        try (TestPeer peer = server.connect())
        {
            server.awaitTrue(() -> 1 == listener.opened().size());
            server.advance(6 * SECOND_NS);
            assertEquals(List.of(CloseReason.PEER_SILENT), listener.reasons(), peer::toString);
            return listener.opened().get(0).toString();
        }
    }

    @Test
    void shouldNameConnectionAndAddressOfWhatIsOpenedAndLost() throws Exception
    {
        logger.setLevel(Level.FINER);
        final String connection = loseOnePeer();

        assertTrue(written().contains("FINER opened " + connection), lines::toString);
        assertTrue(lines.stream().anyMatch(
            (line) -> line.startsWith("FINE lost " + connection + ": PEER_SILENT silent for 5")), lines::toString);
    }

    @Test
    void shouldTellOfNoLossUnlessAsked() throws Exception
    {
        logger.setLevel(Level.INFO);
        loseOnePeer();

        assertEquals(List.of(), written());
    }

    @Test
    void shouldWriteOneLineWhateverSomeoneElseSaysInIt() throws Exception
    {
        logger.setLevel(Level.INFO);
        Log.line(System.Logger.Level.INFO, "{0} and {1}: {2}",
            new IOException("x\n\033[31mWARNING\u009B\u202E"), null, 12);

        assertEquals(List.of("INFO java.io.IOException: x??[31mWARNING?? and null: 12"), written());
    }

    @Test
    void shouldWarnOfItsOwnStalls() throws Exception
    {
        logger.setLevel(Level.WARNING);
        server.doWork();
        server.clock.advance(SECOND_NS);
        server.doWork();

        assertEquals(1, written().size(), lines::toString);
        assertTrue(lines.get(0).matches(
            "WARNING was not at work for 1,?000 ms: every peer gets one more full wait"), lines::toString);
    }
}
