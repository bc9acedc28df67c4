package io.heartwheel;

import org.junit.jupiter.api.Test;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/**
 * Classes and packages depend on each other in one direction only. The test reads the class files by {@code jdeps}, so
 * that a use without an import counts too.
 */
class CirclesTest
{
    private static final Path CLASSES = Path.of("target/classes");
    private static final String FACE = "io.heartwheel";
    private static final String ENGINE = "io.heartwheel.reactor";
    /** What of the engine room the face may see: its doors are made of these. */
    private static final Set<String> DOORS = Set.of(
        FACE + ".HeartbeatServer", FACE + ".HeartbeatClient", FACE + ".ReactorAgent");
    private static final Pattern EDGE =
        Pattern.compile("^\\s+(io\\.heartwheel\\.\\S+)\\s+-> (io\\.heartwheel\\.\\S+)\\s");

    private final Map<String, Set<String>> uses = usesOfClasses();

    @Test
    void shouldHaveNoCircleOfClassesInTheEngineRoom()
    {
        assertEquals(List.of(), circles(within(ENGINE)));
    }

    @Test
    void shouldHaveNoCircleOfPackagesButThatOfFaceAndEngineRoom()
    {
        final Map<String, Set<String>> packages = folded(uses, CirclesTest::packageOf);

        assertEquals(List.of(List.of(FACE, ENGINE)), circles(packages));
    }

    @Test
    void shouldOpenTheEngineRoomByThreeDoorsOnly()
    {
        final List<String> wrong = new ArrayList<>();
        uses.forEach((user, used) ->
        {
            if (!ENGINE.equals(packageOf(user)) && !DOORS.contains(user))
            {
                used.stream().filter((name) -> ENGINE.equals(packageOf(name)))
                    .forEach((name) -> wrong.add(user + " uses " + name));
            }
        });
        assertEquals(List.of(), wrong);
    }

    @Test
    void shouldFindACircleThatIsPlanted()
    {
        final Map<String, Set<String>> planted = within(ENGINE);
        planted.get(ENGINE + ".Peer").add(ENGINE + ".Reactor");

        final List<List<String>> found = circles(planted);
        assertEquals(1, found.size());
        assertTrue(found.get(0).containsAll(List.of(ENGINE + ".Peer", ENGINE + ".Reactor")), found::toString);
        assertEquals(
            List.of(List.of("a", "b", "c")),
            circles(Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("a", "d"), "d", Set.of())));
    }

    private Map<String, Set<String>> within(final String packageName)
    {
        final Map<String, Set<String>> part = new TreeMap<>();
        uses.forEach((user, used) ->
        {
            if (packageName.equals(packageOf(user)))
            {
                part.put(user, used.stream().filter((name) -> packageName.equals(packageOf(name)))
                    .collect(Collectors.toCollection(TreeSet::new)));
            }
        });
        return part;
    }

    /**
     * A class and what is nested in it are one.
     */
    private static Map<String, Set<String>> usesOfClasses()
    {
        final StringWriter out = new StringWriter();
        final ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        final PrintWriter writer = new PrintWriter(out);
        final int exitCode =
            jdeps.run(writer, writer, "-v", "-filter:none", "--multi-release", "base", CLASSES.toString());
        assertEquals(0, exitCode, out::toString);

        final Map<String, Set<String>> edges = new TreeMap<>();
        for (final String line : out.toString().split("\\R"))
        {
            final Matcher edge = EDGE.matcher(line);
            if (edge.find())
            {
                edges.computeIfAbsent(edge.group(1), (name) -> new TreeSet<>()).add(edge.group(2));
            }
        }
        assertTrue(edges.size() > 100, () -> "jdeps has found no classes in " + CLASSES);
        return folded(edges, (name) -> name.replaceFirst("\\$.*", ""));
    }

    private static Map<String, Set<String>> folded(
        final Map<String, Set<String>> edges, final UnaryOperator<String> toWhole)
    {
        final Map<String, Set<String>> whole = new TreeMap<>();
        edges.forEach((user, used) ->
        {
            final Set<String> of = whole.computeIfAbsent(toWhole.apply(user), (name) -> new TreeSet<>());
            used.stream().map(toWhole).filter((name) -> !name.equals(toWhole.apply(user))).forEach(of::add);
        });
        return whole;
    }

    private static String packageOf(final String className)
    {
        return className.substring(0, className.lastIndexOf('.'));
    }

    /**
     * All sets of more than one in which each reaches each other, sorted (Tarjan, Depth-First Search and Linear Graph
     * Algorithms, 1972).
     */
    private static List<List<String>> circles(final Map<String, Set<String>> edges)
    {
        final List<List<String>> found = new ArrayList<>();
        final Map<String, int[]> seen = new HashMap<>();
        final Deque<String> path = new ArrayDeque<>();
        for (final String start : edges.keySet())
        {
            if (!seen.containsKey(start))
            {
                visit(start, edges, seen, path, found);
            }
        }
        found.sort(Comparator.comparing((circle) -> circle.get(0)));
        return found;
    }

    /**
     * @param seen for each the order in which it was found, the earliest on the path that it reaches, and 1 while it is
     *             on the path.
     */
    private static int[] visit(
        final String name,
        final Map<String, Set<String>> edges,
        final Map<String, int[]> seen,
        final Deque<String> path,
        final List<List<String>> found)
    {
        final int[] me = {seen.size(), seen.size(), 1};
        seen.put(name, me);
        path.push(name);
        for (final String next : edges.getOrDefault(name, Set.of()))
        {
            final int[] other = seen.containsKey(next) ? seen.get(next) : visit(next, edges, seen, path, found);
            if (1 == other[2])
            {
                me[1] = Math.min(me[1], other[1]);
            }
        }
        if (me[0] == me[1])
        {
            final List<String> circle = new ArrayList<>();
            do
            {
                seen.get(path.peek())[2] = 0;
                circle.add(path.pop());
            }
            while (!circle.contains(name));
            if (circle.size() > 1)
            {
                Collections.sort(circle);
                found.add(circle);
            }
        }
        return me;
    }
}
