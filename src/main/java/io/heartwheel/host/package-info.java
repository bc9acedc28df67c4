/**
 * Access to the JVM and the operating system: logging, name look-ups, TCP keepalive, error texts, the limit of open
 * files, and the watchdog of the reactor thread.
 */
package io.heartwheel.host;
