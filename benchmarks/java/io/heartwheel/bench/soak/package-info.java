/**
 * One server for a long time. Every loss is compared with what its client did.
 */
package io.heartwheel.bench.soak;
