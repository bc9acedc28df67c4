package io.heartwheel.bench.harness;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

/**
 * A command that measures for some time. It prints its progress to standard error.
 */
public abstract class BenchCommand implements Callable<Integer>
{
    @Spec
    protected CommandSpec spec;

    protected final void require(final boolean isTrue, final String otherwise)
    {
        if (!isTrue)
        {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    protected final void tell(final String format, final Object... values)
    {
        final PrintWriter err = spec.commandLine().getErr();
        err.println(String.format(format, values));
        err.flush();
    }
}
