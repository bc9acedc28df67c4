/**
 * How a running {@code serve} stands: by HTTP as a page, as JSON and as metrics; and in a terminal.
 */
package io.heartwheel.status;
