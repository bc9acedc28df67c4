package io.heartwheel.support;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Clients of WebSocket that others have written, as they are. Each says its name, and prints {@code text MESSAGE},
 * {@code binary MESSAGE}, and {@code closed CODE REASON}. It comes back unless the server ends.
 */
public enum StockClient
{
    /** As Debian has it. */
    WS(StockClient.NODE_MODULES + "/ws", "node", "client.js"),
    WEBSOCKET(StockClient.NPM_MODULES + "/websocket", "node", "websocket.js"),
    FAYE(StockClient.NPM_MODULES + "/faye-websocket", "node", "faye.js"),
    /** As Debian has it, which may not be the first Python on the path. */
    PYTHON("/usr/lib/python3/dist-packages/websockets", "/usr/bin/python3", "client.py"),
    JDK(null, null, null),
    CHROMIUM(null, "chromium", "client.html");

    private static final String NODE_MODULES = "/usr/share/nodejs";
    /** Where .ci/run installs them. */
    private static final String NPM_MODULES = "target/npm/node_modules";
    private static final Path SCRIPTS = Path.of("src/test/resources/io/heartwheel/websocket").toAbsolutePath();

    private final String module;
    private final String interpreter;
    private final String script;

    StockClient(final String module, final String interpreter, final String script)
    {
        this.module = module;
        this.interpreter = interpreter;
        this.script = script;
    }

    /**
     * Skip the test if something is not installed.
     */
    public static void require()
    {
        Arrays.stream(values()).forEach((each) ->
        {
            if (null != each.module)
            {
                Tool.requireFile(Path.of(each.module));
            }
        });
        Tool.require("node");
        Tool.require("chromium");
    }

    /**
     * @param place  what the command begins with, such as that it runs on another host.
     * @param folder where it may write.
     */
    public Program start(final List<String> place, final String url, final Path folder) throws IOException
    {
        if (JDK == this)
        {
            return Program.ofMain(place, JdkWebSocketClient.class.getName(), url, name());
        }
        final List<String> command = new ArrayList<>(place);
        if (CHROMIUM == this)
        {
            command.addAll(Chromium.command(folder, SCRIPTS.resolve(script).toUri() + "#" + url + "%20" + name()));
            return new Program(command, Map.of(), Chromium::consoleText);
        }
        command.addAll(List.of(interpreter, SCRIPTS.resolve(script).toString(), url, name()));
        return new Program(command, Map.of("NODE_PATH", NODE_MODULES + ":" + Path.of(NPM_MODULES).toAbsolutePath()),
            UnaryOperator.identity());
    }
}
