package io.heartwheel.fleet;

import io.heartwheel.CloseReason;
import io.heartwheel.config.ConfigurationException;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A look at a fleet from outside: it is no node of it, takes no lease, has no connections, and writes nothing to the
 * registry but what {@link #send} and {@link #close} publish. Each method asks the registry, and blocks for 10 s at
 * most if nothing else is said; each fails with {@link EngineException} if that does not answer.
 * <p>
 * <b>Note:</b> Not threadsafe.
 */
public final class FleetDirectory implements AutoCloseable
{
    /** No lease waits for the answer, and a process that has just begun is slow. */
    private static final long PATIENCE_NS = TimeUnit.SECONDS.toNanos(10);

    private final Engine engine;
    private Map<String, String> members = Map.of();
    private long engineUs;

    /**
     * A look at the fleet of a Context, whose buckets have to be those of the nodes.
     *
     * @param ctx with the settings.
     * @throws ConfigurationException if a setting is wrong.
     */
    public FleetDirectory(final FleetContext ctx)
    {
        this(ctx, PATIENCE_NS);
    }

    /**
     * The same, with another patience.
     *
     * @param ctx        with the settings.
     * @param patienceNs for how long a method waits for the registry at most, in nanoseconds: 10 ms to a minute.
     * @throws ConfigurationException   if a setting is wrong.
     * @throws IllegalArgumentException if the patience is out of range, and the registry is one of Redis.
     */
    public FleetDirectory(final FleetContext ctx, final long patienceNs)
    {
        engine = ctx.openEngine(patienceNs);
    }

    /**
     * Look which nodes live. The other methods go by what this saw last.
     *
     * @return the nodes, by their names.
     */
    public List<FleetMember> nodes()
    {
        final LeaseReply reply = engine.lease(LeaseAction.SHOW, "", 0, 0, "");
        members = reply.members();
        engineUs = reply.engineUs();
        return FleetMember.of(members);
    }

    /**
     * The node that has the connection of a session.
     *
     * @param session that was found.
     * @return name of the node.
     */
    public String nodeOf(final Session session)
    {
        return members.get(session.lease());
    }

    /**
     * For how long a session has been there, by the clock of the registry when {@link #nodes()} looked.
     *
     * @param session that was found.
     * @return the time in milliseconds.
     */
    public long ageMs(final Session session)
    {
        return Math.max(0, engineUs - session.stampUs()) / 1_000;
    }

    /**
     * All sessions of an identity: its own, and if it is of a user, those of the user's devices.
     *
     * @param identity {@code user} or {@code user/device}.
     * @return sessions of nodes that live.
     */
    public List<Session> sessionsOf(final String identity)
    {
        return list(Buckets.of(identity, engine.buckets())).stream()
            .filter((session) -> session.identity().equals(identity) ||
                session.identity().startsWith(identity + '/'))
            .toList();
    }

    /** {@return number of pages of {@link #list(int)}} */
    public int pages()
    {
        return engine.buckets();
    }

    /**
     * Some of the sessions.
     *
     * @param page 0 to {@link #pages()} - 1.
     * @return sessions of nodes that live.
     */
    public List<Session> list(final int page)
    {
        return engine.list(page).stream().filter((session) -> members.containsKey(session.lease())).toList();
    }

    /**
     * Send a message to a connection, at most once.
     *
     * @param to      session that was found.
     * @param message to send.
     * @return SENT or UNREACHED.
     */
    public SendOutcome send(final Session to, final byte[] message)
    {
        return publish(to, (session) -> Parcel.message(session, message));
    }

    /**
     * Have a connection closed.
     *
     * @param session that was found.
     * @param reason  that the peer is told, one that an application can give.
     * @return SENT or UNREACHED.
     */
    public SendOutcome close(final Session session, final CloseReason reason)
    {
        return publish(session, (to) -> Parcel.close(to, (byte)reason.code()));
    }

    private SendOutcome publish(final Session to, final Function<Session, Parcel> parcel)
    {
        final Envelope envelope = new Envelope(to.boot(), parcel.apply(to).encoded());
        return engine.publish(List.of(envelope))[0] ? SendOutcome.SENT : SendOutcome.UNREACHED;
    }

    @Override
    public void close()
    {
        engine.close();
    }
}
