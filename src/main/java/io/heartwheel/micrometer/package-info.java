/**
 * The metrics of a server or client in the registry of the host. Needs {@code io.micrometer:micrometer-core}, which the
 * library does not bring.
 */
package io.heartwheel.micrometer;
