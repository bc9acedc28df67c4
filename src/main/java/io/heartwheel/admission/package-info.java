/**
 * Rules for letting peers in: PROXY headers, lists of address blocks, and the number of connections of an address.
 * The package is pure: it takes bytes, texts and addresses, knows no socket, and looks up no name.
 */
package io.heartwheel.admission;
