/**
 * One server for a long time, with every loss held against what its client did.
 */
package io.heartwheel.bench.soak;
