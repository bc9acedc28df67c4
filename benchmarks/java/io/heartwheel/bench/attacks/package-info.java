/**
 * Hostile clients beside honest ones.
 */
package io.heartwheel.bench.attacks;
