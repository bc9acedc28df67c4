package io.heartwheel.netty;

import io.netty.util.Version;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/**
 * The tests of this package run twice, on both lines of Netty: see the profile netty-4.1 of the build.
 */
class NettyVersionsTest
{
    @Test
    void shouldRunOnTheNettyThatTheBuildNames()
    {
        final Version handlers = Version.identify().get("netty-handler");

        assertEquals(System.getProperty("tests.netty"), handlers.artifactVersion());
        assertEquals(handlers.artifactVersion(), Version.identify().get("netty-transport").artifactVersion());
    }
}
