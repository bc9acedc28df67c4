package io.heartwheel;

import io.heartwheel.admission.AddressCounts;
import io.heartwheel.admission.CidrList;
import io.heartwheel.config.Configuration;
import io.heartwheel.config.Knob;
import io.heartwheel.tls.TlsSettings;
import io.heartwheel.websocket.WebSocketFrame;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Settings of a server. {@link ReactorContext} has those that it shares with a client, and the rules for all.
 */
public final class ServerContext extends ReactorContext<ServerContext>
{
    private long handshakeTimeoutNs = Knob.HANDSHAKE_TIMEOUT.durationNs();
    private List<Protocol> protocols = List.of(Protocol.HEARTWHEEL);
    private final WebSocketContext webSocket = new WebSocketContext();
    private long sniffNs = Knob.SNIFF.durationNs();
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
    private IdentityListener identities;
    private boolean isHelloIdentity = Knob.IDENTITY_HELLO.flag();
    private InetSocketAddress bindAddress = Configuration.bindAddress();
    private int maxConnections = Knob.CONNECTIONS_MAX.integer();
    private int acceptLimit = Knob.ACCEPT_LIMIT.integer();
    private int acceptBacklog = Knob.ACCEPT_BACKLOG.integer();
    private AcceptSockets acceptSockets = AcceptSockets.valueOf(
        Knob.ACCEPT_SOCKETS.word("auto", "one", "each", "shared").toUpperCase(Locale.ROOT));
    private long rehearsalNs = Configuration.rehearsalNs(0);

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
     * Address that the server listens at.
     *
     * @return the setting.
     */
    public InetSocketAddress bindAddress()
    {
        return bindAddress;
    }

    /**
     * Set the address that the server listens at; port 0 takes any free one.
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
     * Most connections at a time.
     *
     * @return the setting.
     */
    public int maxConnections()
    {
        return maxConnections;
    }

    /**
     * Set the most connections at a time. A peer beyond them is told BYE and {@link CloseReason#REFUSED}.
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
     * Connections accepted per duty cycle while anything else waits.
     *
     * @return the setting.
     */
    public int acceptLimit()
    {
        return acceptLimit;
    }

    /**
     * Set the number of connections accepted per duty cycle while anything else waits. While nothing does, as in a
     * storm of connects to an idle server, up to 4,096 are accepted, for 5 ms at most. With {@link #maxParkNs(long)} 0
     * the host has other work, and the number always holds.
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
     * Connections that the kernel may keep waiting to be accepted.
     *
     * @return the setting.
     */
    public int acceptBacklog()
    {
        return acceptBacklog;
    }

    /**
     * Set the number of connections that the kernel may keep waiting to be accepted. The kernel may have a lower limit.
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
     * The listening sockets of several reactors.
     *
     * @return the setting.
     */
    public AcceptSockets acceptSockets()
    {
        return acceptSockets;
    }

    /**
     * Set how several reactors listen.
     *
     * @param acceptSockets to set.
     * @return this.
     */
    public ServerContext acceptSockets(final AcceptSockets acceptSockets)
    {
        this.acceptSockets = Objects.requireNonNull(acceptSockets, "acceptSockets");
        return this;
    }

    /**
     * Longest time of the rehearsal before the port is bound, in nanoseconds; 0 does without.
     *
     * @return the setting.
     */
    public long rehearsalNs()
    {
        return rehearsalNs;
    }

    /**
     * Set the longest time of the rehearsal, in nanoseconds; 0 does without. Before the server binds its port, another
     * one with sockets of its own lets some thousands of connections come, speak, fall silent and go over the loopback,
     * on the thread that makes the server. So the JVM has compiled what the first storm of connects and the first loss
     * of many peers need. The listener, the metrics, the log and the flight recorder know nothing of it. A rehearsal
     * that fails is one line of the log. TLS is not rehearsed.
     *
     * @param rehearsalNs to set.
     * @return this.
     */
    public ServerContext rehearsalNs(final long rehearsalNs)
    {
        this.rehearsalNs = Knob.REHEARSAL.inRange(rehearsalNs);
        return this;
    }

    /**
     * Time within which a peer has to be let in, in nanoseconds.
     *
     * @return the setting.
     */
    public long handshakeTimeoutNs()
    {
        return handshakeTimeoutNs;
    }

    /**
     * Set the time within which a peer has to be let in, in nanoseconds. It applies if the settings ask for anything
     * before: a PROXY header, a TLS handshake, a first byte, a credential.
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
     * Protocols that the server speaks.
     *
     * @return the setting; Heartwheel's own alone, unless others were set.
     */
    public List<Protocol> protocols()
    {
        return protocols;
    }

    /**
     * Set the protocols that the server speaks. If there are several, the first bytes of each peer tell which one it
     * speaks: {@link Protocol#greet} of each is asked in this order, and the first answer counts that is not {@link
     * Protocol.Greeting#NOT_MINE}. Until then nothing is said to the peer, not even HELLO.
     *
     * @param protocols to set, one at least. {@link Protocol#HEARTWHEEL} is our own.
     * @return this.
     * @throws IllegalArgumentException if there is none, or one is given twice.
     */
    public ServerContext protocols(final Protocol... protocols)
    {
        final List<Protocol> given = List.of(protocols);
        if (given.isEmpty() || given.size() != Set.copyOf(given).size())
        {
            throw new IllegalArgumentException("protocols=" + given.stream().map(Protocol::name).toList() +
                " has none, or one twice");
        }
        this.protocols = given;
        return this;
    }

    /**
     * Settings of WebSocket.
     *
     * @return the settings, to be changed.
     */
    public WebSocketContext webSocket()
    {
        return webSocket;
    }

    @Override
    public List<String> protocolNames()
    {
        final boolean isWebSocket = webSocket.isShared() || null != webSocket.bindAddress();
        return Stream.concat(protocols.stream(), isWebSocket ? Stream.of(Protocol.WEBSOCKET) : Stream.empty())
            .map(Protocol::name).distinct().toList();
    }

    @Override
    ServerContext conclude()
    {
        super.conclude();
        if (webSocket.isShared() && !protocols.contains(Protocol.WEBSOCKET))
        {
            protocols = Stream.concat(protocols.stream(), Stream.of(Protocol.WEBSOCKET)).toList();
        }
        if (0 == webSocket.maxMessageLength())
        {
            webSocket.maxMessageLength(maxMessageLength());
        }
        requireRoomFor(Knob.WEBSOCKET_MESSAGE_MAX, webSocket.maxMessageLength() + WebSocketFrame.MAX_HEADER_LENGTH);
        return this;
    }

    /**
     * Time after which a peer that says nothing is taken to wait for a HELLO, in nanoseconds.
     *
     * @return the setting.
     */
    public long sniffNs()
    {
        return sniffNs;
    }

    /**
     * Set the time after which a peer that says nothing is taken to speak Heartwheel's own protocol and to wait for its
     * HELLO, in nanoseconds. It applies where that is one of several.
     *
     * @param sniffNs to set.
     * @return this.
     */
    public ServerContext sniffNs(final long sniffNs)
    {
        this.sniffNs = Knob.SNIFF.inRange(sniffNs);
        return this;
    }

    /**
     * Has a peer to send a first byte before it is let in?
     *
     * @return the setting.
     */
    public boolean isFirstRequired()
    {
        return isFirstRequired;
    }

    /**
     * Set whether a peer has to send a first byte before it is let in.
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
     * Addresses that are not let in, even if they are among those allowed.
     *
     * @return the setting.
     */
    public CidrList denied()
    {
        return denied;
    }

    /**
     * Set the addresses that are not let in, even if they are among those allowed.
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
     * Trusted proxies, which begin each connection with a PROXY header.
     *
     * @return the setting.
     */
    public CidrList proxies()
    {
        return proxies;
    }

    /**
     * Set the trusted proxies, which begin each connection with a PROXY header.
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
     * Most connections at a time of one address; 0 is no limit.
     *
     * @return the setting.
     */
    public int maxPerAddress()
    {
        return maxPerAddress;
    }

    /**
     * Set the most connections at a time of one address; 0 is no limit.
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
     * Set how many leading bits of an address count as one address.
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
     * Counts connections by address, or by the leading bits that count as one.
     *
     * @return the setting.
     */
    public AddressCounts addressCounts()
    {
        return addressCounts;
    }

    /**
     * TLS of the server's connections.
     *
     * @return the setting, or null without.
     */
    public TlsSettings tls()
    {
        return tls;
    }

    /**
     * Set TLS: the key that the server shows, and the certificates that it asks for.
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
     * Reads the settings of TLS anew. Passwords that are kept in files may have changed.
     *
     * @return the reader; for {@link #tls(TlsSettings)} it returns what was set.
     */
    public Supplier<TlsSettings> tlsAnew()
    {
        return tlsAnew;
    }

    /**
     * Time between two looks at the files of TLS, in nanoseconds; 0 never looks.
     *
     * @return the setting.
     */
    public long tlsReloadNs()
    {
        return tlsReloadNs;
    }

    /**
     * Set the time between two looks at the files of TLS, in nanoseconds; 0 never looks. Files that have changed are
     * read again. {@link HeartbeatServer#reloadTls()} reads them in any case.
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
     * TLS handshake steps per duty cycle.
     *
     * @return the setting.
     */
    public int tlsHandshakeLimit()
    {
        return tlsHandshakeLimit;
    }

    /**
     * Set the number of TLS handshake steps per duty cycle.
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
     * Makes the executor for the tasks of TLS handshakes that take long.
     *
     * @return the setting, or null for threads of the server's own.
     */
    public Supplier<ExecutorService> tlsTasks()
    {
        return tlsTasks;
    }

    /**
     * Set what makes the executor for the tasks of TLS handshakes that take long. A simulation, which has no threads,
     * sets it.
     *
     * @param tlsTasks called once for each reactor; the executor is shut down at its end. Null for threads of the
     *                 server's own.
     * @return this.
     */
    public ServerContext tlsTasks(final Supplier<ExecutorService> tlsTasks)
    {
        this.tlsTasks = tlsTasks;
        return this;
    }

    /**
     * Check that decides by its address whether a peer is let in, after the lists and limits; null lets all in.
     *
     * @return the setting.
     */
    public AddressCheck addressCheck()
    {
        return addressCheck;
    }

    /**
     * Set the check that decides by its address whether a peer is let in.
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
     * Check that decides by its first message whether a peer is let in; null asks for none.
     *
     * @return the setting.
     */
    public CredentialCheck credentialCheck()
    {
        return credentialCheck;
    }

    /**
     * Set the check that decides by its first message whether a peer is let in.
     *
     * @param credentialCheck to set, or null.
     * @return this.
     */
    public ServerContext credentialCheck(final CredentialCheck credentialCheck)
    {
        this.credentialCheck = credentialCheck;
        return this;
    }

    @Override
    public IdentityListener identities()
    {
        return identities;
    }

    /**
     * Set the listener that is told which connections have an identity, such as a fleet.
     *
     * @param identities to set, or null for none.
     * @return this.
     */
    public ServerContext identities(final IdentityListener identities)
    {
        this.identities = identities;
        return this;
    }

    @Override
    public boolean isHelloIdentity()
    {
        return isHelloIdentity;
    }

    /**
     * Set whether a peer is believed that says by HELLO who it is. Anybody can say anything, and throw somebody else
     * out of a fleet by that: it is for networks where all peers are trusted. Others have a {@link CredentialCheck},
     * which can tell an identity.
     *
     * @param isHelloIdentity to set.
     * @return this.
     */
    public ServerContext helloIdentity(final boolean isHelloIdentity)
    {
        this.isHelloIdentity = isHelloIdentity;
        return this;
    }
}
