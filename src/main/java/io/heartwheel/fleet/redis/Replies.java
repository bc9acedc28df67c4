package io.heartwheel.fleet.redis;

import io.heartwheel.fleet.ClaimReply;
import io.heartwheel.fleet.LeaseReply;
import io.heartwheel.fleet.Session;
import io.heartwheel.fleet.VerifyReply;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What scripts return, as the registry speaks.
 */
final class Replies
{
    private static final Pattern RECORD = Pattern.compile("(\\S+) (\\d{1,18}) (\\d{1,18})");

    private Replies()
    {
    }

    static LeaseReply lease(final List<?> reply)
    {
        return new LeaseReply(
            1 == (Long)reply.get(0), number(reply.get(1)), Call.text(reply.get(2)), number(reply.get(3)),
            texts(reply.get(4)), reply.size() > 5 ? map(texts(reply.get(5))) : null);
    }

    static ClaimReply claim(final String identity, final List<?> reply)
    {
        final long outcome = (Long)reply.get(0);
        if (outcome < 0)
        {
            return new ClaimReply(ClaimReply.Outcome.LATE, 0, null);
        }
        return new ClaimReply(outcome > 0 ? ClaimReply.Outcome.WON : ClaimReply.Outcome.TAKEN,
            number(reply.get(1)), session(identity, reply.get(2)));
    }

    static VerifyReply verified(final List<?> reply)
    {
        return new VerifyReply(sessions(reply.get(0)), Set.copyOf(texts(reply.get(1))));
    }

    /**
     * A record.
     *
     * @param record bytes, or null.
     * @return null if it is none of ours.
     */
    static Session session(final String identity, final Object record)
    {
        final Matcher matcher = RECORD.matcher(null == record ? "" : Call.text(record));
        return !matcher.matches() ? null : new Session(
            identity, matcher.group(1), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)));
    }

    /** Of identity, record, identity, record. */
    static List<Session> sessions(final Object reply)
    {
        final List<?> parts = (List<?>)reply;
        final List<Session> sessions = new ArrayList<>(parts.size() / 2);
        for (int i = 0; i < parts.size(); i += 2)
        {
            final Session session = session(Call.text(parts.get(i)), parts.get(i + 1));
            if (null != session)
            {
                sessions.add(session);
            }
        }
        return sessions;
    }

    static List<String> texts(final Object reply)
    {
        final List<String> texts = new ArrayList<>();
        ((List<?>)reply).forEach((each) -> texts.add(Call.text(each)));
        return texts;
    }

    private static Map<String, String> map(final List<String> pairs)
    {
        final Map<String, String> map = new HashMap<>();
        for (int i = 0; i < pairs.size(); i += 2)
        {
            map.put(pairs.get(i), pairs.get(i + 1));
        }
        return Map.copyOf(map);
    }

    private static long number(final Object bytes)
    {
        return Long.parseLong(Call.text(bytes));
    }
}
