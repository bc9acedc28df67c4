package io.heartwheel.wire;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Splits the bytes of a connection into frames, however they were split into reads. Whole frames are handled in place.
 * The beginning of a frame whose end is missing is copied into a {@link HalfFrame}, which the caller keeps. One decoder
 * therefore serves all connections.
 * <p>
 * Allocates nothing for PING, PONG and whole DATA frames.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class FrameDecoder
{
    private final int maxDataLength;

    /**
     * Construct a decoder.
     *
     * @param maxDataLength longest payload of a DATA frame in bytes; a longer one is a protocol error.
     */
    public FrameDecoder(final int maxDataLength)
    {
        this.maxDataLength = maxDataLength;
    }

    /**
     * Handle the bytes that have arrived on one connection.
     *
     * @param half    the half frame that the previous call for the connection returned, or null.
     * @param in      bytes that have arrived, from its position to its limit; all are consumed.
     * @param handler that is told of each frame.
     * @return the half frame to keep for the connection, or null if there is none.
     */
    public HalfFrame decode(final HalfFrame half, final ByteBuffer in, final FrameHandler handler)
    {
        if (null != half)
        {
            if (!half.skipFrom(in))
            {
                return half;
            }
            if (half.length() > 0)
            {
                final HalfFrame stillHalf = completeHalf(half, in, handler);
                if (null != stillHalf || !in.hasRemaining())
                {
                    return stillHalf;
                }
            }
        }

        return decodeWhole(in, handler);
    }

    private HalfFrame completeHalf(final HalfFrame half, final ByteBuffer in, final FrameHandler handler)
    {
        if (!half.fillFrom(in, Math.max(half.length(), Frame.HEADER_LENGTH)))
        {
            return half;
        }

        final ByteBuffer header = half.view();
        final int payloadLength = Frame.payloadLength(header, 0);
        if (isRefused(header.get(Frame.TYPE_OFFSET), payloadLength, handler))
        {
            return drop(in);
        }
        if (!isKnown(header.get(Frame.TYPE_OFFSET)))
        {
            return skip(payloadLength, in);
        }
        final int keptLength = keptLength(header.get(Frame.TYPE_OFFSET), payloadLength);
        if (!half.fillFrom(in, Frame.HEADER_LENGTH + keptLength))
        {
            return half;
        }

        return handle(half.view(), keptLength, handler) ? null : drop(in);
    }

    private HalfFrame decodeWhole(final ByteBuffer in, final FrameHandler handler)
    {
        while (in.remaining() >= Frame.HEADER_LENGTH)
        {
            final int offset = in.position();
            final byte type = in.get(offset);
            final int payloadLength = Frame.payloadLength(in, offset);
            if (isRefused(type, payloadLength, handler))
            {
                return drop(in);
            }
            final int keptLength = keptLength(type, payloadLength);
            if (in.remaining() - Frame.HEADER_LENGTH < keptLength)
            {
                if (isKnown(type))
                {
                    break;
                }
                in.position(offset + Frame.HEADER_LENGTH);
                return skip(payloadLength, in);
            }
            if (!handle(in, keptLength, handler))
            {
                return drop(in);
            }
        }

        return in.hasRemaining() ? keep(in) : null;
    }

    /**
     * Handle one whole frame. Afterwards the position, limit and byte order of the buffer are right, whatever the
     * handler did to them.
     */
    private static boolean handle(final ByteBuffer in, final int payloadLength, final FrameHandler handler)
    {
        final int limit = in.limit();
        final int payloadOffset = in.position() + Frame.HEADER_LENGTH;
        final int end = payloadOffset + payloadLength;
        final byte type = in.get();
        final byte token = in.get();

        final boolean goOn;
        switch (type)
        {
            case Frame.PING -> goOn = handler.onPing(token);
            case Frame.PONG -> goOn = handler.onPong(token);
            case Frame.DATA -> goOn = handler.onData(in.limit(end).position(payloadOffset));
            case Frame.HELLO -> goOn = onHello(in.limit(end).position(payloadOffset), handler);
            case Frame.BYE ->
            {
                in.limit(end).position(payloadOffset);
                handler.onBye(in.hasRemaining() ? in.get() & 0xFF : 0, Frame.byeText(in));
                goOn = false;
            }
            default -> goOn = handler.onUnknown();
        }
        in.order(ByteOrder.BIG_ENDIAN).limit(limit).position(end);
        return goOn;
    }

    private static boolean onHello(final ByteBuffer payload, final FrameHandler handler)
    {
        final Hello hello = Hello.read(payload);
        if (Hello.VERSION != hello.version())
        {
            handler.onProtocolError("HELLO of version " + hello.version() + ", expected " + Hello.VERSION);
            return false;
        }
        return payload.hasRemaining() ? onIdentity(hello, payload, handler) : handler.onHello(hello);
    }

    private static boolean onIdentity(final Hello hello, final ByteBuffer payload, final FrameHandler handler)
    {
        final int length = payload.get() & 0xFF;
        String what = null;
        if (!hello.has(Hello.IDENTITY) || length != payload.remaining())
        {
            what = "HELLO of flags " + hello.flags() + ", with an identity of " + length + " bytes in " +
                payload.remaining();
        }
        final String identity = Identity.read(payload);
        if (null == what)
        {
            what = null == identity ? "HELLO with an identity that is not UTF-8" : Identity.faultOf(identity);
        }
        if (null != what)
        {
            handler.onProtocolError(what);
            return false;
        }
        return handler.onIdentity(identity);
    }

    private boolean isRefused(final byte type, final int payloadLength, final FrameHandler handler)
    {
        final String what;
        switch (type)
        {
            case Frame.PING, Frame.PONG -> what = 0 == payloadLength ? null :
                (Frame.PING == type ? "PING" : "PONG") + " with a payload of " + payloadLength + " bytes, expected 0";
            case Frame.DATA -> what = payloadLength <= maxDataLength ? null :
                "DATA of " + payloadLength + " bytes, at most " + maxDataLength + " accepted";
            case Frame.HELLO -> what = Hello.LENGTH == payloadLength || Identity.isHelloLength(payloadLength) ? null :
                "HELLO of " + payloadLength + " bytes, expected " + Hello.LENGTH;
            default -> what = null;
        }

        if (null != what)
        {
            handler.onProtocolError(what);
        }
        return null != what;
    }

    /**
     * Number of payload bytes that are needed to handle a frame. Of a BYE only the beginning of its text is read, so no
     * peer can make us keep more.
     */
    private static int keptLength(final byte type, final int payloadLength)
    {
        return Frame.BYE == type ? Math.min(payloadLength, 1 + Frame.MAX_BYE_TEXT_LENGTH) : payloadLength;
    }

    private static boolean isKnown(final byte type)
    {
        return type >= Frame.PING && type <= Frame.BYE;
    }

    private static HalfFrame keep(final ByteBuffer in)
    {
        final HalfFrame half = new HalfFrame();
        half.fillFrom(in, in.remaining());
        return half;
    }

    private static HalfFrame skip(final int byteCount, final ByteBuffer in)
    {
        final HalfFrame half = new HalfFrame();
        half.skip(byteCount);
        return half.skipFrom(in) ? null : half;
    }

    private static HalfFrame drop(final ByteBuffer in)
    {
        in.position(in.limit());
        return null;
    }
}
