package io.heartwheel.network;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Every fault with every method, each in hosts and processes of its own. The measured times are printed as a table.
 */
@Tag("network")
class FaultMatrixTest
{
    /** Most of a cell is waiting. */
    private static final int CELLS_AT_A_TIME = 6;
    private static final Path FILE = Path.of("target", "fault-matrix.txt");

    private static final List<Cell> CELLS = Arrays.stream(Fault.values())
        .flatMap(fault -> Arrays.stream(Method.values()).map(method -> new Cell(fault, method)))
        .toList();

    private static ExecutorService executor;

    @BeforeAll
    static void requireTools()
    {
        Tools.require();
        executor = Executors.newFixedThreadPool(CELLS_AT_A_TIME);
    }

    @TestFactory
    Stream<DynamicTest> shouldSeeWhatEachMethodCanSee()
    {
        // All begin now; each test waits for its own.
        return CELLS.stream()
            .map(cell ->
            {
                final Future<Cell> result = executor.submit(cell::run);
                return DynamicTest.dynamicTest(cell.toString(), () -> await(result));
            })
            .toList().stream();
    }

    private static void await(final Future<Cell> result) throws Throwable
    {
        try
        {
            result.get();
        }
        catch (final ExecutionException ex)
        {
            throw ex.getCause();
        }
    }

    @AfterAll
    static void printTable() throws IOException, InterruptedException
    {
        if (null != executor)
        {
            executor.shutdownNow();
            executor.awaitTermination(1, TimeUnit.MINUTES);
            final String table = table();
            System.out.println(table);
            Files.createDirectories(FILE.getParent());
            Files.writeString(FILE, table);
        }
    }

    private static String table()
    {
        final StringBuilder table = new StringBuilder();
        final int titleWidth = CELLS.stream().mapToInt(cell -> cell.fault.title.length()).max().orElse(0);
        final int width = CELLS.stream().mapToInt(cell -> cell.measured().length()).max().orElse(0);
        appendPadded(table, "fault", titleWidth);
        for (final Method method : Method.values())
        {
            appendPadded(table, method.title, width);
        }
        for (final Cell cell : CELLS)
        {
            if (Method.values()[0] == cell.method)
            {
                appendPadded(table.append('\n'), cell.fault.title, titleWidth);
            }
            appendPadded(table, cell.measured(), width);
        }
        return table.append('\n').toString().replaceAll(" +\n", "\n");
    }

    private static void appendPadded(final StringBuilder table, final String text, final int width)
    {
        table.append(text).append(" ".repeat(Math.max(0, width - text.length()) + 2));
    }
}
