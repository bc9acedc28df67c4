/**
 * The timing wheel tells which slots are due. It is pure: it knows no clock, no socket and no thread.
 */
package io.heartwheel.wheel;
