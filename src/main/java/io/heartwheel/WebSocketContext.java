package io.heartwheel;

import io.heartwheel.admission.CidrList;
import io.heartwheel.config.Knob;
import io.heartwheel.config.WebSocketKnobs;
import io.heartwheel.websocket.OriginRule;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;

/**
 * Settings of WebSocket (RFC 6455) at a server: where it is spoken, who may open one, and what is taken. Extensions are
 * not spoken, whichever a client offers.
 * <p>
 * <b>Note:</b> Not threadsafe. A part of {@link ServerContext}.
 */
public final class WebSocketContext
{
    private boolean isShared = WebSocketKnobs.isShared();
    private InetSocketAddress bindAddress = WebSocketKnobs.bindAddress();
    private OriginRule origins = WebSocketKnobs.origins();
    private List<String> subprotocols = WebSocketKnobs.subprotocols();
    private CidrList forwarders = Knob.WEBSOCKET_FORWARDERS.addresses("off");
    private long maxQuietNs = Knob.WEBSOCKET_QUIET_MAX.durationNs();
    private long speakNs = Knob.WEBSOCKET_SPEAK.durationNs();
    private int maxMessageLength = Knob.WEBSOCKET_MESSAGE_MAX.size();
    private boolean isTextTaken = Knob.WEBSOCKET_TEXT.flag();
    private OpeningCheck openingCheck;

    WebSocketContext()
    {
    }

    /**
     * Is WebSocket spoken on the port of the server, beside its other protocols?
     *
     * @return the setting.
     */
    public boolean isShared()
    {
        return isShared;
    }

    /**
     * Set whether WebSocket is spoken on the port of the server, beside its other protocols. The first bytes of each
     * peer tell which one it speaks, so HELLO waits for them: see {@link ServerContext#sniffNs(long)}.
     *
     * @param isShared to set.
     * @return this.
     */
    public WebSocketContext shared(final boolean isShared)
    {
        this.isShared = isShared;
        return this;
    }

    /**
     * Address of a listener that speaks WebSocket alone.
     *
     * @return the setting; null without.
     */
    public InetSocketAddress bindAddress()
    {
        return bindAddress;
    }

    /**
     * Set the address of a listener that speaks WebSocket alone. It is served by the same thread, by the same rules,
     * and with TLS if the other is.
     *
     * @param bindAddress to set; port 0 takes any free one; null for none.
     * @return this.
     */
    public WebSocketContext bindAddress(final InetSocketAddress bindAddress)
    {
        this.bindAddress = bindAddress;
        return this;
    }

    /**
     * Pages that may open a connection.
     *
     * @return the setting.
     */
    public OriginRule origins()
    {
        return origins;
    }

    /**
     * Set which pages may open a connection.
     *
     * @param origins to set.
     * @return this.
     */
    public WebSocketContext origins(final OriginRule origins)
    {
        this.origins = Objects.requireNonNull(origins, "origins");
        return this;
    }

    /**
     * Subprotocols that are spoken.
     *
     * @return the setting, the best liked first.
     */
    public List<String> subprotocols()
    {
        return subprotocols;
    }

    /**
     * Set the subprotocols that are spoken. The first that a client asks for as well is chosen. A client that asks for
     * others only is let in without one, as by RFC 6455, and may leave then; an {@link OpeningCheck} may refuse it.
     *
     * @param subprotocols to set, the best liked first.
     * @return this.
     */
    public WebSocketContext subprotocols(final String... subprotocols)
    {
        this.subprotocols = List.of(subprotocols);
        return this;
    }

    /**
     * Proxies whose {@code X-Forwarded-For} is believed.
     *
     * @return the setting.
     */
    public CidrList forwarders()
    {
        return forwarders;
    }

    /**
     * Set the proxies whose {@code X-Forwarded-For} is believed: the last address in it that is none of theirs is that
     * of the client. Rules for addresses are for the client then.
     *
     * @param forwarders to set.
     * @return this.
     */
    public WebSocketContext forwarders(final CidrList forwarders)
    {
        this.forwarders = Objects.requireNonNull(forwarders, "forwarders");
        return this;
    }

    /**
     * Longest time without a byte in either direction, in nanoseconds; 0 is any.
     *
     * @return the setting.
     */
    public long maxQuietNs()
    {
        return maxQuietNs;
    }

    /**
     * Set the longest time without a byte in either direction, in nanoseconds; 0 is any. Proxies cut connections that
     * are quiet for longer than they like, most of them for 60 s, and some look at one direction. A PING and its PONG
     * are a byte in each, so one is sent in this time, whatever else is said.
     *
     * @param maxQuietNs to set.
     * @return this.
     */
    public WebSocketContext maxQuietNs(final long maxQuietNs)
    {
        this.maxQuietNs = Knob.WEBSOCKET_QUIET_MAX.inRange(maxQuietNs);
        return this;
    }

    /**
     * Time without a message after which a page that asks for it is sent one, in nanoseconds; 0 is off.
     *
     * @return the setting.
     */
    public long speakNs()
    {
        return speakNs;
    }

    /**
     * Set the time without a message after which a page that asks for it is sent one, in nanoseconds; 0 is off. A page
     * sees no PING, so it finds a dead server by the server's silence alone. It asks in its request, as {@code
     * heartwheel.js} does. The listener knows nothing of these messages.
     *
     * @param speakNs to set.
     * @return this.
     */
    public WebSocketContext speakNs(final long speakNs)
    {
        this.speakNs = Knob.WEBSOCKET_SPEAK.inRange(speakNs);
        return this;
    }

    /**
     * Longest message accepted or sent by WebSocket, in bytes; 0 is {@link ServerContext#maxMessageLength()}.
     *
     * @return the setting.
     */
    public int maxMessageLength()
    {
        return maxMessageLength;
    }

    /**
     * Set the longest message accepted or sent by WebSocket, in bytes: the sum of its fragments.
     *
     * @param maxMessageLength to set; 0 is {@link ServerContext#maxMessageLength()}.
     * @return this.
     */
    public WebSocketContext maxMessageLength(final int maxMessageLength)
    {
        this.maxMessageLength = Knob.WEBSOCKET_MESSAGE_MAX.inRange(maxMessageLength);
        return this;
    }

    /**
     * Are messages of text taken?
     *
     * @return the setting.
     */
    public boolean isTextTaken()
    {
        return isTextTaken;
    }

    /**
     * Set whether messages of text are taken, as at first. If not, a peer that sends one ends as {@link
     * CloseReason#PROTOCOL_ERROR}, and is told the code 1003.
     *
     * @param isTextTaken to set.
     * @return this.
     */
    public WebSocketContext textTaken(final boolean isTextTaken)
    {
        this.isTextTaken = isTextTaken;
        return this;
    }

    /**
     * Check that decides by its request whether a peer is let in; null lets all in.
     *
     * @return the setting.
     */
    public OpeningCheck openingCheck()
    {
        return openingCheck;
    }

    /**
     * Set the check that decides by its request whether a peer is let in.
     *
     * @param openingCheck to set, or null.
     * @return this.
     */
    public WebSocketContext openingCheck(final OpeningCheck openingCheck)
    {
        this.openingCheck = openingCheck;
        return this;
    }
}
