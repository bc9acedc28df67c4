package io.heartwheel.fleet;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;

/**
 * What is in a message to the inbox of a node: for which of its connections, and by which stamp that one has to own its
 * identity, or the parcel is not for it.
 *
 * @param type       what it is.
 * @param connection number of the connection; of an echo, its own number; else 0.
 * @param stampUs    of the connection.
 * @param bytes      the message, the newer session, the code of the reason, or a bit for each bucket.
 */
record Parcel(Type type, long connection, long stampUs, byte[] bytes)
{
    private static final int HEADER_LENGTH = 1 + 2 * Long.BYTES;
    private static final byte[] NOTHING = {};

    /** What it is. */
    enum Type
    {
        /** A newer connection has taken the identity. */
        TAKEN,
        /** A message for the connection. */
        MESSAGE,
        /** The connection is to be closed. */
        CLOSE,
        /** A node hears itself. */
        ECHO,
        /** Records of some buckets may have been replaced by what was asked for without a reply. */
        LOOK;

        private static final Type[] ALL = values();
    }

    static Parcel taken(final Session older, final Session newer)
    {
        final byte[] lease = newer.lease().getBytes(StandardCharsets.UTF_8);
        return new Parcel(Type.TAKEN, older.connection(), older.stampUs(),
            ByteBuffer.allocate(2 * Long.BYTES + lease.length)
                .putLong(newer.connection()).putLong(newer.stampUs()).put(lease).array());
    }

    static Parcel close(final Session session, final byte reason)
    {
        return new Parcel(Type.CLOSE, session.connection(), session.stampUs(), new byte[] {reason});
    }

    static Parcel message(final Session session, final byte[] message)
    {
        return new Parcel(Type.MESSAGE, session.connection(), session.stampUs(), message);
    }

    static Parcel echo(final long number)
    {
        return new Parcel(Type.ECHO, number, 0, NOTHING);
    }

    static Parcel look(final BitSet buckets)
    {
        return new Parcel(Type.LOOK, 0, 0, buckets.toByteArray());
    }

    /** The buckets that are to be verified, of which some may not exist. */
    BitSet buckets()
    {
        return BitSet.valueOf(bytes);
    }

    /** The session that has taken an identity over, or null if the parcel does not tell. */
    Session newer(final String identity)
    {
        if (bytes.length <= 2 * Long.BYTES)
        {
            return null;
        }
        final ByteBuffer in = ByteBuffer.wrap(bytes);
        final long newerConnection = in.getLong();
        final long newerStampUs = in.getLong();
        return new Session(
            identity, StandardCharsets.UTF_8.decode(in).toString(), newerConnection, newerStampUs);
    }

    byte[] encoded()
    {
        return ByteBuffer.allocate(HEADER_LENGTH + bytes.length)
            .put((byte)type.ordinal()).putLong(connection).putLong(stampUs).put(bytes).array();
    }

    /** {@return the parcel, or null if it is none} */
    static Parcel of(final byte[] encoded)
    {
        if (encoded.length < HEADER_LENGTH || encoded[0] < 0 || encoded[0] >= Type.ALL.length)
        {
            return null;
        }
        final ByteBuffer in = ByteBuffer.wrap(encoded);
        final Type type = Type.ALL[in.get()];
        final long connection = in.getLong();
        final long stampUs = in.getLong();
        final byte[] bytes = new byte[in.remaining()];
        in.get(bytes);
        return Type.CLOSE == type && 1 != bytes.length ? null : new Parcel(type, connection, stampUs, bytes);
    }
}
