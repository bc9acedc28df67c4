/**
 * The judgement of silence: when a peer was heard becomes probes and verdicts. It is pure: the host passes the time in,
 * and it knows no clock, no socket and no thread. A host that has its own sockets begins with {@link
 * io.heartwheel.liveness.LivenessTracker}.
 */
package io.heartwheel.liveness;
