package io.heartwheel.fleet;

import io.heartwheel.config.Configuration;
import io.heartwheel.config.ConfigurationException;
import io.heartwheel.config.Durations;
import io.heartwheel.config.FleetKnobs;
import io.heartwheel.config.Knob;
import io.heartwheel.host.Log;
import org.agrona.ErrorHandler;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.SystemEpochMicroClock;
import org.agrona.concurrent.SystemNanoClock;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.ServiceLoader.Provider;
import java.util.function.Predicate;

/**
 * Settings of a {@link Fleet}. Each has the value of its system property, or else its default. It is used by one
 * thread, and for one fleet.
 */
public final class FleetContext
{
    private static final String MEMORY = "memory";
    private static final int TIMEOUTS_IN_LEASE = 3;

    private String registry = Objects.requireNonNullElse(FleetKnobs.registry(), MEMORY);
    private Path passwordFile = FleetKnobs.file(Knob.FLEET_PASSWORD_FILE);
    private Path trustFile = FleetKnobs.file(Knob.FLEET_TRUST_FILE);
    private String node = FleetKnobs.node();
    private FleetPolicy policy =
        FleetPolicy.valueOf(Knob.FLEET_POLICY.word("newest", "oldest").toUpperCase(Locale.ROOT));
    private long leaseNs = Knob.FLEET_LEASE.durationNs();
    private long timeoutNs = Knob.FLEET_TIMEOUT.durationNs();
    private int buckets = Knob.FLEET_BUCKETS.integer();
    private int replicas = Knob.FLEET_REPLICAS.integer();
    private FleetListener listener = new FleetListener()
    {
    };
    private ErrorHandler errorHandler = Log::error;
    private NanoClock nanoClock = SystemNanoClock.INSTANCE;
    private Engine engine;

    /**
     * Construct with every setting as its system property says, or else its default.
     *
     * @throws ConfigurationException if a property cannot be.
     */
    public FleetContext()
    {
    }

    /**
     * Set the registry of the fleet.
     *
     * @param registry {@code memory} for one of this fleet alone, within this process; or a URL, such as
     *                 {@code redis://127.0.0.1:6379}.
     * @return this.
     */
    public FleetContext registry(final String registry)
    {
        this.registry = Objects.requireNonNull(registry, "registry");
        return this;
    }

    /**
     * Set the file with the password of the registry, which is read again for each connection.
     *
     * @param passwordFile to set, or null if there is none.
     * @return this.
     */
    public FleetContext passwordFile(final Path passwordFile)
    {
        this.passwordFile = passwordFile;
        return this;
    }

    /**
     * Set the file in PEM with the certificates that are trusted where the URL asks for TLS.
     *
     * @param trustFile to set, or null for those that the JVM trusts.
     * @return this.
     */
    public FleetContext trustFile(final Path trustFile)
    {
        this.trustFile = trustFile;
        return this;
    }

    /**
     * Set the engine itself, in place of {@link #registry(String)} and what belongs to it. The fleet closes it.
     *
     * @param engine to use, by this fleet alone.
     * @return this.
     */
    public FleetContext engine(final Engine engine)
    {
        this.engine = engine;
        return this;
    }

    /**
     * Set the name of this node, as other nodes show it.
     *
     * @param node a word, or null for host and port of its first server.
     * @return this.
     */
    public FleetContext node(final String node)
    {
        this.node = null == node ? null : FleetKnobs.node(node);
        return this;
    }

    /** {@return the name of this node, or null for host and port of its first server} */
    public String node()
    {
        return node;
    }

    /**
     * Set who keeps an identity that a second connection comes with. All nodes of a fleet have the same.
     *
     * @param policy to set.
     * @return this.
     */
    public FleetContext policy(final FleetPolicy policy)
    {
        this.policy = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Set how long a lease holds that is not renewed. All nodes of a fleet have the same.
     *
     * @param leaseNs in nanoseconds, 1 s to 10 min.
     * @return this.
     */
    public FleetContext leaseNs(final long leaseNs)
    {
        this.leaseNs = Knob.FLEET_LEASE.inRange(leaseNs);
        return this;
    }

    /**
     * Set the longest wait for an answer of the engine.
     *
     * @param timeoutNs in nanoseconds, 10 ms to 1 min, and at most a third of the lease.
     * @return this.
     */
    public FleetContext timeoutNs(final long timeoutNs)
    {
        this.timeoutNs = Knob.FLEET_TIMEOUT.inRange(timeoutNs);
        return this;
    }

    /**
     * Set the number of buckets of the registry. All nodes of a fleet have the same.
     *
     * @param buckets a power of two, 1 to 65,536.
     * @return this.
     */
    public FleetContext buckets(final int buckets)
    {
        this.buckets = Knob.FLEET_BUCKETS.inRange(buckets);
        return this;
    }

    /**
     * Set how many replicas have to take a renewal of the lease, or it does not hold.
     *
     * @param replicas 0 or more.
     * @return this.
     */
    public FleetContext replicas(final int replicas)
    {
        this.replicas = Knob.FLEET_REPLICAS.inRange(replicas);
        return this;
    }

    /**
     * Set the listener, which is told what happens.
     *
     * @param listener to set.
     * @return this.
     */
    public FleetContext listener(final FleetListener listener)
    {
        this.listener = Objects.requireNonNull(listener, "listener");
        return this;
    }

    FleetListener listener()
    {
        return listener;
    }

    /**
     * Set what takes the exceptions that the listener throws.
     *
     * @param errorHandler to set. The default is the log.
     * @return this.
     */
    public FleetContext errorHandler(final ErrorHandler errorHandler)
    {
        this.errorHandler = Objects.requireNonNull(errorHandler, "errorHandler");
        return this;
    }

    ErrorHandler errorHandler()
    {
        return errorHandler;
    }

    /**
     * Set the clock. It has to be that of the servers.
     *
     * @param nanoClock to set.
     * @return this.
     */
    public FleetContext nanoClock(final NanoClock nanoClock)
    {
        this.nanoClock = Objects.requireNonNull(nanoClock, "nanoClock");
        return this;
    }

    NanoClock nanoClock()
    {
        return nanoClock;
    }

    FleetSettings settings()
    {
        if (timeoutNs > leaseNs / TIMEOUTS_IN_LEASE)
        {
            throw new ConfigurationException(Knob.FLEET_TIMEOUT.propertyName() + "=" + Durations.text(timeoutNs) +
                " is more than a third of " + Knob.FLEET_LEASE.propertyName() + "=" + Durations.text(leaseNs));
        }
        final FleetSettings defaults = FleetSettings.DEFAULT;
        return new FleetSettings(
            policy,
            leaseNs,
            Math.min(defaults.claimNs(), leaseNs / 20),
            Math.max(defaults.verifyNs(), leaseNs),
            Math.min(defaults.spreadNs(), leaseNs),
            defaults.sweepsPerSecond(),
            defaults.maxReleases(),
            defaults.maxRequests(),
            defaults.maxInboxBytes());
    }

    /** {@return the setting} */
    long leaseNs()
    {
        return leaseNs;
    }

    /** {@return the engine that is set, or a new one for the registry} */
    Engine openEngine()
    {
        return openEngine(timeoutNs);
    }

    Engine openEngine(final long timeoutNs)
    {
        Configuration.checkNames();
        if (null != engine)
        {
            return engine;
        }
        if (1 != Integer.bitCount(buckets))
        {
            throw new ConfigurationException(
                Knob.FLEET_BUCKETS.propertyName() + "=" + buckets + ": expected a power of two");
        }
        if (MEMORY.equals(registry))
        {
            return new MemoryEngine(new MemoryRegistry(new SystemEpochMicroClock()::microTime, buckets));
        }
        return provider().open(new EngineSettings(registry, passwordFile, trustFile, timeoutNs, buckets, replicas));
    }

    private EngineProvider provider()
    {
        return ServiceLoader.load(EngineProvider.class, EngineProvider.class.getClassLoader()).stream()
            .map(Provider::get).filter(isForRegistry()).findFirst()
            .orElseThrow(() -> new ConfigurationException(Knob.FLEET.propertyName() + "=" +
                registry.replaceFirst("//[^/]*@", "//...@") + ": expected off, memory, or a URL such as " +
                "redis://127.0.0.1:6379"));
    }

    private Predicate<EngineProvider> isForRegistry()
    {
        return (each) -> each.isFor(registry);
    }
}
