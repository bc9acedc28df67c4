package io.heartwheel.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * Prints for threads that must not wait for the reader of the output, because they serve peers or end the process. They
 * hand over texts, and a thread of its own writes these. A text that finds no room is left out, and a line says how
 * many were.
 * <p>
 * Threadsafe, but for {@link #writer()}.
 */
final class Printer implements AutoCloseable
{
    static final int TEXTS_MAX = 4_096;
    static final int CHARS_MAX = 1 << 20;
    /** Longest wait at the end for a reader that takes nothing. */
    private static final long PATIENCE_NS = TimeUnit.MILLISECONDS.toNanos(200);
    /** Longest wait at the end in all, for a reader that takes some. */
    private static final long CLOSE_MAX_NS = TimeUnit.SECONDS.toNanos(2);

    private final PrintWriter out;
    private final ArrayDeque<String> waiting = new ArrayDeque<>();
    private int charsWaiting;
    private long leftOut;
    private long written;
    private boolean isWriting;
    private boolean isClosed;
    private volatile boolean isBroken;

    Printer(final PrintWriter out)
    {
        this.out = out;
        final Thread thread = new Thread(this::run, "heartwheel-printer");
        thread.setDaemon(true);
        thread.start();
    }

    void line(final String line)
    {
        text(line + System.lineSeparator());
    }

    /**
     * Print a text without a line end.
     */
    synchronized void text(final String text)
    {
        if (isClosed)
        {
            return;
        }
        if (waiting.size() >= TEXTS_MAX || charsWaiting > 0 && charsWaiting + text.length() > CHARS_MAX)
        {
            ++leftOut;
            return;
        }
        tellLeftOut();
        add(text);
    }

    /**
     * The printer as a writer. Text between two flushes is printed or left out as a whole.
     */
    PrintWriter writer()
    {
        return new PrintWriter(new StringWriter()
        {
            @Override
            public void flush()
            {
                text(toString());
                getBuffer().setLength(0);
            }
        });
    }

    /**
     * Have all texts been written?
     */
    synchronized boolean isIdle()
    {
        return waiting.isEmpty() && !isWriting;
    }

    /**
     * Is the reader of the output gone?
     */
    boolean isBroken()
    {
        return isBroken;
    }

    /**
     * Wait until all texts are written, in bounded time, and only while the reader takes some. Nothing is printed
     * afterwards.
     */
    @Override
    public synchronized void close()
    {
        tellLeftOut();
        isClosed = true;
        final long startNs = System.nanoTime();
        long progressNs = startNs;
        long seen = written;
        try
        {
            for (long nowNs = startNs; !isIdle() && nowNs - startNs < CLOSE_MAX_NS && nowNs - progressNs < PATIENCE_NS;
                nowNs = System.nanoTime())
            {
                TimeUnit.NANOSECONDS.timedWait(this, PATIENCE_NS - (nowNs - progressNs));
                if (written != seen)
                {
                    seen = written;
                    progressNs = System.nanoTime();
                }
            }
        }
        catch (final InterruptedException ex)
        {
            Thread.currentThread().interrupt();
        }
        notifyAll();
    }

    private void tellLeftOut()
    {
        if (leftOut > 0)
        {
            add("... " + leftOut + " lines left out, as nobody read them" + System.lineSeparator());
            leftOut = 0;
        }
    }

    private void add(final String text)
    {
        waiting.add(text);
        charsWaiting += text.length();
        notifyAll();
    }

    private void run()
    {
        for (String text = next(); null != text; text = next())
        {
            out.print(text);
            if (isLast())
            {
                out.flush();
                isBroken |= out.checkError();
            }
            onWritten();
        }
    }

    /**
     * Wait for the next text; null when the printer is closed and all texts are written.
     */
    private synchronized String next()
    {
        try
        {
            while (waiting.isEmpty() && !isClosed)
            {
                wait();
            }
        }
        catch (final InterruptedException ex)
        {
            isClosed = true;
        }
        final String text = waiting.poll();
        if (null != text)
        {
            charsWaiting -= text.length();
            isWriting = true;
        }
        return text;
    }

    private synchronized boolean isLast()
    {
        return waiting.isEmpty();
    }

    private synchronized void onWritten()
    {
        ++written;
        isWriting = false;
        notifyAll();
    }
}
