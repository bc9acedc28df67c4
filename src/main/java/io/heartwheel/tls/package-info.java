/**
 * TLS of one connection over a non-blocking channel, by the JDK's engine. Knows no reactor, no clock and no thread:
 * what takes long is handed out as tasks.
 */
package io.heartwheel.tls;
