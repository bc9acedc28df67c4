package io.heartwheel;

import io.heartwheel.admission.AddressCounts;
import io.heartwheel.admission.CidrList;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.Knob;
import io.heartwheel.tls.TlsSettings;

import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * Settings of a server.
 */
public final class ServerContext extends ReactorContext<ServerContext>
{
    private long handshakeTimeoutNs = Knob.HANDSHAKE_TIMEOUT.durationNs();
    private boolean isFirstRequired = Knob.FIRST_REQUIRED.flag();
    private CidrList allowed = Knob.ALLOW.addresses("any");
    private CidrList denied = Knob.DENY.addresses("none");
    private CidrList proxies = Knob.PROXY.addresses("off");
    private int maxPerAddress = Knob.ADDRESS_MAX.integer();
    private AddressCounts addressCounts = Configuration.addressCounts();
    private Supplier<TlsSettings> tlsAnew = Configuration::tls;
    private TlsSettings tls = tlsAnew.get();
    private Supplier<ExecutorService> tlsTasks;
    private long tlsReloadNs = Knob.TLS_RELOAD.durationNs();
    private int tlsHandshakeLimit = Knob.TLS_HANDSHAKE_LIMIT.integer();
    private AddressCheck addressCheck;
    private CredentialCheck credentialCheck;
    private InetSocketAddress bindAddress = Configuration.bindAddress();
    private int maxConnections = Knob.CONNECTIONS_MAX.integer();
    private int acceptLimit = Knob.ACCEPT_LIMIT.integer();
    private int acceptBacklog = Knob.ACCEPT_BACKLOG.integer();

    /**
     * Construct with every setting as its system property says, or else its default.
     */
    public ServerContext()
    {
    }

    @Override
    ServerContext self()
    {
        return this;
    }

    /**
     * Address to listen at.
     *
     * @return the setting.
     */
    public InetSocketAddress bindAddress()
    {
        return bindAddress;
    }

    /**
     * Set the address to listen at; port 0 takes any free one.
     *
     * @param bindAddress to set.
     * @return this.
     */
    public ServerContext bindAddress(final InetSocketAddress bindAddress)
    {
        this.bindAddress = Objects.requireNonNull(bindAddress, "bindAddress");
        return this;
    }

    /**
     * Connections at a time.
     *
     * @return the setting.
     */
    public int maxConnections()
    {
        return maxConnections;
    }

    /**
     * Set the number of connections at a time; one more is told BYE and REFUSED.
     *
     * @param maxConnections to set.
     * @return this.
     */
    public ServerContext maxConnections(final int maxConnections)
    {
        this.maxConnections = Knob.CONNECTIONS_MAX.inRange(maxConnections);
        return this;
    }

    /**
     * Connections accepted per duty cycle.
     *
     * @return the setting.
     */
    public int acceptLimit()
    {
        return acceptLimit;
    }

    /**
     * Set the number of connections accepted per duty cycle.
     *
     * @param acceptLimit to set.
     * @return this.
     */
    public ServerContext acceptLimit(final int acceptLimit)
    {
        this.acceptLimit = Knob.ACCEPT_LIMIT.inRange(acceptLimit);
        return this;
    }

    /**
     * Connections the kernel may keep waiting.
     *
     * @return the setting.
     */
    public int acceptBacklog()
    {
        return acceptBacklog;
    }

    /**
     * Set the number of connections the kernel may keep waiting to be accepted.
     *
     * @param acceptBacklog to set.
     * @return this.
     */
    public ServerContext acceptBacklog(final int acceptBacklog)
    {
        this.acceptBacklog = Knob.ACCEPT_BACKLOG.inRange(acceptBacklog);
        return this;
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
    public ServerContext handshakeTimeoutNs(final long handshakeTimeoutNs)
    {
        this.handshakeTimeoutNs =
            Knob.HANDSHAKE_TIMEOUT.inRange(handshakeTimeoutNs);
        return this;
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
    public ServerContext firstRequired(final boolean isFirstRequired)
    {
        this.isFirstRequired = isFirstRequired;
        return this;
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
    public ServerContext allowed(final CidrList allowed)
    {
        this.allowed = Objects.requireNonNull(allowed, "allowed");
        return this;
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
    public ServerContext denied(final CidrList denied)
    {
        this.denied = Objects.requireNonNull(denied, "denied");
        return this;
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
    public ServerContext proxies(final CidrList proxies)
    {
        this.proxies = Objects.requireNonNull(proxies, "proxies");
        return this;
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
    public ServerContext maxPerAddress(final int maxPerAddress)
    {
        this.maxPerAddress = Knob.ADDRESS_MAX.inRange(maxPerAddress);
        return this;
    }

    /**
     * Set what counts as one address.
     *
     * @param ipv4Bits leading bits of an IPv4 address that make one, 1 to 32.
     * @param ipv6Bits leading bits of an IPv6 address that make one, 1 to 64.
     * @return this.
     */
    public ServerContext addressPrefix(final int ipv4Bits, final int ipv6Bits)
    {
        addressCounts = Configuration.addressCounts(ipv4Bits, ipv6Bits);
        return this;
    }

    /**
     * What counts as one address.
     *
     * @return the setting.
     */
    public AddressCounts addressCounts()
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
    public ServerContext tls(final TlsSettings tls)
    {
        this.tls = tls;
        tlsAnew = () -> tls;
        return this;
    }

    /**
     * TLS as it is set, read anew: passwords that are kept in files may have changed.
     *
     * @return reads it.
     */
    public Supplier<TlsSettings> tlsAnew()
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
    public ServerContext tlsReloadNs(final long tlsReloadNs)
    {
        this.tlsReloadNs = Knob.TLS_RELOAD.inRange(tlsReloadNs);
        return this;
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
    public ServerContext tlsHandshakeLimit(final int tlsHandshakeLimit)
    {
        this.tlsHandshakeLimit = Knob.TLS_HANDSHAKE_LIMIT.inRange(tlsHandshakeLimit);
        return this;
    }

    /**
     * What runs the parts of TLS handshakes that take long.
     *
     * @return the setting, or null for threads of the server's own.
     */
    public Supplier<ExecutorService> tlsTasks()
    {
        return tlsTasks;
    }

    /**
     * Set what runs the parts of TLS handshakes that take long, as a simulation does that has no threads.
     *
     * @param tlsTasks asked once; what it gives is shut down at the end. Null for threads of the server's own.
     * @return this.
     */
    public ServerContext tlsTasks(final Supplier<ExecutorService> tlsTasks)
    {
        this.tlsTasks = tlsTasks;
        return this;
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
    public ServerContext addressCheck(final AddressCheck addressCheck)
    {
        this.addressCheck = addressCheck;
        return this;
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
    public ServerContext credentialCheck(final CredentialCheck credentialCheck)
    {
        this.credentialCheck = credentialCheck;
        return this;
    }
}
