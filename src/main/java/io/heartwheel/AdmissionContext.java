package io.heartwheel;

import io.heartwheel.admission.AddressCounts;
import io.heartwheel.admission.CidrList;
import io.heartwheel.liveness.Cadence;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.wheel.TimingWheel;

import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Settings of a server that say who is let in, and what is asked for.
 *
 * @param <C> type of the Context, for chained calls.
 */
public abstract class AdmissionContext<C extends AdmissionContext<C>> extends ReactorContext<C>
{
    private long handshakeTimeoutNs = Knob.HANDSHAKE_TIMEOUT.durationNs(Cadence.MIN_NS, Cadence.MAX_NS);
    private boolean isFirstRequired = Knob.FIRST_REQUIRED.flag();
    private CidrList allowed = Knob.ALLOW.addresses("any");
    private CidrList denied = Knob.DENY.addresses("none");
    private CidrList proxies = Knob.PROXY.addresses("off");
    private int maxPerAddress = Knob.ADDRESS_MAX.integer(0, TimingWheel.MAX_CAPACITY);
    private AddressCounts addressCounts = Configuration.addressCounts();
    private Supplier<TlsSettings> tlsAnew = Configuration::tls;
    private TlsSettings tls = tlsAnew.get();
    private Supplier<ExecutorService> tlsTasks = TlsIo::newThreads;
    private long tlsReloadNs = Knob.TLS_RELOAD.durationNs(0, Cadence.MAX_NS);
    private int tlsHandshakeLimit = Knob.TLS_HANDSHAKE_LIMIT.integer(1, Integer.MAX_VALUE);
    private AddressCheck addressCheck;
    private CredentialCheck credentialCheck;

    /**
     * Construct with every setting as its system property says, or else its default.
     */
    protected AdmissionContext()
    {
    }

    /**
     * Time in which a peer has to be let in, in nanoseconds.
     *
     * @return the setting.
     */
    public long handshakeTimeoutNs()
    {
        return handshakeTimeoutNs;
    }

    /**
     * Set the time in which a peer has to be let in, in nanoseconds, where anything is asked for: a PROXY header, a
     * TLS handshake, a first byte, a credential.
     *
     * @param handshakeTimeoutNs to set.
     * @return this.
     */
    public C handshakeTimeoutNs(final long handshakeTimeoutNs)
    {
        this.handshakeTimeoutNs =
            Knob.HANDSHAKE_TIMEOUT.inRange(handshakeTimeoutNs, Cadence.MIN_NS, Cadence.MAX_NS);
        return self();
    }

    /**
     * Has a peer to say something before it is let in?
     *
     * @return the setting.
     */
    public boolean isFirstRequired()
    {
        return isFirstRequired;
    }

    /**
     * Set whether a peer has to say something before it is let in.
     *
     * @param isFirstRequired to set.
     * @return this.
     */
    public C firstRequired(final boolean isFirstRequired)
    {
        this.isFirstRequired = isFirstRequired;
        return self();
    }

    /**
     * Addresses that are let in; empty is any.
     *
     * @return the setting.
     */
    public CidrList allowed()
    {
        return allowed;
    }

    /**
     * Set the addresses that are let in; empty is any.
     *
     * @param allowed to set.
     * @return this.
     */
    public C allowed(final CidrList allowed)
    {
        this.allowed = Objects.requireNonNull(allowed, "allowed");
        return self();
    }

    /**
     * Addresses that are not let in, of those allowed.
     *
     * @return the setting.
     */
    public CidrList denied()
    {
        return denied;
    }

    /**
     * Set the addresses that are not let in, of those allowed.
     *
     * @param denied to set.
     * @return this.
     */
    public C denied(final CidrList denied)
    {
        this.denied = Objects.requireNonNull(denied, "denied");
        return self();
    }

    /**
     * Proxies that begin each connection with a PROXY header.
     *
     * @return the setting.
     */
    public CidrList proxies()
    {
        return proxies;
    }

    /**
     * Set the proxies that begin each connection with a PROXY header, and are believed.
     *
     * @param proxies to set.
     * @return this.
     */
    public C proxies(final CidrList proxies)
    {
        this.proxies = Objects.requireNonNull(proxies, "proxies");
        return self();
    }

    /**
     * Connections at a time of one address; 0 is no limit.
     *
     * @return the setting.
     */
    public int maxPerAddress()
    {
        return maxPerAddress;
    }

    /**
     * Set the number of connections at a time of one address; 0 is no limit.
     *
     * @param maxPerAddress to set.
     * @return this.
     */
    public C maxPerAddress(final int maxPerAddress)
    {
        this.maxPerAddress = Knob.ADDRESS_MAX.inRange(maxPerAddress, 0, TimingWheel.MAX_CAPACITY);
        return self();
    }

    /**
     * Set what counts as one address.
     *
     * @param ipv4Bits leading bits of an IPv4 address that make one, 1 to 32.
     * @param ipv6Bits leading bits of an IPv6 address that make one, 1 to 64.
     * @return this.
     */
    public C addressPrefix(final int ipv4Bits, final int ipv6Bits)
    {
        addressCounts = Configuration.addressCounts(ipv4Bits, ipv6Bits);
        return self();
    }

    AddressCounts addressCounts()
    {
        return addressCounts;
    }

    /**
     * TLS.
     *
     * @return the setting, or null without.
     */
    public TlsSettings tls()
    {
        return tls;
    }

    /**
     * Set TLS: whose key the server shows, and whose certificates it wants to see.
     *
     * @param tls to set, or null for none.
     * @return this.
     */
    public C tls(final TlsSettings tls)
    {
        this.tls = tls;
        tlsAnew = () -> tls;
        return self();
    }

    /**
     * The setting, with passwords that are kept in files read again.
     */
    Supplier<TlsSettings> tlsAnew()
    {
        return tlsAnew;
    }

    /**
     * How often the files of TLS are looked at, in nanoseconds; 0 is never.
     *
     * @return the setting.
     */
    public long tlsReloadNs()
    {
        return tlsReloadNs;
    }

    /**
     * Set how often the files of TLS are looked at, in nanoseconds, to be read again if they have changed; 0 is never,
     * but by {@link HeartbeatServer#reloadTls()}.
     *
     * @param tlsReloadNs to set.
     * @return this.
     */
    public C tlsReloadNs(final long tlsReloadNs)
    {
        this.tlsReloadNs = Knob.TLS_RELOAD.inRange(tlsReloadNs, 0, Cadence.MAX_NS);
        return self();
    }

    /**
     * Steps of TLS handshakes per duty cycle.
     *
     * @return the setting.
     */
    public int tlsHandshakeLimit()
    {
        return tlsHandshakeLimit;
    }

    /**
     * Set the number of steps of TLS handshakes per duty cycle.
     *
     * @param tlsHandshakeLimit to set.
     * @return this.
     */
    public C tlsHandshakeLimit(final int tlsHandshakeLimit)
    {
        this.tlsHandshakeLimit = Knob.TLS_HANDSHAKE_LIMIT.inRange(tlsHandshakeLimit, 1, Integer.MAX_VALUE);
        return self();
    }

    /**
     * What runs the parts of TLS handshakes that take long.
     */
    Supplier<ExecutorService> tlsTasks()
    {
        return tlsTasks;
    }

    /**
     * Have them run otherwise, as a simulation does.
     */
    C tlsTasks(final Supplier<ExecutorService> tlsTasks)
    {
        this.tlsTasks = tlsTasks;
        return self();
    }

    /**
     * Decides by its address whether a peer is let in, after the lists and limits; null lets all in.
     *
     * @return the setting.
     */
    public AddressCheck addressCheck()
    {
        return addressCheck;
    }

    /**
     * Set who decides by its address whether a peer is let in.
     *
     * @param addressCheck to set, or null.
     * @return this.
     */
    public C addressCheck(final AddressCheck addressCheck)
    {
        this.addressCheck = addressCheck;
        return self();
    }

    /**
     * Decides by its first message whether a peer is let in; null asks for none.
     *
     * @return the setting.
     */
    public CredentialCheck credentialCheck()
    {
        return credentialCheck;
    }

    /**
     * Set who decides by its first message whether a peer is let in.
     *
     * @param credentialCheck to set, or null.
     * @return this.
     */
    public C credentialCheck(final CredentialCheck credentialCheck)
    {
        this.credentialCheck = credentialCheck;
        return self();
    }
}
