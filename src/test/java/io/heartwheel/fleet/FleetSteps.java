package io.heartwheel.fleet;

/**
 * The steps of which a turn of a {@link FleetNode} is made, for a simulation that lets time pass between them.
 */
public final class FleetSteps
{
    private FleetSteps()
    {
    }

    /** One question of a node to the engine. */
    public interface Question
    {
        /**
         * Ask it. May be done more than once, and after it was given up.
         *
         * @param engine to ask.
         */
        void ask(Engine engine);

        /** {@return whether it has been asked} */
        boolean isAsked();

        /** The node hears of no reply. */
        void fail();
    }

    /**
     * Begin a turn: tell the node what its last question brought.
     *
     * @return its next question, or null.
     */
    public static Question begin(final FleetNode node, final long nowNs)
    {
        node.begin(nowNs);
        final Exchange<?> exchange = node.exchange();
        if (null == exchange)
        {
            return null;
        }
        return new Question()
        {
            private boolean isAsked;

            @Override
            public void ask(final Engine engine)
            {
                isAsked = true;
                exchange.ask(engine);
            }

            @Override
            public boolean isAsked()
            {
                return isAsked;
            }

            @Override
            public void fail()
            {
                exchange.fail(new EngineException("lost by the simulation", null));
            }
        };
    }

    /** The stamp by which a connection owns its identity, or 0. */
    public static long stampUs(final FleetNode node, final long connection)
    {
        final LocalSession session = node.session(connection);
        return null == session ? 0 : session.stampUs;
    }

    /** Whether the node believes in its lease. */
    public static boolean isHeld(final FleetNode node, final long nowNs)
    {
        return node.isHeld(nowNs);
    }

    /** What a message between nodes is: its type, connection and stamp. */
    public static String[] parcel(final byte[] message)
    {
        final Parcel parcel = Parcel.of(message);
        return new String[]{
            parcel.type().name(), Long.toString(parcel.connection()), Long.toString(parcel.stampUs())};
    }
}
