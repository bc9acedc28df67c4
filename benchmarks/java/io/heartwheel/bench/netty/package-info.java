/**
 * Servers on Netty that pause: what its idle handler closes of the living, and ours.
 */
package io.heartwheel.bench.netty;
