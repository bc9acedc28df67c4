/**
 * The judgement of silence: from what was heard when, to probes and verdicts. Pure: time comes in, verdicts go out;
 * knows no clock, no socket and no thread.
 */
package io.heartwheel.liveness;
