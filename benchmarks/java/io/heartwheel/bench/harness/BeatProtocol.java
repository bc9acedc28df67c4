package io.heartwheel.bench.harness;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.Identity;

import java.nio.ByteBuffer;

/**
 * What {@link BeatClients} write and read. Nothing of it keeps any state, as every read brings whole frames.
 */
interface BeatProtocol
{
    /** Our own frames: the server says HELLO first. */
    BeatProtocol OWN = new BeatProtocol()
    {
        @Override
        public byte[] opening()
        {
            return new byte[0];
        }

        @Override
        public void putPing(final ByteBuffer out, final byte token)
        {
            Frame.putHeader(out, Frame.PING, token, 0);
        }

        @Override
        public void putPong(final ByteBuffer out, final byte token)
        {
            Frame.putHeader(out, Frame.PONG, token, 0);
        }

        @Override
        public int typeOf(final ByteBuffer in, final int begin)
        {
            return in.get(begin);
        }

        @Override
        public byte tokenOf(final ByteBuffer in, final int begin)
        {
            return in.get(begin + 1);
        }

        @Override
        public int endOf(final ByteBuffer in, final int begin, final int limit)
        {
            return begin + Frame.HEADER_LENGTH > limit ? limit + 1 :
                begin + Frame.HEADER_LENGTH + (in.getShort(begin + 2) & 0xFFFF);
        }
    };

    /** Longest frame that is written in bytes. */
    int MAX_FRAME_LENGTH = 16;

    /** What a client says by our own frames to tell who it is: the one of a number. It is not answered. */
    static byte[] helloOf(final int number)
    {
        final byte[] payload = Identity.helloPayload("client-" + number);
        final ByteBuffer frame = ByteBuffer.allocate(Frame.HEADER_LENGTH + payload.length);
        Frame.putHeader(frame, Frame.HELLO, 0, payload.length);
        return frame.put(payload).array();
    }

    /** What a client says first; empty if the server does. */
    byte[] opening();

    void putPing(ByteBuffer out, byte token);

    void putPong(ByteBuffer out, byte token);

    /** One of {@link Frame}: HELLO for what tells that a client is let in, PING, PONG, BYE, or others. */
    int typeOf(ByteBuffer in, int begin);

    /** Of a PING or PONG. */
    byte tokenOf(ByteBuffer in, int begin);

    /** Where a frame ends that begins here; behind the limit if it is not whole. */
    int endOf(ByteBuffer in, int begin, int limit);
}
