package io.heartwheel.support;

import io.heartwheel.Link;
import io.heartwheel.LinkListener;

import java.util.ArrayList;
import java.util.List;

/**
 * Records the callbacks of connections, and those of links too.
 */
public class RecordingLinkListener extends RecordingListener implements LinkListener
{
    public record Reconnect(Link link, int attempt, long delayNs, String failure)
    {
    }

    private final List<Reconnect> reconnects = new ArrayList<>();
    private final List<Link> givenUp = new ArrayList<>();

    @Override
    public synchronized void onReconnecting(final Link link, final int attempt, final long delayNs)
    {
        reconnects.add(new Reconnect(link, attempt, delayNs, link.failure()));
    }

    @Override
    public synchronized void onGivenUp(final Link link)
    {
        givenUp.add(link);
    }

    public synchronized List<Reconnect> reconnects()
    {
        return List.copyOf(reconnects);
    }

    public synchronized List<Link> givenUp()
    {
        return List.copyOf(givenUp);
    }
}
