/**
 * Single operations under JMH: the wheel, the tracker, frames, metrics, one duty cycle; and their baselines.
 */
package io.heartwheel.bench.ops;
