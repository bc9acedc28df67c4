package io.heartwheel.fleet.redis;

import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.util.JedisClusterCRC16;

import java.nio.charset.StandardCharsets;

/**
 * A command that is asked of the master that has its slot.
 */
final class Call
{
    /** Of a script, or null. */
    final Script script;
    final ProtocolCommand command;
    final byte[][] arguments;
    final int slot;
    /** Of its arguments, about. */
    final int bytes;

    private Call(final Script script, final ProtocolCommand command, final byte[] key, final byte[][] arguments)
    {
        this.script = script;
        this.command = command;
        this.arguments = arguments;
        slot = null == key ? 0 : JedisClusterCRC16.getSlot(key);
        int sum = 0;
        for (final byte[] argument : arguments)
        {
            sum += argument.length + 16;
        }
        bytes = sum;
    }

    /**
     * A command whose first argument is its key.
     */
    static Call of(final ProtocolCommand command, final byte[]... arguments)
    {
        return new Call(null, command, arguments[0], arguments);
    }

    /**
     * A command for the master of a key that is none of its arguments.
     */
    static Call at(final byte[] key, final ProtocolCommand command, final byte[]... arguments)
    {
        return new Call(null, command, key, arguments);
    }

    /**
     * A script.
     *
     * @param keys      of one slot.
     * @param arguments texts, numbers, or bytes.
     */
    static Call of(final Script script, final byte[][] keys, final Object... arguments)
    {
        final byte[][] all = new byte[2 + keys.length + arguments.length][];
        all[0] = script.sha;
        all[1] = bytes(keys.length);
        System.arraycopy(keys, 0, all, 2, keys.length);
        for (int i = 0; i < arguments.length; i++)
        {
            all[2 + keys.length + i] = bytes(arguments[i]);
        }
        return new Call(script, Command.EVALSHA, keys[0], all);
    }

    static byte[] bytes(final Object value)
    {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    static String text(final Object bytes)
    {
        return new String((byte[])bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString()
    {
        return null == script ? command.toString() : "EVALSHA " + script.name;
    }
}
