/**
 * Shared parts of the long runs: processes and the lines that they exchange, clients, loads, and the figures of a run.
 */
package io.heartwheel.bench.harness;
