package io.heartwheel.fleet;

/**
 * Who keeps an identity that a second connection comes with. Connections of several devices of one user have different
 * identities, {@code user/device}, and never meet.
 */
public enum FleetPolicy
{
    /** The connection that was opened last; the older one is taken over. */
    NEWEST,

    /**
     * The connection that has it; the newcomer is refused. Of two that come within one exchange with the engine, and
     * after the engine lost data, the newest has it all the same.
     */
    OLDEST
}
