package io.heartwheel.bench.hops;

/**
 * What goes wrong in a phase.
 */
enum Fault
{
    NONE("clients hop"),
    NODE_KILLED("a node is killed, and one client in ten does not come back"),
    NODE_STOPPED("a node is stopped for two and a half leases"),
    ENGINE_STOPPED("the registry is stopped for one and a half leases"),
    ENGINE_RESTARTED("the registry is killed, and started with its data"),
    ENGINE_EMPTIED("the registry is killed, and started without its data");

    private final String text;

    Fault(final String text)
    {
        this.text = text;
    }

    @Override
    public String toString()
    {
        return text;
    }
}
