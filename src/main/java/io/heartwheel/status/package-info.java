/**
 * The status of a running {@code serve}: by HTTP as a page, as JSON and as metrics; and in a terminal.
 */
package io.heartwheel.status;
