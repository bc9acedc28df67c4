/**
 * The commands of {@code java -jar heartwheel.jar}: {@code serve}, {@code stat}, {@code connect}, {@code swarm} and
 * {@code demo}.
 */
package io.heartwheel.cli;
