/**
 * A test client for servers: many clients on one thread, which send heartbeats, fall silent or close as planned, and
 * note how the server reacts. It judges a server only by what arrives on the sockets.
 * <pre>
 *   SwarmPlan -&gt; Swarm -------------&gt; SwarmReport -&gt; ReportText
 *                  |-- SwarmConnector    connects, and opens WebSockets by SwarmOpening
 *                  |-- Conversation      hears, answers, notes the end: in our own frames, or by WebSocket
 *                  '-- DeathList         which clients die, how and when
 * </pre>
 */
package io.heartwheel.swarm;
