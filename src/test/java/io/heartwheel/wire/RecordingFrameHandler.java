package io.heartwheel.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Records one line per frame, and stops after a given number of frames.
 */
public class RecordingFrameHandler implements FrameHandler
{
    public static final int NEVER = -1;

    public final List<String> frames = new ArrayList<>();
    public int stopAfter = NEVER;

    @Override
    public boolean onPing(final byte token)
    {
        return add("PING " + token);
    }

    @Override
    public boolean onPong(final byte token)
    {
        return add("PONG " + token);
    }

    @Override
    public boolean onData(final ByteBuffer payload)
    {
        final byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return add(data(bytes));
    }

    @Override
    public boolean onHello(final Hello hello)
    {
        return add(hello.toString());
    }

    @Override
    public boolean onIdentity(final String identity)
    {
        return add("IDENTITY " + identity);
    }

    @Override
    public void onBye(final int reason, final String text)
    {
        add("BYE " + reason + " " + text);
    }

    @Override
    public void onProtocolError(final String what)
    {
        add("ERROR " + what);
    }

    public static String data(final byte[] bytes)
    {
        return "DATA " + HexFormat.of().formatHex(bytes);
    }

    private boolean add(final String frame)
    {
        frames.add(frame);
        return frames.size() != stopAfter;
    }
}
