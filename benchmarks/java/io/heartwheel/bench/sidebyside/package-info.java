/**
 * Whole servers side by side under the same load, how they grow, and what it costs to look at one.
 */
package io.heartwheel.bench.sidebyside;
