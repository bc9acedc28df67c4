package io.heartwheel.bench.ops;

import io.heartwheel.websocket.HalfMessage;
import io.heartwheel.websocket.WebSocketDecoder;
import io.heartwheel.websocket.WebSocketFrame;
import io.heartwheel.websocket.WebSocketHandler;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Measures the decoding and the encoding of one frame of WebSocket. The baseline unmasks the same bytes one by one,
 * checks nothing and keeps nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WebSocketBenchmark
{
    private static final int BATCH = 64;
    private static final int MESSAGE_LENGTH = 100;
    private static final int MASKED_HEADER_LENGTH = 6;
    /** The decoder unmasks in place: with this key the batch stays what it is, and the work is the same. */
    private static final int KEY = 0;

    /**
     * A batch of equal frames, as one read would bring it.
     */
    @State(Scope.Thread)
    public static class MaskedBatch
    {
        /** Type of the frames. */
        @Param({"PING", "TEXT", "BINARY"})
        public String frame;

        private final ByteBuffer in = ByteBuffer.allocateDirect(BATCH * (MASKED_HEADER_LENGTH + MESSAGE_LENGTH));
        private final WebSocketDecoder decoder = WebSocketDecoder.ofServer(1024, true);
        private final Sum sum = new Sum();

        /** Write the batch. */
        @Setup(Level.Trial)
        public void setUp()
        {
            final byte[] message = new byte[MESSAGE_LENGTH];
            Arrays.fill(message, (byte)'x');
            in.clear();
            for (int i = 0; i < BATCH; i++)
            {
                if ("PING".equals(frame))
                {
                    WebSocketFrame.putMaskedPing(in, i, KEY);
                }
                else
                {
                    final int opcode = "TEXT".equals(frame) ? WebSocketFrame.TEXT : WebSocketFrame.BINARY;
                    WebSocketFrame.putMasked(in, opcode, ByteBuffer.wrap(message), KEY);
                }
            }
            in.flip();
        }
    }

    /**
     * What a server writes to.
     */
    @State(Scope.Thread)
    public static class Writer
    {
        private final ByteBuffer out = ByteBuffer.allocateDirect(1024);
        private final ByteBuffer message = ByteBuffer.allocate(MESSAGE_LENGTH);
        private int token;
    }

    private static final class Sum implements WebSocketHandler
    {
        private int value;

        @Override
        public boolean onText(final ByteBuffer payload)
        {
            value += payload.remaining();
            return true;
        }

        @Override
        public boolean onBinary(final ByteBuffer payload)
        {
            value -= payload.remaining();
            return true;
        }

        @Override
        public boolean onPing(final ByteBuffer payload)
        {
            value += payload.getInt();
            return true;
        }

        @Override
        public boolean onPong(final ByteBuffer payload)
        {
            throw new IllegalStateException();
        }

        @Override
        public boolean onFragment(final int messageLength)
        {
            throw new IllegalStateException();
        }

        @Override
        public void onClose(final int code, final String text)
        {
            throw new IllegalStateException();
        }

        @Override
        public void onProtocolError(final int code, final String what)
        {
            throw new IllegalStateException(what);
        }
    }

    /**
     * Decode one frame of a batch.
     *
     * @param batch of frames.
     * @return null.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public HalfMessage decode(final MaskedBatch batch)
    {
        return batch.decoder.decode(null, batch.in.position(0), batch.sum);
    }

    /**
     * The same without checks, byte by byte.
     *
     * @param batch of frames.
     * @return what was summed up.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int decodeBareLoop(final MaskedBatch batch)
    {
        final ByteBuffer in = batch.in;
        int offset = 0;
        while (offset < in.limit())
        {
            final int payload = offset + MASKED_HEADER_LENGTH;
            final int key = in.getInt(payload - Integer.BYTES);
            final int end = payload + (in.get(offset + 1) & 0x7F);
            for (int i = payload; i < end; i++)
            {
                in.put(i, (byte)(in.get(i) ^ key >>> (3 - (i - payload & 3) << 3)));
            }
            batch.sum.value += end - payload;
            offset = end;
        }
        return batch.sum.value;
    }

    /**
     * Write a PING.
     *
     * @param writer of it.
     * @return its length.
     */
    @Benchmark
    public int encodePing(final Writer writer)
    {
        WebSocketFrame.putPing(writer.out.clear(), ++writer.token);
        return writer.out.position();
    }

    /**
     * Write a message.
     *
     * @param writer of it.
     * @return its length.
     */
    @Benchmark
    public int encodeBinary(final Writer writer)
    {
        WebSocketFrame.put(writer.out.clear(), WebSocketFrame.BINARY, writer.message);
        return writer.out.position();
    }
}
