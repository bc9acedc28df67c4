/**
 * Plots of results, as SVG.
 */
package io.heartwheel.bench.plots;
