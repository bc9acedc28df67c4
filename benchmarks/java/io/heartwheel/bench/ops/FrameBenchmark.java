package io.heartwheel.bench.ops;

import io.heartwheel.wire.Frame;
import io.heartwheel.wire.FrameDecoder;
import io.heartwheel.wire.FrameHandler;
import io.heartwheel.wire.HalfFrame;
import io.heartwheel.wire.Hello;
import io.heartwheel.wire.Outbound;
import io.heartwheel.wire.SpareBuffer;
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
import java.util.concurrent.TimeUnit;

/**
 * Measures the decoding and the encoding of one frame. The baseline is a loop over the same bytes that checks nothing
 * and keeps nothing.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class FrameBenchmark
{
    private static final int BATCH = 64;
    private static final int PAYLOAD_LENGTH = 64;

    /**
     * A batch of equal frames, as one read would bring it.
     */
    @State(Scope.Thread)
    public static class Batch
    {
        /** Type of the frames. */
        @Param({"PING", "PONG", "DATA"})
        public String type;

        private final ByteBuffer in = ByteBuffer.allocateDirect(BATCH * (Frame.HEADER_LENGTH + PAYLOAD_LENGTH));
        private final FrameDecoder decoder = new FrameDecoder(1024);
        private final Sum sum = new Sum();

        /** Write the batch. */
        @Setup(Level.Trial)
        public void setUp()
        {
            final boolean isData = "DATA".equals(type);
            final int code = isData ? Frame.DATA : "PING".equals(type) ? Frame.PING : Frame.PONG;
            in.clear();
            for (int i = 0; i < BATCH; i++)
            {
                Frame.putHeader(in, code, isData ? 0 : i, isData ? PAYLOAD_LENGTH : 0);
                in.position(in.position() + (isData ? PAYLOAD_LENGTH : 0));
            }
            in.flip();
        }
    }

    /**
     * A connection that has nothing to send, and what it shares with others.
     */
    @State(Scope.Thread)
    public static class Sender
    {
        private final ByteBuffer out = ByteBuffer.allocateDirect(1024);
        private final ByteBuffer payload = ByteBuffer.allocate(PAYLOAD_LENGTH);
        private final Outbound outbound = new Outbound();
        private final SpareBuffer spare = new SpareBuffer();
        private byte token;
    }

    private static final class Sum implements FrameHandler
    {
        private int value;

        @Override
        public boolean onPing(final byte token)
        {
            value += token;
            return true;
        }

        @Override
        public boolean onPong(final byte token)
        {
            value -= token;
            return true;
        }

        @Override
        public boolean onData(final ByteBuffer payload)
        {
            value += payload.remaining();
            return true;
        }

        @Override
        public boolean onHello(final Hello hello)
        {
            throw new IllegalStateException();
        }

        @Override
        public void onBye(final int reason, final String text)
        {
            throw new IllegalStateException();
        }

        @Override
        public void onProtocolError(final String what)
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
    public HalfFrame decode(final Batch batch)
    {
        return batch.decoder.decode(null, batch.in.position(0), batch.sum);
    }

    /**
     * The same without checks.
     *
     * @param batch of frames.
     * @return what the handler summed up.
     */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int decodeBareLoop(final Batch batch)
    {
        final ByteBuffer in = batch.in;
        int payloadLength;
        for (int i = 0; i < in.limit(); i += Frame.HEADER_LENGTH + payloadLength)
        {
            final int header = in.getInt(i);
            payloadLength = header & Frame.MAX_PAYLOAD_LENGTH;
            final byte token = (byte)(header >> 16);
            switch (header >>> 24)
            {
                case Frame.PING -> batch.sum.onPing(token);
                case Frame.PONG -> batch.sum.onPong(token);
                default -> batch.sum.onData(in);
            }
        }
        return batch.sum.value;
    }

    /**
     * Note a PONG, write it out, and hear that the kernel took it.
     *
     * @param sender of it.
     * @return that it left.
     */
    @Benchmark
    public int encodePong(final Sender sender)
    {
        sender.outbound.pong(++sender.token);
        sender.outbound.fill(sender.out.clear());
        return sender.outbound.accepted(sender.out.position(), sender.spare);
    }

    /**
     * The same as a header in a buffer.
     *
     * @param sender of it.
     * @return the length.
     */
    @Benchmark
    public int encodePongBarePut(final Sender sender)
    {
        Frame.putHeader(sender.out.clear(), Frame.PONG, ++sender.token, 0);
        return sender.out.position();
    }

    /**
     * Queue a message, write it out, and hear that the kernel took it.
     *
     * @param sender of it.
     * @return that no control frame left.
     */
    @Benchmark
    public int encodeData(final Sender sender)
    {
        sender.outbound.enqueue(sender.payload, sender.spare);
        sender.outbound.fill(sender.out.clear());
        return sender.outbound.accepted(sender.out.position(), sender.spare);
    }

    /**
     * The same as a header and a copy in a buffer.
     *
     * @param sender of it.
     * @return the length.
     */
    @Benchmark
    public int encodeDataBarePut(final Sender sender)
    {
        Frame.putHeader(sender.out.clear(), Frame.DATA, 0, PAYLOAD_LENGTH);
        sender.out.put(sender.payload.clear());
        return sender.out.position();
    }
}
