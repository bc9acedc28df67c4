package io.heartwheel;

import io.heartwheel.config.Configuration;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Durations;
import io.heartwheel.config.KeepAliveRules;
import io.heartwheel.config.Knob;
import io.heartwheel.host.Log;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.wire.Frame;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemNanoClock;

import java.nio.channels.spi.SelectorProvider;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;

/**
 * Settings that servers and clients share. Each begins as its system property says, or else with its default. {@link
 * Knob} has the names, defaults and ranges. Durations are nanoseconds, lengths are bytes.
 * <p>
 * A setter of a number throws a {@link ConfigurationException} that names the setting if the value is out of range.
 * Setters are to be called before the server or client is made: what they do later is not defined.
 * <p>
 * <b>Note:</b> Not threadsafe, and for one server or client only.
 *
 * @param <C> type of the Context, for chained calls.
 */
public abstract class ReactorContext<C extends ReactorContext<C>>
{

    /**
     * A shortest wait has at least this many ticks, so that lateness stays small beside it.
     */
    private static final int TICKS_PER_WAIT_MIN = 4;

    private Cadence cadence = Configuration.cadence();
    private Cadence tcpKeepAlive = Configuration.tcpKeepAlive();
    private long minIdleNs = Knob.IDLE_MIN.durationNs();
    private long maxIdleNs = Knob.IDLE_MAX.durationNs();
    private long minIntervalNs = Knob.INTERVAL_MIN.durationNs();
    private long maxIntervalNs = Knob.INTERVAL_MAX.durationNs();
    private int maxCount = Knob.COUNT_MAX.integer();
    private long tickNs = Knob.TICK.durationNs();
    private int expiryLimit = Knob.EXPIRY_LIMIT.integer();
    private int closeLimit = Knob.CLOSE_LIMIT.integer();
    private int commandLimit = Knob.COMMAND_LIMIT.integer();
    private int maxCommands = Knob.COMMANDS_MAX.integer();
    private int maxMessageLength = Knob.MESSAGE_MAX.size();
    private int maxOutboundLength = Knob.OUTBOUND_MAX.size();
    private long maxHeldBytes = Knob.HELD_MAX.heapBytes();
    private int sendBufferLength = Knob.SNDBUF.size();
    private int frameRate = Knob.FRAME_RATE.integer();
    private int controlRate = Knob.CONTROL_RATE.integer();
    private long rateBurstNs = Knob.RATE_BURST.durationNs();
    private long frameTimeoutNs = Knob.FRAME_TIMEOUT.durationNs();
    private long stallNs = Knob.STALL.durationNs();
    private long maxParkNs = Knob.PARK_MAX.durationNs();
    private long coalesceNs = Knob.COALESCE.durationNs();
    private int coalesceRate = Knob.COALESCE_RATE.integer();
    private long probeSlackNs = Knob.PROBE_SLACK.durationNs();
    private long watchdogNs = Knob.WATCHDOG.durationNs();
    private LongConsumer parker = LockSupport::parkNanos;
    private long lingerNs = Knob.LINGER.durationNs();

    private int reactors = Knob.REACTORS.cores();
    private ConnectionListener listener;
    private IntFunction<? extends ConnectionListener> listenerFactory;
    private ErrorHandler errorHandler = Log::error;
    private NanoClock nanoClock = SystemNanoClock.INSTANCE;
    private SelectorProvider selectorProvider = SelectorProvider.provider();
    private boolean isConcluded;

    /**
     * Construct with every setting as its system property says, or else its default.
     */
    protected ReactorContext()
    {
    }

    abstract C self();

    /**
     * Check the settings, and whether they go together. The server or client that is made by this Context calls it.
     *
     * @throws ConfigurationException that names the setting, or both of two settings that do not go together.
     */
    C conclude()
    {
        if (isConcluded)
        {
            throw new IllegalStateException("this Context has been used already");
        }
        isConcluded = true;

        Configuration.checkNames();
        if (null == listener && null == listenerFactory)
        {
            throw new ConfigurationException("no listener is set");
        }
        tickNs = Long.highestOneBit(tickNs - 1) << 1;
        requireAtMost(Knob.IDLE_MIN, minIdleNs, Knob.IDLE_MAX, maxIdleNs);
        requireAtMost(Knob.INTERVAL_MIN, minIntervalNs, Knob.INTERVAL_MAX, maxIntervalNs);
        requireRoomFor(Knob.MESSAGE_MAX, Frame.HEADER_LENGTH + maxMessageLength);
        if (!cadence.isOff())
        {
            requireFitting(Knob.IDLE, cadence.idleNs());
            if (cadence.count() > 0)
            {
                requireFitting(Knob.INTERVAL, cadence.intervalNs());
            }
        }
        KeepAliveRules.requireNotUndercut(tcpKeepAlive, cadence);
        return self();
    }

    final void requireRoomFor(final Knob knob, final int length)
    {
        if (length > maxOutboundLength)
        {
            throw atOdds(knob, length + " bytes", Knob.OUTBOUND_MAX, maxOutboundLength + " bytes");
        }
    }

    private void requireFitting(final Knob knob, final long waitNs)
    {
        requireAtMost(Knob.TICK, tickNs * TICKS_PER_WAIT_MIN, knob, waitNs);
        requireAtMost(Knob.STALL, stallNs, knob, waitNs);
    }

    static void requireAtMost(
        final Knob knob, final long durationNs, final Knob limitKnob, final long limitNs)
    {
        if (durationNs > limitNs)
        {
            throw atOdds(
                knob, Durations.exact(durationNs), limitKnob, Durations.exact(limitNs));
        }
    }

    private static ConfigurationException atOdds(
        final Knob knob, final String value, final Knob limitKnob, final String limit)
    {
        return new ConfigurationException(knob.propertyName() + " takes " + value + ", which is more than " +
            limitKnob.propertyName() + "=" + limit + " allows");
    }

    /**
     * Cadence by which peers are watched. It may be another for a peer that asks for one.
     *
     * @return the setting.
     */
    public Cadence cadence()
    {
        return cadence;
    }

    /**
     * Set the cadence by which peers are watched. A peer may ask for another by a HELLO.
     *
     * @param cadence to set.
     * @return this.
     */
    public C cadence(final Cadence cadence)
    {
        this.cadence = Objects.requireNonNull(cadence, "cadence");
        return self();
    }

    /**
     * TCP keepalive of connections.
     *
     * @return the setting.
     */
    public Cadence tcpKeepAlive()
    {
        return tcpKeepAlive;
    }

    /**
     * Set the TCP keepalive of connections.
     *
     * @param tcpKeepAlive in whole seconds, or {@link Cadence#OFF}.
     * @return this.
     */
    public C tcpKeepAlive(final Cadence tcpKeepAlive)
    {
        this.tcpKeepAlive = KeepAliveRules.validate(tcpKeepAlive);
        return self();
    }

    /**
     * Shortest idle time a peer may ask for, in nanoseconds.
     *
     * @return the setting.
     */
    public long minIdleNs()
    {
        return minIdleNs;
    }

    /**
     * Set the shortest idle time a peer may ask for, in nanoseconds.
     *
     * @param minIdleNs to set.
     * @return this.
     */
    public C minIdleNs(final long minIdleNs)
    {
        this.minIdleNs = Knob.IDLE_MIN.inRange(minIdleNs);
        return self();
    }

    /**
     * Longest idle time a peer may ask for, in nanoseconds.
     *
     * @return the setting.
     */
    public long maxIdleNs()
    {
        return maxIdleNs;
    }

    /**
     * Set the longest idle time a peer may ask for, in nanoseconds.
     *
     * @param maxIdleNs to set.
     * @return this.
     */
    public C maxIdleNs(final long maxIdleNs)
    {
        this.maxIdleNs = Knob.IDLE_MAX.inRange(maxIdleNs);
        return self();
    }

    /**
     * Shortest interval a peer may ask for, in nanoseconds.
     *
     * @return the setting.
     */
    public long minIntervalNs()
    {
        return minIntervalNs;
    }

    /**
     * Set the shortest interval a peer may ask for, in nanoseconds.
     *
     * @param minIntervalNs to set.
     * @return this.
     */
    public C minIntervalNs(final long minIntervalNs)
    {
        this.minIntervalNs = Knob.INTERVAL_MIN.inRange(minIntervalNs);
        return self();
    }

    /**
     * Longest interval a peer may ask for, in nanoseconds.
     *
     * @return the setting.
     */
    public long maxIntervalNs()
    {
        return maxIntervalNs;
    }

    /**
     * Set the longest interval a peer may ask for, in nanoseconds.
     *
     * @param maxIntervalNs to set.
     * @return this.
     */
    public C maxIntervalNs(final long maxIntervalNs)
    {
        this.maxIntervalNs = Knob.INTERVAL_MAX.inRange(maxIntervalNs);
        return self();
    }

    /**
     * Largest count a peer may ask for.
     *
     * @return the setting.
     */
    public int maxCount()
    {
        return maxCount;
    }

    /**
     * Set the largest count a peer may ask for.
     *
     * @param maxCount to set.
     * @return this.
     */
    public C maxCount(final int maxCount)
    {
        this.maxCount = Knob.COUNT_MAX.inRange(maxCount);
        return self();
    }

    /**
     * Resolution of deadlines, in nanoseconds; rounded up to a power of two.
     *
     * @return the setting.
     */
    public long tickNs()
    {
        return tickNs;
    }

    /**
     * Set the resolution of deadlines, in nanoseconds; rounded up to a power of two.
     *
     * @param tickNs to set.
     * @return this.
     */
    public C tickNs(final long tickNs)
    {
        this.tickNs = Knob.TICK.inRange(tickNs);
        return self();
    }

    /**
     * Deadlines looked at per duty cycle.
     *
     * @return the setting.
     */
    public int expiryLimit()
    {
        return expiryLimit;
    }

    /**
     * Set the deadlines looked at per duty cycle.
     *
     * @param expiryLimit to set.
     * @return this.
     */
    public C expiryLimit(final int expiryLimit)
    {
        this.expiryLimit = Knob.EXPIRY_LIMIT.inRange(expiryLimit);
        return self();
    }

    /**
     * Connections closed per duty cycle.
     *
     * @return the setting.
     */
    public int closeLimit()
    {
        return closeLimit;
    }

    /**
     * Set the connections closed per duty cycle.
     *
     * @param closeLimit to set.
     * @return this.
     */
    public C closeLimit(final int closeLimit)
    {
        this.closeLimit = Knob.CLOSE_LIMIT.inRange(closeLimit);
        return self();
    }

    /**
     * Requests of other threads served per duty cycle.
     *
     * @return the setting.
     */
    public int commandLimit()
    {
        return commandLimit;
    }

    /**
     * Set the requests of other threads served per duty cycle.
     *
     * @param commandLimit to set.
     * @return this.
     */
    public C commandLimit(final int commandLimit)
    {
        this.commandLimit = Knob.COMMAND_LIMIT.inRange(commandLimit);
        return self();
    }

    /**
     * Sends of other threads that may wait.
     *
     * @return the setting.
     */
    public int maxCommands()
    {
        return maxCommands;
    }

    /**
     * Set the sends of other threads that may wait.
     *
     * @param maxCommands to set.
     * @return this.
     */
    public C maxCommands(final int maxCommands)
    {
        this.maxCommands = Knob.COMMANDS_MAX.inRange(maxCommands);
        return self();
    }

    /**
     * Longest message accepted or sent, in bytes.
     *
     * @return the setting.
     */
    public int maxMessageLength()
    {
        return maxMessageLength;
    }

    /**
     * Set the longest message accepted or sent, in bytes.
     *
     * @param maxMessageLength to set.
     * @return this.
     */
    public C maxMessageLength(final int maxMessageLength)
    {
        this.maxMessageLength = Knob.MESSAGE_MAX.inRange(maxMessageLength);
        return self();
    }

    /**
     * Unsent bytes per connection.
     *
     * @return the setting.
     */
    public int maxOutboundLength()
    {
        return maxOutboundLength;
    }

    /**
     * Set the unsent bytes per connection.
     *
     * @param maxOutboundLength to set.
     * @return this.
     */
    public C maxOutboundLength(final int maxOutboundLength)
    {
        this.maxOutboundLength = Knob.OUTBOUND_MAX.inRange(maxOutboundLength);
        return self();
    }

    /**
     * Bytes held for all peers together.
     *
     * @return the setting.
     */
    public long maxHeldBytes()
    {
        return maxHeldBytes;
    }

    /**
     * Set the number of bytes that are held for all peers together: frames that are not whole, what waits behind
     * credentials, what is unsent. Above it, the peer for which most is held is sent away.
     *
     * @param maxHeldBytes to set, at least 256 KB.
     * @return this.
     */
    public C maxHeldBytes(final long maxHeldBytes)
    {
        this.maxHeldBytes = Knob.HELD_MAX.inRange(maxHeldBytes);
        return self();
    }

    /**
     * Bytes that the kernel may queue for a connection; 0 is the kernel's own choice.
     *
     * @return the setting.
     */
    public int sendBufferLength()
    {
        return sendBufferLength;
    }

    /**
     * Set the number of bytes that the kernel may queue for a connection; 0 is the kernel's own choice. Probes wait
     * behind these bytes. A message that does not fit waits in the engine, where its progress is seen.
     *
     * @param sendBufferLength to set.
     * @return this.
     */
    public C sendBufferLength(final int sendBufferLength)
    {
        this.sendBufferLength = Knob.SNDBUF.inRange(sendBufferLength);
        return self();
    }

    /**
     * Shortest gap between duty cycles that counts as a stall, in nanoseconds.
     *
     * @return the setting.
     */
    public long stallNs()
    {
        return stallNs;
    }

    /**
     * Set the shortest gap between duty cycles that counts as a stall, in nanoseconds. No peer is condemned for a
     * stall.
     *
     * @param stallNs to set.
     * @return this.
     */
    public C stallNs(final long stallNs)
    {
        this.stallNs = Knob.STALL.inRange(stallNs);
        return self();
    }

    /**
     * Frames that a peer may send a second in the long run; 0 is no limit. A read of less than 512 bytes in which no
     * frame ends counts as a frame.
     *
     * @return the setting.
     */
    public int frameRate()
    {
        return frameRate;
    }

    /**
     * Set the number of frames that a peer may send a second in the long run; 0 is no limit. It is raised for a
     * connection whose cadence needs more.
     *
     * @param frameRate to set.
     * @return this.
     */
    public C frameRate(final int frameRate)
    {
        this.frameRate = Knob.FRAME_RATE.inRange(frameRate);
        return self();
    }

    /**
     * PING, HELLO and unasked PONG frames that a peer may send a second in the long run; 0 is no limit.
     *
     * @return the setting.
     */
    public int controlRate()
    {
        return controlRate;
    }

    /**
     * Set the number of PING, HELLO and unasked PONG frames that a peer may send a second in the long run; 0 is no
     * limit. It is raised for a connection whose cadence needs more.
     *
     * @param controlRate to set.
     * @return this.
     */
    public C controlRate(final int controlRate)
    {
        this.controlRate = Knob.CONTROL_RATE.inRange(controlRate);
        return self();
    }

    /**
     * Time of which all frames that these rates allow may come at once, in nanoseconds.
     *
     * @return the setting.
     */
    public long rateBurstNs()
    {
        return rateBurstNs;
    }

    /**
     * Set the time of which all frames that these rates allow may come at once, in nanoseconds. A network that was held
     * up delivers so much at one moment, so it should not be less than the detection time.
     *
     * @param rateBurstNs to set.
     * @return this.
     */
    public C rateBurstNs(final long rateBurstNs)
    {
        this.rateBurstNs = Knob.RATE_BURST.inRange(rateBurstNs);
        return self();
    }

    /**
     * Time within which a frame that has begun has to be whole, in nanoseconds.
     *
     * @return the setting.
     */
    public long frameTimeoutNs()
    {
        return frameTimeoutNs;
    }

    /**
     * Set the time within which a frame that has begun has to be whole, in nanoseconds.
     *
     * @param frameTimeoutNs to set.
     * @return this.
     */
    public C frameTimeoutNs(final long frameTimeoutNs)
    {
        this.frameTimeoutNs = Knob.FRAME_TIMEOUT.inRange(frameTimeoutNs);
        return self();
    }

    /**
     * Longest wait in one duty cycle, in nanoseconds; 0 never waits.
     *
     * @return the setting.
     */
    public long maxParkNs()
    {
        return maxParkNs;
    }

    /**
     * Set the longest wait in one duty cycle, in nanoseconds; 0 never waits.
     *
     * @param maxParkNs to set.
     * @return this.
     */
    public C maxParkNs(final long maxParkNs)
    {
        this.maxParkNs = Knob.PARK_MAX.inRange(maxParkNs);
        return self();
    }

    /**
     * Longest time that heartbeats may wait to be read together, in nanoseconds; 0 reads all at once.
     *
     * @return the setting.
     */
    public long coalesceNs()
    {
        return coalesceNs;
    }

    /**
     * Set the longest time that heartbeats may wait to be read together, in nanoseconds; 0 reads all at once. It has no
     * effect if the longest park is 0.
     *
     * @param coalesceNs to set, 50 ms at most.
     * @return this.
     */
    public C coalesceNs(final long coalesceNs)
    {
        this.coalesceNs = Knob.COALESCE.inRange(coalesceNs);
        return self();
    }

    /**
     * Wake-ups a second from which on heartbeats wait to be read together; 0 always lets them wait.
     *
     * @return the setting.
     */
    public int coalesceRate()
    {
        return coalesceRate;
    }

    /**
     * Set the number of wake-ups a second, of less than 4 events each, from which on heartbeats of 1,000 peers or more
     * wait to be read together; 0 always lets them wait, however few peers there are.
     *
     * @param coalesceRate to set, from 0 to 1,000,000.
     * @return this.
     */
    public C coalesceRate(final int coalesceRate)
    {
        this.coalesceRate = Knob.COALESCE_RATE.inRange(coalesceRate);
        return self();
    }

    /**
     * Longest time that a probe may wait to be sent with others, in nanoseconds; 0 sends each on time.
     *
     * @return the setting.
     */
    public long probeSlackNs()
    {
        return probeSlackNs;
    }

    /**
     * Set the longest time that a probe may wait to be sent with others, in nanoseconds; 0 sends each on time. A probe
     * never waits longer than 1/32 of the idle time or of the interval. It has no effect if the longest park is 0.
     *
     * @param probeSlackNs to set.
     * @return this.
     */
    public C probeSlackNs(final long probeSlackNs)
    {
        this.probeSlackNs = Knob.PROBE_SLACK.inRange(probeSlackNs);
        return self();
    }

    /**
     * How the reactor thread waits for less time than a selector can wait for. The wait may end early by an unpark.
     *
     * @return the setting.
     */
    public LongConsumer parker()
    {
        return parker;
    }

    /**
     * Set how the reactor thread waits for less time than a selector can wait for. A simulation sets it for a time of
     * its own.
     *
     * @param parker that is given the nanoseconds to wait.
     * @return this.
     */
    public C parker(final LongConsumer parker)
    {
        this.parker = parker;
        return self();
    }

    /**
     * Time beyond the longest park after which the log tells of a duty cycle that does not end, in nanoseconds; 0 is
     * off.
     *
     * @return the setting.
     */
    public long watchdogNs()
    {
        return watchdogNs;
    }

    /**
     * Set the time beyond the longest park after which a line of the log tells where the reactor thread is, in
     * nanoseconds; 0 is off. Only a server or client that is launched has a thread that looks.
     *
     * @param watchdogNs to set.
     * @return this.
     */
    public C watchdogNs(final long watchdogNs)
    {
        this.watchdogNs = Knob.WATCHDOG.inRange(watchdogNs);
        return self();
    }

    /**
     * Time a closing connection has for its last bytes, in nanoseconds.
     *
     * @return the setting.
     */
    public long lingerNs()
    {
        return lingerNs;
    }

    /**
     * Set the time a closing connection has for its last bytes, in nanoseconds.
     *
     * @param lingerNs to set.
     * @return this.
     */
    public C lingerNs(final long lingerNs)
    {
        this.lingerNs = Knob.LINGER.inRange(lingerNs);
        return self();
    }

    /**
     * Number of reactors.
     *
     * @return the setting.
     */
    public int reactors()
    {
        return reactors;
    }

    /**
     * Set the number of reactors. Each has a thread, a selector, a wheel and connections of its own. A connection stays
     * with its reactor. All limits hold for all of them together, but for those of one duty cycle and for {@code
     * heartwheel.commands.max}, which hold for each.
     *
     * @param reactors to set, 1 to 64.
     * @return this.
     */
    public C reactors(final int reactors)
    {
        this.reactors = Knob.REACTORS.inRange(reactors);
        return self();
    }

    /**
     * Makes the listener of each reactor.
     *
     * @return the setting, or null if there is one listener for all.
     */
    public IntFunction<? extends ConnectionListener> listenerFactory()
    {
        return listenerFactory;
    }

    /**
     * Set what makes a listener for each reactor, instead of one listener for all. Each is called by the thread of its
     * reactor only, so it may keep state without locks.
     *
     * @param listenerFactory called once for each reactor, with its index, when the server or client is made.
     * @return this.
     */
    public C listenerFactory(final IntFunction<? extends ConnectionListener> listenerFactory)
    {
        this.listenerFactory = Objects.requireNonNull(listenerFactory, "listenerFactory");
        listener = null;
        return self();
    }

    /**
     * The listener of one reactor.
     *
     * @param reactor index of it.
     * @return the listener for all, or else a new one that the factory makes.
     * @throws ConfigurationException if the factory makes none.
     */
    public ConnectionListener listenerOf(final int reactor)
    {
        final ConnectionListener made = null == listenerFactory ? listener : listenerFactory.apply(reactor);
        if (null == made)
        {
            throw new ConfigurationException("the listener factory has made none for reactor " + reactor);
        }
        return made;
    }

    /**
     * Listener that is told which connections have an identity.
     *
     * @return the setting, or null for none; a client has none.
     */
    public IdentityListener identities()
    {
        return null;
    }

    /**
     * Is a peer believed that says by HELLO who it is?
     *
     * @return the setting; a client believes none.
     */
    public boolean isHelloIdentity()
    {
        return false;
    }

    /**
     * Listener that is told what happens to connections. There is no default.
     *
     * @return the setting, or null if a factory makes one for each reactor.
     */
    public ConnectionListener listener()
    {
        return listener;
    }

    /**
     * Set the listener that is told what happens to connections. It or a factory of listeners must be set. With several
     * reactors it is called by the thread of each, at the same time, though for one connection always by the same.
     *
     * @param listener to set.
     * @return this.
     */
    public C listener(final ConnectionListener listener)
    {
        this.listener = Objects.requireNonNull(listener, "listener");
        listenerFactory = null;
        return self();
    }

    /**
     * Handler of exceptions, those of the listener included. By default they are logged.
     *
     * @return the setting.
     */
    public ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    /**
     * Set the handler of exceptions, those of the listener included. By default they are logged. It is called on the
     * reactor thread, as a rule.
     *
     * @param errorHandler to set.
     * @return this.
     */
    public C errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
        return self();
    }

    /**
     * Clock of the reactor, in nanoseconds, monotonic.
     *
     * @return the setting.
     */
    public NanoClock nanoClock()
    {
        return nanoClock;
    }

    /**
     * Set the clock of the reactor, in nanoseconds, monotonic.
     *
     * @param nanoClock to set.
     * @return this.
     */
    public C nanoClock(final NanoClock nanoClock)
    {
        this.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
        return self();
    }

    /**
     * Names of the protocols that may be spoken, as in {@link Connection#protocol()}. Metrics are split by these.
     *
     * @return the names, each once.
     */
    public List<String> protocolNames()
    {
        return List.of(Protocol.HEARTWHEEL.name(), Protocol.WEBSOCKET.name());
    }

    /**
     * Provider of selectors and channels.
     *
     * @return the setting.
     */
    public SelectorProvider selectorProvider()
    {
        return selectorProvider;
    }

    /**
     * Set the provider of selectors and channels.
     *
     * @param selectorProvider to set.
     * @return this.
     */
    public C selectorProvider(final SelectorProvider selectorProvider)
    {
        this.selectorProvider = Objects.requireNonNull(selectorProvider, "selectorProvider");
        return self();
    }
}
