package io.heartwheel.cli;

import io.heartwheel.fleet.Fleet;
import io.heartwheel.fleet.FleetListener;
import io.heartwheel.fleet.FleetMember;
import io.heartwheel.fleet.FleetState;
import io.heartwheel.wire.PlainText;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Prints what happens to the fleet of a server: nodes that come and go, the state of the lease, and whether the
 * registry answers. The last lines are kept for a screen.
 */
final class FleetLines implements FleetListener
{
    private static final int KEPT = 4;

    private final Consumer<String> printer;
    private final ArrayDeque<String> last = new ArrayDeque<>();
    private String told = "";

    FleetLines(final Consumer<String> printer)
    {
        this.printer = printer;
    }

    @Override
    public void onNodeJoined(final FleetMember node)
    {
        line("node " + node.name() + " joined");
    }

    @Override
    public void onNodeLeft(final FleetMember node)
    {
        line("node " + node.name() + " left");
    }

    @Override
    public void onState(final FleetState state)
    {
        line("lease " + state);
    }

    @Override
    public void onWarning(final String warning)
    {
        line("warning: " + warning);
    }

    /**
     * Print whether the registry answers, if it is otherwise than before. To be called each second.
     */
    void look(final Fleet fleet)
    {
        final String trouble = fleet.metrics().trouble();
        if (!told.equals(trouble))
        {
            told = trouble;
            line(trouble.isEmpty() ? "the registry answers" : "the registry does not answer: " + trouble);
        }
    }

    /** {@return the last lines, the oldest first} */
    synchronized List<String> last()
    {
        return List.copyOf(last);
    }

    private synchronized void line(final String line)
    {
        // Other nodes have chosen their names.
        final String plain = "fleet  " + PlainText.of(line);
        last.add(plain);
        if (last.size() > KEPT)
        {
            last.remove();
        }
        printer.accept(plain);
    }
}
