/**
 * Counters, gauges and histograms of a reactor. The reactor thread writes them; any thread may read them.
 */
package io.heartwheel.metrics;
