package io.heartwheel;

import io.heartwheel.reactor.Insides;
import io.heartwheel.support.InvokedServer;
import io.heartwheel.support.RecordingListener;
import io.heartwheel.support.TestPeer;
import io.heartwheel.wire.Frame;
import org.junit.jupiter.api.Test;

import java.io.IOException;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A text of a peer, a name server or a check is shown as one line without control characters.
 */
class TextsFromOutsideTest
{
    private static final String FORGED = "x\n\033[31mWARNING\u009B\u2028\u202E";
    private static final String SHOWN = "x??[31mWARNING???";

    private final RecordingListener listener = new RecordingListener();

    @Test
    void shouldTellOneLineOfWhatAPeerSaysWhenItLeaves() throws IOException
    {
        final InvokedServer server = new InvokedServer(new ServerContext().listener(listener));
        try (TestPeer peer = server.connect())
        {
            peer.send(Frame.BYE, 0, Frame.byePayload(7, FORGED));
            server.awaitTrue(() -> !listener.closed().isEmpty());
        }
        finally
        {
            server.close();
        }
        assertEquals("LOCAL_CLOSE: " + SHOWN, listener.closed().get(0).detail());
    }

    @Test
    void shouldTellOneLineOfWhatACheckSaysOfACredential() throws IOException
    {
        final InvokedServer server = new InvokedServer(new ServerContext().listener(listener).lingerNs(0)
            .credentialCheck((request, credential) -> request.refuse(FORGED)));
        try (TestPeer peer = server.connect())
        {
            peer.send(Frame.DATA, 0, (byte)1);
            server.awaitTrue(() -> 1 == server.server.metrics().closedCount(CloseReason.REFUSED.ordinal()));
            assertEquals(SHOWN, peer.read(Frame.BYE).byeText());
        }
        finally
        {
            server.close();
        }
    }

    @Test
    void shouldTellOneLineOfWhyALinkFailed()
    {
        assertEquals("host:1: " + SHOWN, Insides.failedLink("host:1: " + FORGED).failure());
    }
}
