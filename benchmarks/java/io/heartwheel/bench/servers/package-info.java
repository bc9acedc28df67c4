/**
 * The servers that are compared: Heartwheel, a plain {@code java.nio} loop, Netty.
 */
package io.heartwheel.bench.servers;
