/**
 * The engine room: one duty cycle on one thread, and its parts. Only {@code Reactor}, {@code Acceptor} and {@code
 * Connector} are public. A part knows those below it, and is given them at construction:
 * <pre>
 *   Acceptor  Connector                    the two ends, see Endpoint
 *   Admission  Credentials  AddressRules   how a peer is let in, see Gate
 *   ServerTls  ClientTls  TlsIo            TLS handshakes
 *   Dialer  Backoff  Speech                how a link is made, made again, and kept
 *   Reactor                                the cycle; makes every part below
 *   Frames  Commands  Arrivals             what peers say | what the host asks | how connections begin
 *   Judge  Curfew  Drain  Allowance        who is gone | who is late | who is to leave | who sends too much
 *   Departures                             how connections end
 *   SocketIo                               bytes; tells a SocketHandler
 *   Held  Journal  Faults                  what is kept for peers | what is told | what is thrown
 *   Peer  PeerTable                        all state of one connection
 * </pre>
 */
package io.heartwheel.reactor;
