package io.heartwheel.fleet;

import io.heartwheel.config.ConfigurationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FleetContextTest
{
    private final List<String> set = new ArrayList<>();

    @AfterEach
    void after()
    {
        set.forEach(System::clearProperty);
    }

    private void set(final String name, final String value)
    {
        set.add("heartwheel." + name);
        System.setProperty("heartwheel." + name, value);
    }

    private static String messageOf(final FleetContext ctx)
    {
        return assertThrows(ConfigurationException.class, () -> new Fleet(ctx)).getMessage();
    }

    private static String message()
    {
        return assertThrows(ConfigurationException.class, FleetContext::new).getMessage();
    }

    @Test
    void shouldHaveDefaultsThatNeedNothing()
    {
        final FleetContext ctx = new FleetContext();
        assertEquals(FleetSettings.DEFAULT, ctx.settings());
        assertInstanceOf(MemoryEngine.class, ctx.openEngine());
        assertEquals(4_096, ctx.openEngine().buckets());
        assertNull(ctx.node());
    }

    @Test
    void shouldReadProperties()
    {
        set("fleet", "memory");
        set("fleet.lease", "3s");
        set("fleet.policy", "oldest");
        set("fleet.buckets", "64");
        set("fleet.node", "gateway-1:7400");
        final FleetContext ctx = new FleetContext();
        assertEquals(TimeUnit.SECONDS.toNanos(3), ctx.settings().leaseNs());
        assertEquals(TimeUnit.MILLISECONDS.toNanos(150), ctx.settings().claimNs(), "a twentieth of the lease");
        assertEquals(FleetPolicy.OLDEST, ctx.settings().policy());
        assertEquals(64, ctx.openEngine().buckets());
        assertEquals("gateway-1:7400", ctx.node());
    }

    @Test
    void shouldSayWhatCannotBe()
    {
        assertEquals("heartwheel.fleet.buckets=100: expected a power of two",
            messageOf(new FleetContext().buckets(100)));
        assertEquals("heartwheel.fleet.timeout=1s is more than a third of heartwheel.fleet.lease=2s",
            messageOf(new FleetContext().leaseNs(TimeUnit.SECONDS.toNanos(2))));
        assertEquals("heartwheel.fleet=amqp://...@host: expected off, memory, or a URL such as redis://127.0.0.1:6379",
            messageOf(new FleetContext().registry("amqp://user:secret@host")));
        assertThrows(ConfigurationException.class, () -> new FleetContext().leaseNs(1));
        assertThrows(ConfigurationException.class, () -> new FleetContext().node("two words"));
        set("fleet.node", "two words");
        assertEquals("heartwheel.fleet.node=two words: expected a word of letters, digits and .-_:[], 128 at most",
            message());
        set("fleet.node", "auto");
        set("fleet.policy", "youngest");
        assertEquals("heartwheel.fleet.policy=youngest: expected one of newest, oldest", message());
        set("fleet.policy", "newest");
        set("fleet.polcy", "newest");
        assertTrue(messageOf(new FleetContext()).endsWith("did you mean heartwheel.fleet.policy?"));
    }

    @Test
    void shouldNotShowSecrets()
    {
        final String text = new EngineSettings("redis://user:secret@host", null, null, 1, 1, 0).toString();
        assertFalse(text.contains("secret"), text);
    }

    @Test
    void shouldNameANodeByItsHostAndProcess()
    {
        try (Fleet fleet = new Fleet(new FleetContext()))
        {
            assertTrue(fleet.self().name().endsWith(":" + ProcessHandle.current().pid()), fleet.self()::toString);
            assertTrue(fleet.self().name().matches("\\S+"), fleet.self()::toString);
            assertEquals(List.of(), fleet.nodes(), "it has not joined");
        }
    }
}
