package io.heartwheel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Messages that end with a delimiter, such as lines of text. Each ends with LF unless another delimiter is set, and a
 * CR before the LF is no part of it. What is sent ends with the delimiter too; that it has none within is up to the
 * application.
 * <p>
 * Threadsafe, as it does not change.
 */
public final class LineProtocol implements Protocol
{
    private static final byte[] NONE = {};
    private static final byte[] LINE_FEED = {'\n'};

    private final String name;
    private final byte[] delimiter;
    private final boolean isStripped;
    private final int maxLength;
    private final byte[] question;
    private final byte[] answer;
    private final byte[] heartbeat;
    private final ByteBuffer reply;

    /**
     * What has been looked at of a line that is not whole, so that no byte is looked at twice.
     */
    private record Scanned(int length)
    {
    }

    /**
     * Options of such a protocol.
     */
    public static final class Context
    {
        private String name = "line";
        private byte[] delimiter = LINE_FEED;
        private boolean isStripped = true;
        private int maxLength = 8 << 10;
        private byte[] question = NONE;
        private byte[] answer = NONE;
        private byte[] heartbeat = NONE;
        private byte[] reply = NONE;

        /**
         * Construct for lines of up to 8 KiB that end with LF or CR LF.
         */
        public Context()
        {
        }

        /**
         * Set what the protocol is called.
         *
         * @param name for views and messages.
         * @return this.
         */
        public Context name(final String name)
        {
            this.name = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Set what each message ends with.
         *
         * @param delimiter 1 to 16 bytes.
         * @return this.
         */
        public Context delimiter(final byte... delimiter)
        {
            if (delimiter.length < 1 || delimiter.length > 16)
            {
                throw new IllegalArgumentException("delimiter of " + delimiter.length + " bytes not in 1..16");
            }
            this.delimiter = delimiter.clone();
            return this;
        }

        /**
         * Set whether the listener is given messages without their delimiter, as at first, or with it.
         *
         * @param isStripped false to be given it.
         * @return this.
         */
        public Context strip(final boolean isStripped)
        {
            this.isStripped = isStripped;
            return this;
        }

        /**
         * Set the greatest length of a message with its delimiter. {@code heartwheel.message.max} is a limit as well.
         *
         * @param maxLength in bytes; 8 KiB at first.
         * @return this.
         */
        public Context max(final int maxLength)
        {
            if (maxLength < 1 || maxLength > 1 << 16)
            {
                throw new IllegalArgumentException("max=" + maxLength + " not in 1.." + (1 << 16));
            }
            this.maxLength = maxLength;
            return this;
        }

        /**
         * Set the question by which a silent peer is probed. Without it, peers are watched passively.
         *
         * @param question text without a delimiter.
         * @param answer   that the peer gives: it is not given to the listener, and measures the round-trip time. It
         *                 may be empty if peers have no answer of their own, as any byte of a peer proves life.
         * @return this.
         */
        public Context probe(final String question, final String answer)
        {
            this.question = question.getBytes(StandardCharsets.UTF_8);
            this.answer = answer.getBytes(StandardCharsets.UTF_8);
            return this;
        }

        /**
         * Set the heartbeat that peers send by themselves. It is not given to the listener.
         *
         * @param heartbeat text without a delimiter.
         * @param reply     that is sent for it, without a delimiter; empty for none.
         * @return this.
         */
        public Context heartbeat(final String heartbeat, final String reply)
        {
            this.heartbeat = heartbeat.getBytes(StandardCharsets.UTF_8);
            this.reply = reply.getBytes(StandardCharsets.UTF_8);
            return this;
        }
    }

    /**
     * Construct by these options, which are copied.
     *
     * @param ctx the options.
     */
    public LineProtocol(final Context ctx)
    {
        name = ctx.name;
        delimiter = ctx.delimiter;
        isStripped = ctx.isStripped;
        maxLength = ctx.maxLength;
        question = delimited(ctx.question);
        answer = ctx.answer;
        heartbeat = ctx.heartbeat;
        reply = ByteBuffer.wrap(delimited(ctx.reply));
    }

    private byte[] delimited(final byte[] line)
    {
        return 0 == line.length ? NONE :
            ByteBuffer.allocate(line.length + delimiter.length).put(line).put(delimiter).array();
    }

    @Override
    public String name()
    {
        return name;
    }

    @Override
    public Object decode(final Connection connection, final Object state, final ByteBuffer in, final Messages out)
    {
        final int begin = in.position();
        final int limit = in.limit();
        final int limitOfLine = (int)Math.min(limit, (long)begin + maxLength);
        final int scanned = state instanceof Scanned before ? before.length : 0;
        for (int i = begin + scanned; i <= limitOfLine - delimiter.length; i++)
        {
            if (isDelimiter(in, i))
            {
                in.position(i + delimiter.length);
                tell(in, begin, i, out);
                return null;
            }
        }
        if (limit - begin >= maxLength)
        {
            out.refuse(CloseReason.PROTOCOL_ERROR,
                "line of " + (limit - begin) + " bytes without its end, at most " + maxLength + " accepted");
            return null;
        }
        // The delimiter may have begun.
        return new Scanned(Math.max(0, limit - begin - delimiter.length + 1));
    }

    private boolean isDelimiter(final ByteBuffer in, final int index)
    {
        boolean isDelimiter = true;
        for (int i = 0; isDelimiter && i < delimiter.length; i++)
        {
            isDelimiter = delimiter[i] == in.get(index + i);
        }
        return isDelimiter;
    }

    private void tell(final ByteBuffer in, final int begin, final int end, final Messages out)
    {
        final boolean isAfterReturn = 1 == delimiter.length && '\n' == delimiter[0] && end > begin &&
            '\r' == in.get(end - 1);
        final int textEnd = isAfterReturn ? end - 1 : end;
        if (LengthFieldProtocol.isSame(in, begin, textEnd, answer))
        {
            out.answered();
        }
        else if (!LengthFieldProtocol.isSame(in, begin, textEnd, heartbeat))
        {
            out.message(begin, isStripped ? textEnd : end + delimiter.length);
        }
        else if (reply.hasRemaining())
        {
            out.reply(reply);
        }
    }

    @Override
    public boolean hasProbe()
    {
        return question.length > 0;
    }

    @Override
    public void probe(final Connection connection, final byte token, final ByteBuffer out)
    {
        out.put(question);
    }

    @Override
    public void frame(final Connection connection, final ByteBuffer payload, final ByteBuffer out)
    {
        out.put(payload).put(delimiter);
    }
}
