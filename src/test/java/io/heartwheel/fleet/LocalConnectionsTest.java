package io.heartwheel.fleet;

import io.heartwheel.Connection;
import org.junit.jupiter.api.Test;

import java.lang.reflect.Proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

class LocalConnectionsTest
{
    private final LocalConnections connections = new LocalConnections(2);

    private static Connection connection()
    {
        return (Connection)Proxy.newProxyInstance(
            Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, args) -> null);
    }

    @Test
    void shouldNeverGiveANumberTwice()
    {
        final Connection first = connection();
        final Connection second = connection();
        assertEquals(1, connections.add(first));
        assertEquals(2, connections.add(second));
        assertEquals(1, connections.remove(first));
        assertNull(connections.find(1));
        assertEquals(3, connections.add(connection()));
        assertSame(second, connections.find(2).connection);
    }

    @Test
    void shouldKnowNothingOfAConnectionThatWasNotAddedOrIsGone()
    {
        final Connection connection = connection();
        assertEquals(0, connections.remove(connection));
        connections.add(connection);
        connections.remove(connection);
        assertEquals(0, connections.remove(connection));
        assertSame(connection, connections.pollEnded().connection);
        assertNull(connections.pollEnded());
    }

    @Test
    void shouldKeepNoMoreOfThoseThatEndedThanItsLimit()
    {
        for (int i = 0; i < 3; i++)
        {
            final Connection connection = connection();
            connections.add(connection);
            connections.remove(connection);
        }
        assertEquals(1, connections.pollEnded().number);
        assertEquals(2, connections.pollEnded().number);
        assertNull(connections.pollEnded());
    }
}
