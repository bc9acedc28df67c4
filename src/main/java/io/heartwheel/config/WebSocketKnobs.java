package io.heartwheel.config;

import io.heartwheel.websocket.OriginRule;

import java.net.InetSocketAddress;
import java.util.List;

/**
 * Reads the settings of WebSocket, anew on each call. Any thread may call these methods.
 */
public final class WebSocketKnobs
{
    private WebSocketKnobs()
    {
    }

    /**
     * Whether WebSocket shares the port of the server, as set by {@link Knob#WEBSOCKET}.
     *
     * @return true if it does.
     * @throws ConfigurationException if it is unreadable.
     */
    public static boolean isShared()
    {
        return switch (Knob.WEBSOCKET.text())
        {
            case "off" -> false;
            case "shared" -> true;
            default -> throw Knob.WEBSOCKET.unreadable("off or shared");
        };
    }

    /**
     * The address set by {@link Knob#WEBSOCKET_BIND}.
     *
     * @return the address, or null if there is none.
     * @throws ConfigurationException if it is unreadable.
     */
    public static InetSocketAddress bindAddress()
    {
        return Configuration.addressOrOff(Knob.WEBSOCKET_BIND);
    }

    /**
     * The pages set by {@link Knob#WEBSOCKET_ORIGINS} and {@link Knob#WEBSOCKET_ORIGIN_REQUIRED}.
     *
     * @return the rule.
     * @throws ConfigurationException if one of them is unreadable.
     */
    public static OriginRule origins()
    {
        try
        {
            return OriginRule.of(Knob.WEBSOCKET_ORIGINS.text(), !Knob.WEBSOCKET_ORIGIN_REQUIRED.flag());
        }
        catch (final IllegalArgumentException ex)
        {
            throw Knob.WEBSOCKET_ORIGINS.unreadable("pages, but " + ex.getMessage());
        }
    }

    /**
     * The subprotocols set by {@link Knob#WEBSOCKET_SUBPROTOCOLS}.
     *
     * @return the names, the best liked first.
     * @throws ConfigurationException if they are unreadable.
     */
    public static List<String> subprotocols()
    {
        final String text = Knob.WEBSOCKET_SUBPROTOCOLS.text();
        if (!text.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+(\\s*,\\s*[A-Za-z0-9!#$%&'*+.^_`|~-]+)*"))
        {
            throw Knob.WEBSOCKET_SUBPROTOCOLS.unreadable("none, or names such as chat.v2,chat");
        }
        return "none".equals(text) ? List.of() : List.of(text.split("\\s*,\\s*"));
    }
}
