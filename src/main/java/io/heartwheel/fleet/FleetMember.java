package io.heartwheel.fleet;

import java.util.List;
import java.util.Map;

/**
 * A node of a fleet.
 *
 * @param boot the random name of this start of it.
 * @param name that it was given.
 */
public record FleetMember(String boot, String name)
{
    /** {@return the nodes of leases, by their names} */
    static List<FleetMember> of(final Map<String, String> members)
    {
        return members.entrySet().stream()
            .map((each) -> new FleetMember(Session.bootOf(each.getKey()), each.getValue()))
            .distinct()
            .sorted((a, b) -> a.name().compareTo(b.name()))
            .toList();
    }
}
