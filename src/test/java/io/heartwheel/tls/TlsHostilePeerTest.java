package io.heartwheel.tls;

import io.heartwheel.support.Seed;
import io.heartwheel.support.TestKeyStores;
import io.heartwheel.tls.TlsSettings.ClientCertificates;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Peers that break the rules are refused and told so, and their cost is bounded.
 */
class TlsHostilePeerTest
{
    private static final int ALERT = 21;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final ByteBuffer plain = ByteBuffer.allocate(TlsChannel.PLAIN_ROOM_MIN);

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\1\1\0\0\4\0\0\14 a heartbeat without TLS",
        "PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"})
    void shouldTellAPeerThatTalksPlainly(final String text) throws IOException
    {
        final TlsPair pair = TlsPair.of("TLSv1.3");
        pair.server.socket.arrive(text.getBytes(StandardCharsets.ISO_8859_1));

        assertThrows(SSLException.class, () -> pair.server.tls.read(plain.clear()));

        assertEquals(ALERT, pair.client.socket.arrived()[0]);
        assertTrue(pair.server.tls.isEnded());
        assertEquals(-1, pair.server.tls.read(plain.clear()));
    }

    @Test
    void shouldRefuseGarbage() throws IOException
    {
        final Seed seed = Seed.next();
        final SplittableRandom random = seed.random();
        final TlsSettings settings = TlsPair.settings(ClientCertificates.NONE);
        final TlsPair template = TlsPair.of("TLSv1.3");
        template.client.start();
        final byte[] hello = template.server.socket.intercept();
        final SSLContext context = settings.context();
        for (int run = 0; run < 300; run++)
        {
            final MemoryChannel socket = MemoryChannel.connected();
            final TlsEnd server = new TlsEnd(settings.newEngine(context), socket);
            final byte[] garbage = hello.clone();
            for (int i = random.nextInt(8); i >= 0; i--)
            {
                garbage[random.nextInt(1 << random.nextInt(8))] = (byte)random.nextInt();
            }
            socket.arrive(garbage);
            socket.other().close();
            TlsEnd.run(server);
            assertTrue(server.isEnded || null != server.failure, seed::toString);
            assertTrue(server.tls.isHandshaking(), seed::toString);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldRefuseARecordThatWasChanged(final String protocol) throws IOException
    {
        final TlsPair pair = TlsPair.established(protocol);
        pair.client.write(new byte[100]);
        final byte[] record = pair.server.socket.intercept();
        record[50] ^= 1;
        pair.server.socket.arrive(record);
        pair.run();

        assertNotNull(pair.server.failure);
        assertNotNull(pair.client.failure, "not told");
    }

    @Test
    void shouldNotWaitForARecordThatIsTooLong() throws IOException
    {
        for (final boolean isEstablished : new boolean[] {false, true})
        {
            final TlsPair pair = isEstablished ? TlsPair.established("TLSv1.3") : TlsPair.of("TLSv1.3");
            pair.server.socket.arrive(new byte[] {22, 3, 3, -1, -1, 1, 0});

            assertThrows(SSLException.class, () -> pair.server.tls.read(plain.clear()));
            assertEquals(ALERT == pair.client.socket.arrived()[0], !isEstablished);
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2,", "TLSv1.2,stranger", "TLSv1.3,", "TLSv1.3,stranger"})
    void shouldRefuseAClientWithoutATrustedCertificate(final String protocol, final String client) throws IOException
    {
        final TlsPair pair = new TlsPair(TlsPair.settings(ClientCertificates.REQUIRED), protocol, client);
        pair.client.start();
        pair.run();

        assertNotNull(pair.server.failure);
        assertNotNull(pair.client.failure, "not told");
        assertTrue(pair.server.tls.isHandshaking());
    }

    @Test
    void shouldRefuseAnUntrustedCertificateThoughItIsOnlyWanted() throws IOException
    {
        final TlsPair pair = new TlsPair(TlsPair.settings(ClientCertificates.WANTED), "TLSv1.3", "stranger");
        pair.client.start();
        pair.run();

        assertNotNull(pair.server.failure);
        assertNotNull(pair.client.failure);
    }

    @Test
    void shouldRefuseAClientOfAnotherProtocol() throws IOException
    {
        final TlsSettings settings = new TlsSettings(
            TlsPair.settings(ClientCertificates.NONE).keyStore(), TestKeyStores.PASSWORD,
            null, null, ClientCertificates.NONE, List.of("TLSv1.3"));
        final TlsPair pair = new TlsPair(settings, "TLSv1.2", null);
        pair.client.start();
        pair.run();

        assertNotNull(pair.server.failure);
        assertTrue(pair.client.failure.getMessage().contains("protocol_version"), pair.client.failure::getMessage);
    }

    @Test
    void shouldRefuseToRenegotiate() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.2");
        pair.client.engine.beginHandshake();
        pair.client.start();
        pair.run();

        assertTrue(pair.server.failure.getMessage().contains("renegotiation"), pair.server.failure::getMessage);
        assertTrue(pair.client.isEnded || null != pair.client.failure, "not told");
        assertNull(pair.server.tls.nextTask());
    }

    @Test
    void shouldRefuseToRenegotiateAsAClientToo() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.2");
        pair.server.engine.beginHandshake();
        pair.server.start();
        pair.run();

        assertNotNull(pair.client.failure);
    }

    @Test
    void shouldRefuseAFloodOfNewKeys() throws IOException
    {
        final TlsPair few = TlsPair.established("TLSv1.3");
        few.server.socket.arrive(newKeys(few.client.engine, 32));
        few.client.write(new byte[4]);
        few.run();
        assertNull(few.server.failure);
        assertEquals(4, few.server.received.size());

        final TlsPair many = TlsPair.established("TLSv1.3");
        many.server.socket.arrive(newKeys(many.client.engine, 33));
        many.run();
        assertTrue(many.server.failure.getMessage().contains("say nothing"), many.server.failure::getMessage);
    }

    @Test
    void shouldCutOffAPeerThatAsksForNewKeysAndReadsNone() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.server.socket.writeCut = () -> 0;
        pair.server.write(new byte[TlsChannel.WRITE_LENGTH_MAX]);
        int reads = 0;
        while (null == pair.server.failure)
        {
            pair.server.socket.arrive(newKeys(pair.client.engine, 30));
            pair.server.turn();
            assertTrue(++reads < 1_000, "never cut off");
        }
        assertTrue(pair.server.failure.getMessage().contains("unsent"), pair.server.failure::getMessage);
    }

    @Test
    void shouldRefuseAFloodOfAlerts() throws IOException
    {
        final byte[] warning = {ALERT, 3, 3, 0, 2, 1, 90};
        final TlsPair pair = TlsPair.of("TLSv1.2");
        final byte[] flood = new byte[warning.length * 2_000];
        for (int i = 0; i < 2_000; i++)
        {
            System.arraycopy(warning, 0, flood, i * warning.length, warning.length);
        }
        pair.server.socket.arrive(flood);
        pair.run();

        assertNotNull(pair.server.failure);
    }

    @Test
    void shouldBoundTheRecordsOfAHandshakeHoweverTheyAreCut() throws IOException
    {
        final byte[] warning = {ALERT, 3, 3, 0, 2, 1, 90};
        final TlsPair pair = TlsPair.of("TLSv1.2");
        for (int i = 0; i < 600 && null == pair.server.failure; i++)
        {
            pair.server.socket.arrive(warning);
            pair.run();
        }
        assertTrue(pair.server.failure.getMessage().contains("say nothing"), pair.server.failure::getMessage);
    }

    @Test
    void shouldBoundTheReadsAndBytesOfAHandshake() throws IOException
    {
        final TlsPair dripping = TlsPair.of("TLSv1.3");
        dripping.server.socket.arrive(new byte[] {22, 3, 3, 0x3f, 0, 1, 0, 0x3e, 0});
        int reads = 1;
        dripping.server.turn();
        for (; reads < 10_000 && null == dripping.server.failure; reads++)
        {
            dripping.server.socket.arrive(new byte[1]);
            dripping.server.turn();
        }
        assertEquals(Records.HANDSHAKE_READS_MAX + 1, reads);

        final TlsPair slow = TlsPair.of("TLSv1.3");
        slow.client.start();
        slow.server.turn();
        int bytes = 0;
        for (; bytes < 1 << 20 && null == slow.server.failure; bytes += 7 * 500)
        {
            // Half of it is read at once, so that there are few records in each go.
            final byte[] warnings = new byte[7 * 500];
            for (int i = 0; i < warnings.length; i += 7)
            {
                System.arraycopy(new byte[] {ALERT, 3, 3, 0, 2, 1, 90}, 0, warnings, i, 7);
            }
            slow.server.socket.arrive(warnings);
            slow.server.turn();
        }
        assertTrue(bytes <= Records.HANDSHAKE_BYTES_MAX + 7 * 500);
    }

    @Test
    void shouldTellWhichHalfRecordIsWhich() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.client.write(new byte[100]);
        pair.client.write(new byte[100]);
        final byte[] records = pair.server.socket.intercept();
        final int end = records.length / 2;
        final int[] cuts = {0, 10, end - 1, end + 1, records.length};
        final boolean[] hasBegun = {true, false, true, false};
        final int[] whole = {0, 0, 1, 1};
        for (int i = 0; i < 4; i++)
        {
            final int recordsBefore = pair.server.tls.recordCount();
            pair.server.socket.arrive(Arrays.copyOfRange(records, cuts[i], cuts[i + 1]));
            pair.server.turn();
            assertEquals(hasBegun[i], pair.server.tls.hasRecordBegun(), "part " + i);
            assertEquals(i < 3, pair.server.tls.hasHalfRecord());
            assertEquals(whole[i], pair.server.tls.recordCount() - recordsBefore, "part " + i);
        }
    }

    @Test
    void shouldCountNewKeysOnceTheHandshakeIsDone() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        assertEquals(0, pair.server.tls.silentRecords());
        pair.server.socket.arrive(newKeys(pair.client.engine, 3));
        pair.server.turn();
        assertEquals(3, pair.server.tls.silentRecords());
        pair.client.write(new byte[4]);
        pair.server.turn();
        assertEquals(0, pair.server.tls.silentRecords());
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldFailByAFatalAlert(final String protocol) throws IOException
    {
        final TlsPair pair = TlsPair.of(protocol);
        pair.server.socket.arrive(new byte[] {ALERT, 3, 3, 0, 2, 2, 40});
        pair.run();

        assertTrue(pair.server.failure.getMessage().contains("handshake_failure"), pair.server.failure::getMessage);
    }

    @Test
    void shouldFailByItsOwnFaultsAsByThePeers() throws IOException
    {
        final TlsPair pair = TlsPair.established("TLSv1.3");
        pair.server.tls.closeOutbound();

        assertThrows(SSLException.class, () -> pair.server.tls.write(ByteBuffer.allocate(4)));
        assertFalse(pair.server.tls.hasUnsent());
    }

    /** Records of a client that asks for new keys that many times. */
    private static byte[] newKeys(final SSLEngine client, final int count) throws IOException
    {
        final ByteBuffer records = ByteBuffer.allocate(1 << 16);
        for (int i = 0; i < count; i++)
        {
            client.beginHandshake();
            client.wrap(NOTHING, records);
        }
        final byte[] bytes = new byte[records.flip().remaining()];
        records.get(bytes);
        return bytes;
    }
}
