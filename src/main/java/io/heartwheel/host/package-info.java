/**
 * What the JVM and the operating system have to be asked: the log, names, TCP keepalive, the texts of errors, limits;
 * and the watchdog, which asks whether the thread of the reactor still turns.
 */
package io.heartwheel.host;
