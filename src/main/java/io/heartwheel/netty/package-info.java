/**
 * Liveness for servers and clients that are built on Netty: what its idle handlers promise, and no living channel
 * closed for a pause of this end.
 * <p>
 * Netty is an optional dependency: a program that has it brings it along, 4.1.107 or later, or 4.2. No other package
 * uses it.
 */
package io.heartwheel.netty;
