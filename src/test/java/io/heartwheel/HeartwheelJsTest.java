package io.heartwheel;

import io.heartwheel.support.Chromium;
import io.heartwheel.support.HttpProxy;
import io.heartwheel.support.Program;
import io.heartwheel.support.Tool;
import org.agrona.CloseHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * heartwheel.js: its rules by a clock that the test sets, then in a real browser behind a real nginx, with a server in
 * a process of its own.
 */
@Tag("tools")
class HeartwheelJsTest
{
    private static final Path MODULE = Path.of("src/main/resources/io/heartwheel/heartwheel.js").toAbsolutePath();
    private static final Path SCRIPTS = Path.of("src/test/resources/io/heartwheel/websocket").toAbsolutePath();
    private static final int AWAIT_S = 20;
    /** Longer than the page waits for the server (2 s), and the server for the page (1.5 s). */
    private static final int PAUSE_MS = 3_000;
    private static final int QUIET_S = 30;

    private static Chromium chromium;
    private static HttpProxy nginx;
    private static int port;

    private Program server;
    private Chromium.Page page;

    @BeforeAll
    static void before(@TempDir final Path folder) throws IOException, InterruptedException
    {
        Tool.require("node");
        Files.copy(MODULE, folder.resolve("heartwheel.js"));
        Files.copy(SCRIPTS.resolve("page.html"), folder.resolve("page.html"));
        port = HttpProxy.freePort();
        nginx = new HttpProxy("nginx", folder, port, QUIET_S);
        chromium = new Chromium(folder);
    }

    @AfterAll
    static void afterAll()
    {
        CloseHelper.closeAll(chromium, nginx);
    }

    @AfterEach
    void after()
    {
        if (null != page)
        {
            page.close();
        }
        CloseHelper.close(server);
    }

    private void start() throws IOException, InterruptedException
    {
        server = Program.ofMain(List.of(), "io.heartwheel.network.Watched",
            "-Dheartwheel.bind=127.0.0.1:" + port, "-Dheartwheel.websocket=shared", "-Dheartwheel.websocket.speak=1s",
            "-Dheartwheel.websocket.forwarders=127.0.0.1",
            "-Dheartwheel.idle=500ms", "-Dheartwheel.interval=500ms", "-Dheartwheel.count=2", "serve");
        server.await("ready");
    }

    private void open() throws IOException, InterruptedException
    {
        start();
        page = chromium.open("http://127.0.0.1:" + nginx.address().getPort() + "/page.html");
        server.await("open ");
        await("open");
        exchange("first");
    }

    private void exchange(final String text) throws InterruptedException
    {
        assertEquals("true", page.run("socket.send('" + text + "')"), this::said);
        server.await("message ", " " + text);
        server.tell("send back " + text);
        await("message back " + text);
    }

    /** The page has heard something that begins so. */
    private void await(final String event) throws InterruptedException
    {
        awaitTrue("events.some((each) => each.startsWith('" + event + "'))");
    }

    private void awaitTrue(final String condition) throws InterruptedException
    {
        final long startNs = System.nanoTime();
        while (!"true".equals(page.run(condition)))
        {
            assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(AWAIT_S),
                () -> condition + " in " + said());
            Thread.sleep(50);
        }
    }

    private String said()
    {
        return page.run("events.join('; ')") + "; server: " + server.lines();
    }

    private long countOf(final String event)
    {
        return server.lines().stream().filter((line) -> line.startsWith(event)).count();
    }

    @Test
    void shouldKeepToItsRules() throws IOException, InterruptedException
    {
        Tool.run(0, "", "env", "HEARTWHEEL_JS=" + MODULE, "node", "--test",
            SCRIPTS.resolve("heartwheel.test.mjs").toString());
    }

    @Test
    void shouldLiveWhileItsScriptIsIdle() throws IOException, InterruptedException
    {
        open();
        Thread.sleep(PAUSE_MS);
        assertEquals(0, countOf("closed "), server.lines()::toString);
        exchange("second");
        assertEquals("[\"open\",\"message back first\",\"message back second\"]", page.run("events"));
    }

    @Test
    void shouldComeBackToANewServerWhenItsServerIsKilled() throws IOException, InterruptedException
    {
        open();
        server.signal("KILL");
        await("close 1006");
        page.run("events.length = 0");
        start();
        await("open");
        exchange("again");
    }

    @Test
    void shouldNoticeAServerThatHangsAndComeBackWhenItGoesOn() throws IOException, InterruptedException
    {
        open();
        server.signal("STOP");
        await("close 4001 the server is silent");
        await("close 4001 no answer");
        page.run("events.length = 0");
        server.signal("CONT");
        await("open");
        exchange("again");
    }

    @Test
    void shouldNeitherBeCondemnedNorBlameTheServerWhileItsScriptIsBusy() throws IOException, InterruptedException
    {
        open();
        page.run("longestPauseMs = 0");
        page.run("{const endMs = Date.now() + " + PAUSE_MS + "; while (Date.now() < endMs);}");
        exchange("second");
        awaitTrue("longestPauseMs > " + PAUSE_MS * 9 / 10);
        assertEquals("[\"open\",\"message back first\",\"message back second\"]", page.run("events"));
        assertEquals(0, countOf("closed "), server.lines()::toString);
    }

    /** Chromium itself drops the connection of a page that was frozen, when the page wakes. */
    @Test
    @Tag("slow")
    void shouldBeThereAgainAfterThePageWasFrozen() throws IOException, InterruptedException
    {
        open();
        page.run("longestPauseMs = 0");
        page.call("Page.setWebLifecycleState", "state", "frozen");
        Thread.sleep(PAUSE_MS);
        assertEquals(0, countOf("closed "), server.lines()::toString);
        page.call("Page.setWebLifecycleState", "state", "active");
        awaitTrue("longestPauseMs > " + PAUSE_MS * 9 / 10);
        awaitTrue("socket.isOpen");
        exchange("second");
        assertEquals("false", page.run("events.some((each) => each.startsWith('close 4001'))"), this::said);
        assertTrue(server.lines().stream().noneMatch((line) -> line.contains(" PEER_SILENT ")), this::said);
    }

    /** As a laptop does. The server takes it for dead, and the page learns that when it wakes. */
    @Test
    @Tag("slow")
    void shouldComeBackWhenTheComputerHasSlept() throws IOException, InterruptedException
    {
        open();
        chromium.signal("STOP");
        assertTrue(server.await("closed ").contains(" PEER_SILENT "));
        chromium.signal("CONT");
        await("close ");
        page.run("events.splice(0, events.findIndex((each) => each.startsWith('close')) + 1)");
        await("open");
        exchange("again");
    }
}
