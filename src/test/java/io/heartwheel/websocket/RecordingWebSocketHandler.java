package io.heartwheel.websocket;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Records one line per call, and stops after a given number of lines.
 */
public class RecordingWebSocketHandler implements WebSocketHandler
{
    public static final int NEVER = -1;

    public final List<String> calls = new ArrayList<>();
    public int stopAfter = NEVER;

    @Override
    public boolean onText(final ByteBuffer payload)
    {
        return add(text(bytesOf(payload)));
    }

    @Override
    public boolean onBinary(final ByteBuffer payload)
    {
        return add("BINARY " + hex(bytesOf(payload)));
    }

    @Override
    public boolean onPing(final ByteBuffer payload)
    {
        return add("PING " + hex(bytesOf(payload)));
    }

    @Override
    public boolean onPong(final ByteBuffer payload)
    {
        return add("PONG " + hex(bytesOf(payload)));
    }

    @Override
    public boolean onFragment(final int messageLength)
    {
        return add("FRAGMENT " + messageLength);
    }

    @Override
    public void onClose(final int code, final String text)
    {
        add("CLOSE " + code + " " + text);
    }

    @Override
    public void onProtocolError(final int code, final String what)
    {
        add("ERROR " + code + " " + what);
    }

    /**
     * The last call, or an empty text.
     */
    public String last()
    {
        return calls.isEmpty() ? "" : calls.get(calls.size() - 1);
    }

    static String text(final byte[] utf8)
    {
        return "TEXT " + new String(utf8, StandardCharsets.UTF_8);
    }

    static String hex(final byte[] bytes)
    {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] bytesOf(final ByteBuffer payload)
    {
        final byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return bytes;
    }

    private boolean add(final String call)
    {
        calls.add(call);
        return calls.size() != stopAfter;
    }
}
