/**
 * TLS of one connection over a non-blocking channel, by the JDK's engine. The package knows no reactor, clock or
 * thread: it hands slow steps out as tasks.
 */
package io.heartwheel.tls;
