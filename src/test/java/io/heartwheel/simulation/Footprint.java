package io.heartwheel.simulation;

import io.heartwheel.Connection;
import io.heartwheel.HeartbeatServer;
import io.heartwheel.support.Jol;
import org.openjdk.jol.vm.VM;
import org.openjdk.jol.vm.VirtualMachine;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The heap that a server's own state takes in bytes, counted object by object. Objects of the JDK (channel, key,
 * address) and of others are left out.
 *
 * @param livenessBytes of the arrays of tracker and connection table, and the cadences in them, the spokes left out.
 * @param spokeBytes    of the wheel's spokes, which are as many however many connections there are.
 * @param stateBytes    of all that, the connections, and what they have to send.
 * @param heapBytes     in use by all of the process after a collection, the simulation included.
 */
record Footprint(long livenessBytes, long spokeBytes, long stateBytes, long heapBytes)
{
    private static final Set<String> NOT_OWNED = Set.of(
        "reactor", "requests", "dialect", "link", "remoteAddress", "key", "attachment", "handler", "expiryHandler");

    static Footprint of(final HeartbeatServer server)
    {
        final Object reactor = value(value(server, "sole"), "reactor");
        final Object tracker = value(reactor, "tracker");
        final Object table = value(reactor, "peers");
        final Object wheel = value(tracker, "wheel");
        final VirtualMachine vm = machine();
        final long spokes = vm.sizeOf(value(wheel, "heads")) + vm.sizeOf(value(wheel, "occupied"));
        final long liveness = new Walk(false).bytes(tracker, table) - spokes;
        final long state = new Walk(true).bytes(tracker, table) - spokes;
        System.gc();
        return new Footprint(liveness, spokes, state,
            Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }

    /**
     * Without an agent, for which the layouts of records have to be guessed from their fields; that it has none it
     * prints the first time, to where the report goes.
     */
    private static VirtualMachine machine()
    {
        Jol.prepare();
        final PrintStream out = System.out;
        System.setOut(new PrintStream(OutputStream.nullOutputStream()));
        try
        {
            return VM.current();
        }
        finally
        {
            System.setOut(out);
        }
    }

    private static Object value(final Object owner, final String name)
    {
        for (Class<?> type = owner.getClass(); null != type; type = type.getSuperclass())
        {
            for (final Field field : type.getDeclaredFields())
            {
                if (field.getName().equals(name))
                {
                    return value(owner, accessible(field));
                }
            }
        }
        throw new IllegalStateException("no " + name + " in " + owner.getClass());
    }

    private static Field accessible(final Field field)
    {
        field.setAccessible(true);
        return field;
    }

    private static Object value(final Object owner, final Field field)
    {
        try
        {
            return field.get(owner);
        }
        catch (final IllegalAccessException ex)
        {
            throw new IllegalStateException(ex);
        }
    }

    /**
     * From object to object, each once.
     */
    private static final class Walk
    {
        private static final Field[] NONE = new Field[0];

        private final VirtualMachine vm = machine();
        private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        private final Map<Class<?>, Field[]> fields = new HashMap<>();
        private final Map<Class<?>, Long> sizes = new HashMap<>();
        private final ArrayDeque<Object> pending = new ArrayDeque<>();
        private final boolean isThroughConnections;

        private Walk(final boolean isThroughConnections)
        {
            this.isThroughConnections = isThroughConnections;
        }

        private long bytes(final Object... roots)
        {
            long bytes = 0;
            List.of(roots).forEach(this::add);
            while (!pending.isEmpty())
            {
                final Object object = pending.poll();
                final Class<?> type = object.getClass();
                if (type.isArray())
                {
                    bytes += vm.sizeOf(object);
                    for (int i = 0; !type.getComponentType().isPrimitive() && i < Array.getLength(object); i++)
                    {
                        add(Array.get(object, i));
                    }
                    continue;
                }
                bytes += sizes.computeIfAbsent(type, unused -> vm.sizeOf(object));
                if (object instanceof ByteBuffer buffer)
                {
                    add(buffer.array());
                }
                for (final Field field : fields.computeIfAbsent(type, Walk::ownFields))
                {
                    add(value(object, field));
                }
            }
            return bytes;
        }

        private void add(final Object object)
        {
            if (null != object && !(object instanceof Connection && !isThroughConnections) && isOwned(object) &&
                seen.add(object))
            {
                pending.add(object);
            }
        }

        private static boolean isOwned(final Object object)
        {
            final Class<?> type = object.getClass();
            return type.isArray() || object instanceof ByteBuffer ||
                type.getPackageName().startsWith("io.heartwheel") && !type.isEnum();
        }

        private static Field[] ownFields(final Class<?> type)
        {
            if (!type.getPackageName().startsWith("io.heartwheel"))
            {
                return NONE;
            }
            final List<Field> own = new ArrayList<>();
            for (final Field field : type.getDeclaredFields())
            {
                if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers()) &&
                    !NOT_OWNED.contains(field.getName()))
                {
                    own.add(accessible(field));
                }
            }
            return own.toArray(NONE);
        }
    }
}
