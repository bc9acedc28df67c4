/**
 * The settings. {@link io.heartwheel.config.Knob} defines each in one place: name, default, range and meaning.
 */
package io.heartwheel.config;
