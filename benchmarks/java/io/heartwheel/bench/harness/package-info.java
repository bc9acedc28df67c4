/**
 * What all long runs share: processes and what they say to each other, clients, loads, what is measured of a run.
 */
package io.heartwheel.bench.harness;
