package io.heartwheel.reactor;

import java.net.InetAddress;

/**
 * What the other reactors ask of this one, done on its thread.
 */
record Asked(Reactor reactor, AddressRules rules) implements Share.Requests
{
    @Override
    public void wakeup()
    {
        reactor.commands.wakeup();
    }

    @Override
    public void holdLess()
    {
        reactor.commands.submit(reactor.held::limit);
    }

    @Override
    public void askMostSilent(final InetAddress address)
    {
        reactor.commands.submit(() -> rules.askMostSilent(address));
    }
}
