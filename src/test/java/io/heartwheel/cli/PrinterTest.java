package io.heartwheel.cli;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

@Timeout(30)
class PrinterTest
{
    private static final int MANY = 1_000_000;

    private final StringBuffer read = new StringBuffer();
    private final Semaphore reads = new Semaphore(0);
    private volatile boolean isGone;

    /** A reader that takes as many texts as it is allowed to. */
    private final Printer printer = new Printer(new PrintWriter(new Writer()
    {
        @Override
        public void write(final char[] chars, final int offset, final int length) throws IOException
        {
            reads.acquireUninterruptibly();
            if (isGone)
            {
                throw new IOException("Broken pipe");
            }
            read.append(chars, offset, length);
        }

        @Override
        public void flush()
        {
        }

        @Override
        public void close()
        {
        }
    }));

    @AfterEach
    void after()
    {
        reads.release(MANY);
    }

    private List<String> lines()
    {
        return read.toString().lines().toList();
    }

    @Test
    void shouldWriteAllThatIsReadInItsOrder()
    {
        reads.release(MANY);
        printer.line("one");
        printer.text("two\n");
        printer.line("three");
        printer.close();

        assertEquals(List.of("one", "two", "three"), lines());
        assertTrue(printer.isIdle());
        printer.line("after the end");
        assertTrue(printer.isIdle());
    }

    @Test
    void shouldLeaveOutWhatFindsNoRoomAndSayHowMuchWhereItIsMissing()
    {
        printer.line("first");
        awaitTaken();
        for (int i = 0; i < Printer.TEXTS_MAX + 3; i++)
        {
            printer.line("line " + i);
        }
        reads.release(MANY);
        awaitIdle();
        printer.line("last");
        printer.close();

        final List<String> lines = lines();
        assertEquals(Printer.TEXTS_MAX + 3, lines.size());
        assertEquals("line " + (Printer.TEXTS_MAX - 1), lines.get(Printer.TEXTS_MAX));
        assertEquals("... 3 lines left out, as nobody read them", lines.get(Printer.TEXTS_MAX + 1));
        assertEquals("last", lines.get(Printer.TEXTS_MAX + 2));
    }

    @Test
    void shouldBoundWhatItHoldsByItsLengthToo()
    {
        printer.text("first\n");
        awaitTaken();
        final String half = "x".repeat(Printer.CHARS_MAX / 2 - 1) + "\n";
        printer.text(half);
        printer.text(half);
        printer.text("too much\n");
        reads.release(MANY);
        printer.close();

        assertEquals(List.of("first", half.trim(), half.trim(), "... 1 lines left out, as nobody read them"), lines());
    }

    @Test
    void shouldTakeOneTextOfAnyLength()
    {
        reads.release(MANY);
        printer.line("x".repeat(2 * Printer.CHARS_MAX));
        printer.close();

        assertEquals(2 * Printer.CHARS_MAX, lines().get(0).length());
    }

    @Test
    void shouldNotWaitAtItsEndForWhoReadsNothing()
    {
        printer.line("unread");
        final long startNs = System.nanoTime();
        printer.close();

        assertTrue(System.nanoTime() - startNs < TimeUnit.SECONDS.toNanos(2));
        assertFalse(printer.isIdle());
        assertEquals("", read.toString());
    }

    @Test
    void shouldKnowWhenNobodyReadsAnyMore()
    {
        assertFalse(printer.isBroken());
        isGone = true;
        reads.release(MANY);
        printer.line("unheard");
        printer.close();

        assertTrue(printer.isBroken());
    }

    @Test
    void shouldPrintAsOneWhatIsWrittenBetweenTwoFlushes()
    {
        final PrintWriter writer = printer.writer();
        writer.printf("%d %s", 1, "bar");
        assertTrue(printer.isIdle());
        writer.flush();
        reads.release(MANY);
        printer.close();

        assertEquals("1 bar", read.toString());
    }

    /** The first text is with the reader, and so takes no room. */
    private void awaitTaken()
    {
        while (!reads.hasQueuedThreads())
        {
            Thread.onSpinWait();
        }
    }

    private void awaitIdle()
    {
        while (!printer.isIdle())
        {
            Thread.onSpinWait();
        }
    }
}
