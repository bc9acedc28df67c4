/**
 * Settings as system properties give them: each with its name, default, range and meaning in one place, {@link
 * io.heartwheel.config.Knob}.
 */
package io.heartwheel.config;
