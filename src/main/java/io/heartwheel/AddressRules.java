package io.heartwheel;

import io.heartwheel.admission.AddressCounts;

import java.net.InetSocketAddress;

/**
 * Which addresses are let in: by the lists, by how many connections they have already, and by the host's check.
 */
final class AddressRules
{
    private final HeartbeatServer.Context ctx;
    private final AddressCounts counts;

    AddressRules(final HeartbeatServer.Context ctx)
    {
        this.ctx = ctx;
        counts = ctx.addressCounts();
    }

    /**
     * Why an address is not let in, or null if it is.
     */
    String refusalOf(final InetSocketAddress address, final GuardedListener application)
    {
        if (!ctx.allowed().isEmpty() && !ctx.allowed().contains(address.getAddress()))
        {
            return "address not allowed";
        }
        if (ctx.denied().contains(address.getAddress()))
        {
            return "address denied";
        }
        if (ctx.maxPerAddress() > 0 && counts.count(address.getAddress()) >= ctx.maxPerAddress())
        {
            return "there are " + ctx.maxPerAddress() + " connections of this address already";
        }
        return null == ctx.addressCheck() ? null : application.refusalOf(ctx.addressCheck(), address);
    }

    void onEntered(final Connection connection)
    {
        if (ctx.maxPerAddress() > 0)
        {
            connection.isCounted = true;
            counts.tryAdd(connection.remoteAddress().getAddress(), Integer.MAX_VALUE);
        }
    }

    void onLeft(final Connection connection)
    {
        if (connection.isCounted)
        {
            connection.isCounted = false;
            counts.remove(connection.remoteAddress().getAddress());
        }
    }
}
