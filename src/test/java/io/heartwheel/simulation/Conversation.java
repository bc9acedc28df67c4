package io.heartwheel.simulation;

import io.heartwheel.Connection;
import io.heartwheel.SendResult;

import java.nio.ByteBuffer;

/**
 * One TCP connection of a real client to a real server, as the model knows it: a watch and a count of messages at
 * either end.
 */
final class Conversation
{
    /** What it is for; the server's end may be open before it is known. */
    private LinkRecord link;
    boolean isDisturbed;
    /** What the server's listener of identities was told. */
    boolean isIdentified;
    boolean isGone;
    /** Nobody says who its client is. */
    boolean isNameless;
    final Side client = new Side();
    final Side server = new Side();

    /**
     * One end of it.
     */
    static final class Side
    {
        Watch watch;
        int sent;
        int heard;

        void send()
        {
            if (null != watch && watch.isWatched())
            {
                final SendResult result = watch.connection.send(ByteBuffer.wrap(Messages.payload(sent)));
                sent += SendResult.ACCEPTED == result ? 1 : 0;
            }
        }

        void onMessage(final Connection connection, final ByteBuffer payload)
        {
            Simulation.require(connection == watch.connection && watch.isWatched(),
                "message of " + connection + " after its end");
            Simulation.require(Messages.isPayload(payload, heard),
                "message " + heard + " of " + connection + " arrived wrong");
            ++heard;
        }

        boolean isOpen()
        {
            return null != watch && watch.isWatched();
        }

        boolean isEnded()
        {
            return null == watch || null != watch.reason;
        }
    }

    LinkRecord link()
    {
        return link;
    }

    void link(final LinkRecord link)
    {
        this.link = link;
        link.isDisturbed |= isDisturbed;
    }

    /**
     * Something happens that may end it.
     */
    void disturb()
    {
        isDisturbed = true;
        if (null != link)
        {
            link.isDisturbed = true;
        }
    }

    /**
     * Its client may have asked for a cadence.
     */
    void onAsked(final long nowNs)
    {
        if (null != link && null != link.asked && server.isOpen())
        {
            server.watch.orBy(link.asked.inForce(), nowNs);
        }
    }

    boolean isOpen()
    {
        return client.isOpen() && server.isOpen();
    }

    /**
     * Nothing is carried either way for a while.
     */
    void cut(final VirtualTime time, final long durationNs)
    {
        if (client.isOpen())
        {
            final SimulatedSocketChannel end = client.watch.end;
            end.in().cut();
            end.out().cut();
            time.after(durationNs, () ->
            {
                end.in().restore();
                end.out().restore();
            });
        }
    }

    boolean isSettled()
    {
        return isOpen() && isIdentified != isNameless && client.sent == server.heard && server.sent == client.heard;
    }

    @Override
    public String toString()
    {
        return null == link ? "some link" : link.toString();
    }
}
