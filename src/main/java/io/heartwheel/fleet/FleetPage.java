package io.heartwheel.fleet;

import java.util.List;

/**
 * Some of the sessions of a fleet.
 *
 * @param sessions of nodes that live.
 * @param next     cursor of the next page, or -1 if this is the last.
 */
public record FleetPage(List<Session> sessions, int next)
{
}
