/**
 * Heartwheel tells a server which of its TCP peers are gone, when and why.
 * <pre>
 *                    one thread, one duty cycle: {@code Reactor.doWork()}
 *
 *   peers ==TCP==&gt; sockets --heard--&gt; LivenessTracker --deadlines--&gt; TimingWheel
 *                     ^                      |
 *                     +-------probes---------+--verdicts--&gt; ConnectionListener.onClosed(reason)
 * </pre>
 * Begin with {@link io.heartwheel.HeartbeatServer}. A host that has its own sockets takes
 * {@link io.heartwheel.liveness.LivenessTracker} alone.
 */
package io.heartwheel;
