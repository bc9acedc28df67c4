package io.heartwheel;

import io.heartwheel.config.Configuration;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Knob;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.support.RecordingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class ConfigurationTest
{
    private final Properties before = (Properties)System.getProperties().clone();

    @AfterEach
    void after()
    {
        System.setProperties(before);
    }

    @Test
    void shouldTakeDefaultsThenPropertiesThenCode()
    {
        assertEquals(Cadence.STANDARD, new ServerContext().cadence());
        System.setProperty("heartwheel.cadence", "strict");
        assertEquals(Cadence.STRICT, new ServerContext().cadence());
        System.setProperty("heartwheel.idle", "1500ms");
        System.setProperty("heartwheel.count", "0");
        assertEquals(new Cadence(1_500_000_000L, 1_500_000_000L, 0), new ServerContext().cadence());
        assertEquals(Cadence.OFF, new ServerContext().cadence(Cadence.OFF).cadence());
    }

    @Test
    void shouldReadTheNamesOfHosts()
    {
        assertEquals(Set.of(), Configuration.httpHosts());
        System.setProperty("heartwheel.http.hosts", "Gateway , status.example.com");
        assertEquals(Set.of("gateway", "status.example.com"), Configuration.httpHosts());
        System.setProperty("heartwheel.http.hosts", "any");
        assertNull(Configuration.httpHosts());
        for (final String unreadable : List.of("", "a,,b", "gateway:7480", "http://gateway", "*"))
        {
            System.setProperty("heartwheel.http.hosts", unreadable);
            assertThrows(ConfigurationException.class, Configuration::httpHosts, unreadable);
        }
    }

    @Test
    void shouldReadAddresses()
    {
        assertEquals(7400, new ServerContext().bindAddress().getPort());
        assertEquals(new InetSocketAddress("127.0.0.1", 80), Configuration.parseAddress("127.0.0.1:80"));
        assertEquals(new InetSocketAddress("::1", 80), Configuration.parseAddress("[::1]:80"));
        for (final String host : List.of("my_service", "Jürgens-Gerät.local", "fe80::1%eth0"))
        {
            final String text = (host.contains(":") ? "[" + host + "]" : host) + ":65535";
            assertEquals(InetSocketAddress.createUnresolved(host, 65_535), Configuration.parseUnresolvedAddress(text));
        }
        for (final String wrong : List.of("", "localhost", ":80", "::1:80", "localhost:", "localhost:65536", "a:b",
            "localhost:+80", "localhost:-0", "localhost:\u0668\u0660", "localhost:000080", "a b:80", "a/b:80", "a@b:80",
            "a%b:80", "a\n:80", "[localhost]:80", "[::1:80", "[]:80"))
        {
            assertTrue(assertThrows(IllegalArgumentException.class, () -> Configuration.parseAddress(wrong))
                .getMessage().contains("'" + wrong + "'"));
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "heartwheel.idle|15|heartwheel.idle=15: expected a duration with its unit, such as 15s or 1500ms",
        "heartwheel.idle|soon|heartwheel.idle=soon: expected a duration with its unit, such as 15s or 1500ms",
        "heartwheel.idle|1m|heartwheel.idle=1m: expected a duration with its unit, such as 15s or 1500ms",
        "heartwheel.idle|-1s|heartwheel.idle=-1s: expected a duration with its unit, such as 15s or 1500ms",
        "heartwheel.idle|10us|heartwheel.idle=10us: expected a value from 1ms to 86400s",
        "heartwheel.idle|99999999999999999999s|heartwheel.idle=99999999999999999999s: expected a value from 1ms " +
            "to 86400s",
        "heartwheel.count|many|heartwheel.count=many: expected a whole number",
        "heartwheel.count|+5|heartwheel.count=+5: expected a whole number",
        "heartwheel.count|\u0665|heartwheel.count=\u0665: expected a whole number",
        "heartwheel.message.max|+16|heartwheel.message.max=+16: expected a size such as 65535 or 64k",
        "heartwheel.message.max|\u0661k|heartwheel.message.max=\u0661k: expected a size such as 65535 or 64k",
        "heartwheel.count|-1|heartwheel.count=-1: expected a value from 0 to 1000",
        "heartwheel.cadence|quick|heartwheel.cadence=quick: expected standard, strict or off",
        "heartwheel.message.max|64k|heartwheel.message.max=64k: expected a value from 1 to 65535",
        "heartwheel.message.max|big|heartwheel.message.max=big: expected a size such as 65535 or 64k",
        "heartwheel.bind|7400|heartwheel.bind=7400: expected HOST:PORT, such as 127.0.0.1:7400 or [::1]:7400, " +
            "not '7400'",
        "heartwheel.idel|15s|unknown property heartwheel.idel=15s: did you mean heartwheel.idle?",
        "heartwheel.conections.max|15|unknown property heartwheel.conections.max=15: did you mean " +
            "heartwheel.connections.max?"})
    void shouldNameWhatIsWrong(final String property, final String value, final String message)
    {
        System.setProperty(property, value);
        assertEquals(message, assertThrows(ConfigurationException.class, ConfigurationTest::conclude).getMessage());
    }

    @Test
    void shouldRefuseValuesThatAreAtOddsNamingBoth()
    {
        assertAtOdds(
            "heartwheel.stall takes 2s, which is more than heartwheel.interval=1500ms allows",
            new ServerContext().cadence(Cadence.STRICT).stallNs(TimeUnit.SECONDS.toNanos(2)));
        assertAtOdds(
            "heartwheel.idle.min takes 2s, which is more than heartwheel.idle.max=1s allows",
            new ServerContext()
                .minIdleNs(TimeUnit.SECONDS.toNanos(2)).maxIdleNs(TimeUnit.SECONDS.toNanos(1)));
        assertAtOdds(
            "heartwheel.message.max takes 16388 bytes, which is more than heartwheel.outbound.max=1000 bytes allows",
            new ServerContext().maxOutboundLength(1000));
        System.setProperty("heartwheel.cadence", "off");
        System.setProperty("heartwheel.idle", "3s");
        assertEquals("heartwheel.idle=3s is at odds with heartwheel.cadence=off",
            assertThrows(ConfigurationException.class, ServerContext::new).getMessage());
    }

    @Test
    void shouldRoundTheTickUpToAPowerOfTwo()
    {
        final ServerContext ctx = new ServerContext().listener(new RecordingListener());
        ctx.conclude();
        assertEquals(1 << 18, ctx.tickNs());
        assertThrows(IllegalStateException.class, ctx::conclude, "a Context is for one server");
    }

    @Test
    void shouldKnowADefaultForEachKnobThatCanBeRead()
    {
        for (final Knob knob : Knob.values())
        {
            if (!knob.defaultValue().contains(" "))
            {
                System.setProperty(knob.propertyName(), knob.defaultValue());
            }
        }
        conclude();
    }

    private static void assertAtOdds(final String message, final ServerContext ctx)
    {
        ctx.listener(new RecordingListener());
        assertEquals(message, assertThrows(ConfigurationException.class, ctx::conclude).getMessage());
    }

    private static void conclude()
    {
        new ServerContext().listener(new RecordingListener()).conclude();
    }
}
