/**
 * Exports the metrics of a server or client to the Micrometer registry of the host. It needs
 * {@code io.micrometer:micrometer-core}, which is not a dependency of the library.
 */
package io.heartwheel.micrometer;
