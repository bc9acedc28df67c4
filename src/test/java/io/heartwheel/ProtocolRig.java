package io.heartwheel;

import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.TestPeer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * A server whose peers speak a protocol of the application.
 */
abstract class ProtocolRig extends AdmissionRig
{
    static final Cadence CADENCE = new Cadence(3 * SECOND_NS, SECOND_NS, 2);

    final TestPeer startWith(final Protocol... protocols) throws IOException
    {
        return start(context().cadence(CADENCE).protocols(protocols));
    }

    static LineProtocol asking()
    {
        return new LineProtocol(
            new LineProtocol.Context().name("asking").probe("PING", "PONG").heartbeat("ping", "pong"));
    }

    static LineProtocol passive()
    {
        return new LineProtocol(new LineProtocol.Context());
    }

    static byte[] ascii(final String text)
    {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    final Connection opened()
    {
        server.awaitTrue(() -> 1 == listener.opened().size());
        return listener.opened().get(0);
    }

    final void assertEnded(final CloseReason reason, final String detail)
    {
        server.awaitTrue(() -> 1 == listener.closed().size());
        assertEquals(detail, listener.closed().get(0).detail());
        assertEquals(List.of(reason), listener.reasons());
    }
}
