package io.heartwheel.status;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.Set;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class HostCheckTest
{
    private final HostCheck hosts = new HostCheck(Set.of("gateway", "status.example.com"), "Bound.example.com");

    @ParameterizedTest
    @ValueSource(strings = {
        "127.0.0.1", "127.0.0.1:7480", "10.1.2.3:", "[::1]", "[::1]:7480", "[2001:db8::10.0.0.1]:80", "localhost",
        "LocalHost:7480", "localhost.", "gateway", "status.example.com:80", "Status.Example.COM.:80",
        "bound.example.com:7480"})
    void shouldKnowAddressesAndTheNamesItIsGiven(final String host)
    {
        assertTrue(hosts.isKnown(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", ":80", "attacker.example", "attacker.example:7480", "127.0.0.1.attacker.example", "1.2.3", "1.2.3.4.5",
        "0127.0.0.1", "2130706433", "0x7f000001", "::1", "[::1", "[attacker]", "[127.0.0.1]", "localhost.attacker",
        "gateway.attacker", "xgateway", "localhost:80:80", "localhost:x", "localhost..", "localhost, attacker"})
    void shouldKnowNoOthers(final String host)
    {
        assertFalse(hosts.isKnown(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"attacker.example", "gateway", "127.0.0.1"})
    void shouldKnowAnyIfAskedTo(final String host)
    {
        assertTrue(new HostCheck(null, "127.0.0.1").isKnown(host));
    }
}
