/**
 * Whole servers side by side under the same load, what a heartbeat costs them, how their cost grows, and what
 * reading the status costs.
 */
package io.heartwheel.bench.sidebyside;
