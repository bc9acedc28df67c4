package io.heartwheel;

import io.heartwheel.support.RecordingListener;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.ServerSocket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.ArrayList;
import java.util.List;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * A server that cannot start keeps nothing: neither its port nor a descriptor.
 */
class FailingStartTest
{
    private final Short provider = new Short();

    /**
     * Has no descriptor left from some moment on.
     */
    private static final class Short extends SelectorProvider
    {
        private final SelectorProvider system = SelectorProvider.provider();
        private final List<AbstractSelector> selectors = new ArrayList<>();
        private boolean isWithoutSelectors;
        private boolean isOutOfMemory;

        @Override
        public AbstractSelector openSelector() throws IOException
        {
            if (isWithoutSelectors)
            {
                throw new IOException("Too many open files");
            }
            final AbstractSelector selector = system.openSelector();
            selectors.add(selector);
            return selector;
        }

        @Override
        public ServerSocketChannel openServerSocketChannel() throws IOException
        {
            return system.openServerSocketChannel();
        }

        @Override
        public SocketChannel openSocketChannel() throws IOException
        {
            if (isOutOfMemory)
            {
                throw new OutOfMemoryError("of the test");
            }
            return system.openSocketChannel();
        }

        @Override
        public DatagramChannel openDatagramChannel() throws IOException
        {
            throw new IOException();
        }

        @Override
        public DatagramChannel openDatagramChannel(final ProtocolFamily family) throws IOException
        {
            throw new IOException();
        }

        @Override
        public Pipe openPipe() throws IOException
        {
            throw new IOException();
        }
    }

    private static int freePort() throws IOException
    {
        try (ServerSocket socket = new ServerSocket(0))
        {
            return socket.getLocalPort();
        }
    }

    private ServerContext context(final int port)
    {
        return new ServerContext().bindAddress(new InetSocketAddress("127.0.0.1", port))
            .selectorProvider(provider).listener(new RecordingListener()).lingerNs(0);
    }

    private static void assertFree(final int port) throws IOException
    {
        new ServerSocket(port).close();
    }

    @Test
    void shouldReleaseThePortIfThereIsNoSelector() throws IOException
    {
        final int port = freePort();
        provider.isWithoutSelectors = true;
        final UncheckedIOException failure =
            assertThrows(UncheckedIOException.class, () -> new HeartbeatServer(context(port)));
        assertEquals("Too many open files", failure.getCause().getMessage());
        assertFree(port);
    }

    @Test
    void shouldReleaseSelectorAndPortIfTheEndpointCannotStart() throws IOException
    {
        final int port = freePort();
        provider.isOutOfMemory = true;
        assertThrows(OutOfMemoryError.class, () -> new HeartbeatServer(context(port)));
        assertFalse(provider.selectors.get(0).isOpen());
        assertFree(port);
    }
}
