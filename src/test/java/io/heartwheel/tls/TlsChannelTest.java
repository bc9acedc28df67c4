package io.heartwheel.tls;

import io.heartwheel.support.Seed;
import io.heartwheel.tls.TlsSettings.ClientCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class TlsChannelTest
{
    private static final byte[] PING = {1, 7, 0, 0};

    private final ByteBuffer plain = ByteBuffer.allocate(TlsChannel.PLAIN_ROOM_MIN);
    private final Seed seed = Seed.next();
    private final SplittableRandom random = seed.random();

    @ParameterizedTest
    @CsvSource({"TLSv1.2,whole", "TLSv1.2,byte", "TLSv1.2,random", "TLSv1.3,whole", "TLSv1.3,byte", "TLSv1.3,random"})
    void shouldCarryTheSameHoweverReadsAndWritesAreCut(final String protocol, final String cut) throws IOException
    {
        final TlsPair pair = TlsPair.of(protocol);
        for (final MemoryChannel socket : new MemoryChannel[] {pair.server.socket, pair.client.socket})
        {
            socket.readCut = cut(cut);
            socket.writeCut = cut(cut);
        }
        pair.establish();
        assertEquals(protocol, pair.server.tls.session().getProtocol());

        final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (final int length : new int[] {4, 1, 16_384, 16_385, 40_000, TlsChannel.WRITE_LENGTH_MAX, 4})
        {
            final byte[] message = new byte["byte".equals(cut) ? Math.min(length, 2_000) : length];
            random.nextBytes(message);
            sent.writeBytes(message);
            pair.client.write(message);
            pair.server.write(message);
            pair.run();
        }

        assertArrayEquals(sent.toByteArray(), pair.server.received.toByteArray(), seed::toString);
        assertArrayEquals(sent.toByteArray(), pair.client.received.toByteArray(), seed::toString);
        assertFalse(pair.server.tls.hasUnsent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldHearBytesOfWhichNoPlaintextComes(final String protocol) throws IOException
    {
        final TlsPair pair = TlsPair.established(protocol);
        pair.client.write(PING);
        pair.server.socket.readCut = () -> 9;

        assertEquals(0, pair.server.tls.read(plain.clear()));
        assertEquals(9, pair.server.tls.bytesHeard());
        pair.server.socket.readCut = () -> Integer.MAX_VALUE;
        assertEquals(PING.length, pair.server.tls.read(plain.clear()));
        assertEquals(0, pair.server.tls.read(plain.clear()));
        assertEquals(0, pair.server.tls.bytesHeard());
    }

    @Test
    void shouldCountWhatTheSocketTook() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.server.socket.writeCut = () -> 9;
        assertEquals(9, pair.server.tls.write(ByteBuffer.wrap(PING)));
        assertEquals(9, pair.server.tls.flush());
        assertEquals(9, pair.server.tls.bytesSent());
        assertEquals(18, pair.client.socket.arrived().length);

        pair.run();
        pair.server.socket.writeCut = () -> Integer.MAX_VALUE;
        pair.client.engine.beginHandshake();
        pair.client.write(PING);
        pair.server.tls.read(plain.clear());
        assertEquals(pair.client.socket.arrived().length, pair.server.tls.bytesSent(), "new keys answered");
        assertEquals(0, pair.server.tls.flush());
        assertEquals(0, pair.server.tls.bytesSent());
    }

    @Test
    void shouldReadNoMoreThanOnce() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        for (int i = 0; i < 4; i++)
        {
            pair.client.write(new byte[TlsChannel.WRITE_LENGTH_MAX]);
        }
        final int arrived = pair.server.socket.arrived().length;

        final int length = pair.server.tls.read(plain.clear());

        assertTrue(length > 0);
        assertEquals(arrived - pair.server.tls.bytesHeard(), pair.server.socket.arrived().length);
        assertEquals(TlsBuffers.IN_LENGTH, pair.server.tls.bytesHeard());
    }

    /**
     * A read brings all it can, and ends within a record for which what is left of the plaintext's room is too little,
     * or within its header, as by 13,085 and 16,361 bytes.
     */
    @ParameterizedTest
    @CsvSource({"TLSv1.2, 2000", "TLSv1.2, 9000", "TLSv1.2, 16384", "TLSv1.3, 1500", "TLSv1.3, 2000", "TLSv1.3, 5000",
        "TLSv1.3, 9000", "TLSv1.3, 13085", "TLSv1.3, 16000", "TLSv1.3, 16361", "TLSv1.3, 16384"})
    void shouldReadAllOfABacklogWhereverARecordIsCut(final String protocol, final int length) throws IOException
    {
        final TlsPair pair = TlsPair.established(protocol);
        final int messages = 4 * TlsBuffers.IN_LENGTH / length;
        for (int i = 0; i < messages; i++)
        {
            pair.client.write(new byte[length]);
        }

        pair.run();

        assertNull(pair.server.failure);
        assertEquals(messages * length, pair.server.received.size());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldReturnWhatCameBeforeTheEndAndThenTheEnd(final String protocol) throws IOException
    {
        final TlsPair pair = TlsPair.established(protocol);
        pair.client.write(PING);
        pair.client.tls.closeOutbound();

        assertEquals(PING.length, pair.server.tls.read(plain.clear()));
        assertTrue(pair.server.tls.isEnded());
        assertEquals(-1, pair.server.tls.read(plain.clear()));
        assertEquals(0, pair.server.tls.bytesHeard());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldAnswerACloseByOne(final String protocol) throws IOException
    {
        final TlsPair pair = TlsPair.established(protocol);
        pair.client.tls.closeOutbound();
        pair.run();
        assertTrue(pair.server.isEnded);

        pair.server.tls.closeOutbound();
        pair.run();

        assertTrue(pair.client.isEnded);
        assertNull(pair.client.failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldTakeAnEndWithoutCloseAsTheEnd(final String protocol) throws IOException
    {
        final TlsPair pair = TlsPair.established(protocol);
        pair.client.write(PING);
        final byte[] record = pair.server.socket.intercept();
        pair.server.socket.arrive(Arrays.copyOf(record, record.length - 1));
        pair.client.socket.close();

        assertEquals(0, pair.server.tls.read(plain.clear()));
        assertEquals(-1, pair.server.tls.read(plain.clear()));
        assertTrue(pair.server.tls.isEnded());
    }

    @Test
    void shouldEndWhenThePeerEndsInTheHandshake() throws IOException
    {
        final TlsPair pair = TlsPair.of("TLSv1.3");
        pair.client.socket.close();

        assertEquals(-1, pair.server.tls.read(plain.clear()));
        assertTrue(pair.server.tls.isHandshaking());
        assertNull(pair.server.tls.nextTask());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldGoOnWithWhatWasReadBeforeItBegan(final String protocol) throws IOException
    {
        final TlsPair pair = TlsPair.of(protocol);
        pair.client.start();
        final byte[] hello = pair.server.socket.intercept();
        pair.server.tls.prime(ByteBuffer.wrap(hello, 0, 100));
        pair.server.socket.arrive(Arrays.copyOfRange(hello, 100, hello.length));
        pair.server.start();

        pair.establish();
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2,NONE,", "TLSv1.2,WANTED,", "TLSv1.2,WANTED,client", "TLSv1.2,REQUIRED,client",
        "TLSv1.3,NONE,", "TLSv1.3,WANTED,", "TLSv1.3,WANTED,client", "TLSv1.3,REQUIRED,client"})
    void shouldKnowTheClientByItsCertificate(
        final String protocol, final ClientCertificates certificates, final String client) throws IOException
    {
        final TlsPair pair = new TlsPair(TlsPair.settings(certificates), protocol, client).establish();

        if (null == client)
        {
            assertThrows(IOException.class, () -> pair.server.tls.session().getPeerPrincipal());
        }
        else
        {
            assertEquals("CN=client", pair.server.tls.session().getPeerPrincipal().getName());
        }
    }

    @Test
    void shouldDeliverWhatTheClientSentRightBehindItsHandshake() throws IOException
    {
        final TlsPair pair = new TlsPair(TlsPair.settings(ClientCertificates.REQUIRED), "TLSv1.3", "client");
        pair.client.start();
        // The client is done while the server has still to look at its certificate.
        while (pair.client.tls.isHandshaking())
        {
            pair.server.turn();
            pair.client.turn();
        }
        pair.client.write(PING);
        pair.client.write(PING);
        pair.run();

        assertFalse(pair.server.tls.isHandshaking());
        assertEquals(2 * PING.length, pair.server.received.size());
    }

    @Test
    void shouldServeNewKeysAfterTheHandshake() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        for (int i = 0; i < 5; i++)
        {
            pair.client.engine.beginHandshake();
            pair.client.write(PING);
            pair.run();
            pair.server.write(PING);
            pair.run();
        }

        assertNull(pair.server.failure);
        assertNull(pair.client.failure);
        assertEquals(5 * PING.length, pair.server.received.size());
        assertEquals(5 * PING.length, pair.client.received.size());
    }

    @Test
    void shouldAnswerNewKeysBehindWhatIsUnsent() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.server.socket.writeCut = () -> 1_000;
        pair.server.write(new byte[50_000]);
        assertTrue(pair.server.tls.hasUnsent());
        pair.client.engine.beginHandshake();
        pair.client.write(PING);

        assertEquals(PING.length, pair.server.tls.read(plain.clear()));
        pair.run();
        pair.server.write(PING);
        pair.run();

        assertNull(pair.client.failure);
        assertEquals(50_000 + PING.length, pair.client.received.size());
    }

    @Test
    void shouldCountTheCiphertextThatTheSocketDidNotTake() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.server.socket.writeCut = () -> 1_000;
        assertEquals(0, pair.server.tls.unsentBytes());
        pair.server.write(new byte[50_000]);
        final int unsent = pair.server.tls.unsentBytes();
        assertTrue(unsent > 49_000, () -> unsent + " bytes");

        assertEquals(1_000, pair.server.tls.flush());

        assertEquals(unsent - 1_000, pair.server.tls.unsentBytes());
    }

    @Test
    void shouldCloseBehindWhatIsUnsent() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.server.socket.writeCut = () -> 1_000;
        pair.server.write(new byte[50_000]);
        pair.server.tls.closeOutbound();
        assertTrue(pair.server.tls.hasUnsent());

        pair.run();

        assertEquals(50_000, pair.client.received.size());
        assertTrue(pair.client.isEnded);
        assertNull(pair.client.failure);
    }

    @Test
    void shouldLeaveTheEngineAloneWhileATaskIsOut() throws IOException
    {
        final TlsPair pair = TlsPair.of("TLSv1.3");
        pair.client.start();
        pair.server.tls.read(plain.clear());
        final Runnable task = pair.server.tls.nextTask();
        assertNotNull(task);

        assertFalse(pair.server.tls.hasUnsent());
        pair.server.tls.closeOutbound();
        assertEquals(0, pair.client.socket.arrived().length);
        assertThrows(IllegalStateException.class, () -> pair.server.tls.read(plain.clear()));
        assertThrows(IllegalStateException.class, () -> pair.server.tls.write(plain.clear()));
        assertThrows(IllegalStateException.class, () -> pair.server.tls.nextTask());

        task.run();
        pair.server.start();
        pair.establish();
    }

    @Test
    void shouldRefuseWhatItsCallerMustNotDo() throws IOException
    {
        final TlsPair pair = TlsPair.of("TLSv1.3");
        final ByteBuffer small = ByteBuffer.allocate(TlsChannel.PLAIN_ROOM_MIN - 1);
        assertThrows(IllegalArgumentException.class, () -> pair.server.tls.read(small));
        assertThrows(IllegalStateException.class, () -> pair.server.tls.write(ByteBuffer.wrap(PING)));
        assertThrows(
            IllegalArgumentException.class,
            () -> pair.server.tls.prime(ByteBuffer.allocate(TlsBuffers.IN_LENGTH + 1)));

        pair.establish();
        assertThrows(
            IllegalArgumentException.class,
            () -> pair.server.tls.write(ByteBuffer.allocate(TlsChannel.WRITE_LENGTH_MAX + 1)));
        pair.server.socket.writeCut = () -> 3;
        pair.server.write(PING);
        assertThrows(IllegalStateException.class, () -> pair.server.tls.write(ByteBuffer.wrap(PING)));
    }

    @Test
    void shouldTellWhenTheSocketFails() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.server.socket.breakOff();

        assertThrows(IOException.class, () -> pair.server.tls.read(plain.clear()));
        assertThrows(IOException.class, () -> pair.server.tls.write(ByteBuffer.wrap(PING)));
        pair.server.tls.closeOutbound();
    }

    private IntSupplier cut(final String cut)
    {
        return switch (cut)
        {
            case "byte" -> () -> 1;
            case "random" -> () -> 1 + random.nextInt(1 << random.nextInt(16));
            default -> () -> Integer.MAX_VALUE;
        };
    }
}
