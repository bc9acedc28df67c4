/**
 * The timing wheel: which slots are due. Pure: knows no clock, no socket and no thread.
 */
package io.heartwheel.wheel;
