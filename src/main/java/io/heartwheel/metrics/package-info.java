/**
 * What a reactor counts and measures: written by its thread, read by any.
 */
package io.heartwheel.metrics;
