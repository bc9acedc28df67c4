/**
 * Who may connect: where a connection really comes from, which addresses are trusted, and how many connections each
 * has. Pure: bytes, texts and addresses come in; knows no socket, resolves no name.
 */
package io.heartwheel.admission;
