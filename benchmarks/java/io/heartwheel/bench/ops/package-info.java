/**
 * Single operations under JMH: the wheel, the tracker, frames, WebSocket, metrics, one duty cycle; and their baselines.
 */
package io.heartwheel.bench.ops;
