package io.heartwheel.fleet.redis;

import java.util.function.UnaryOperator;

/**
 * All that the registry does at once.
 */
final class Scripts
{
    final Script lease;
    final Script claim;
    final Script release;
    final Script verify;
    final Script sweep;
    final Script unswept;

    Scripts(final UnaryOperator<String> edit)
    {
        lease = new Script("lease", edit);
        claim = new Script("claim", edit);
        release = new Script("release", edit);
        verify = new Script("verify", edit);
        sweep = new Script("sweep", edit);
        unswept = new Script("unswept", edit);
    }
}
