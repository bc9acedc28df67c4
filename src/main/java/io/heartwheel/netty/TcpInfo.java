package io.heartwheel.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.RawUnixChannelOption;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What Linux knows of a TCP connection, by TCP_INFO: of a channel of epoll or io_uring. The offsets are those of {@code
 * struct tcp_info}, which only ever grew at its end.
 */
final class TcpInfo
{
    /**
     * IPPROTO_TCP, TCP_INFO, and the length that Linux has had since 4.1.
     */
    private static final ChannelOption<ByteBuffer> OPTION = new RawUnixChannelOption("TCP_INFO", 6, 11, 128);
    private static final int STATE = 0;
    private static final int RETRANSMITS = 2;
    private static final int WINDOW_PROBES = 3;
    private static final int RETRANSMIT_TIMEOUT = 8;
    private static final int UNACKED = 24;
    private static final int LAST_DATA_SENT = 44;
    private static final int LAST_DATA_RECEIVED = 52;
    private static final int LAST_ACK_RECEIVED = 56;
    private static final int BYTES_ACKED = 120;

    private final ByteBuffer info;

    TcpInfo(final ByteBuffer info)
    {
        this.info = info;
    }

    /**
     * @return what the kernel knows now, or null if the channel is closed, or is not of TCP on Linux.
     */
    static TcpInfo of(final Channel channel)
    {
        final ByteBuffer info = UnixLook.option(channel, OPTION);
        return null == info || info.remaining() < LAST_ACK_RECEIVED + Integer.BYTES ? null : new TcpInfo(info);
    }

    /**
     * State of the connection, as numbered by Linux: 1 established, 7 closed, 8 the peer has ended its side.
     */
    int state()
    {
        return info.get(STATE) & 0xFF;
    }

    /**
     * How often the oldest segment without an answer was sent again.
     */
    int retransmits()
    {
        return info.get(RETRANSMITS) & 0xFF;
    }

    /**
     * How long the kernel waits for an acknowledgement before it sends again. It counts in microseconds.
     */
    long retransmitTimeoutNs()
    {
        return (intAt(info, RETRANSMIT_TIMEOUT) & 0xFFFF_FFFFL) * 1_000;
    }

    /**
     * Probes of a closed window that went unanswered.
     */
    int windowProbes()
    {
        return info.get(WINDOW_PROBES) & 0xFF;
    }

    /**
     * Number of segments that were sent and are not acknowledged.
     */
    int unacked()
    {
        return intAt(info, UNACKED);
    }

    /**
     * How long ago the kernel sent data, for the first time or again. It counts in ms.
     */
    long lastDataSentNs()
    {
        return (intAt(info, LAST_DATA_SENT) & 0xFFFF_FFFFL) * 1_000_000;
    }

    /**
     * How long ago the kernel received data in order, whether it was read or not. It counts in ms.
     */
    long lastDataReceivedNs()
    {
        return (intAt(info, LAST_DATA_RECEIVED) & 0xFFFF_FFFFL) * 1_000_000;
    }

    /**
     * How long ago the kernel received an acknowledgement. It counts in ms.
     */
    long lastAckReceivedNs()
    {
        return (intAt(info, LAST_ACK_RECEIVED) & 0xFFFF_FFFFL) * 1_000_000;
    }

    /**
     * How many bytes the peer's kernel has acknowledged since the beginning, the lower half of the number.
     */
    int ackedBytes()
    {
        return intAt(info, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? BYTES_ACKED + Integer.BYTES : BYTES_ACKED);
    }

    /**
     * The kernel's numbers have the byte order of the machine, whatever that of the buffer.
     */
    static int intAt(final ByteBuffer info, final int offset)
    {
        final int value = info.getInt(info.position() + offset);
        return info.order() == ByteOrder.nativeOrder() ? value : Integer.reverseBytes(value);
    }
}
