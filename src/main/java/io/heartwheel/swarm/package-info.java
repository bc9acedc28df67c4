/**
 * The other end of a server: many clients on one thread, which beat, fall silent or leave as planned, and note what the
 * server makes of each. It judges a server by what comes out of the sockets alone.
 * <pre>
 *   SwarmPlan -&gt; Swarm -------------&gt; SwarmReport -&gt; ReportText
 *                  |-- SwarmConnector    connects
 *                  |-- Conversation      hears, answers, notes the end
 *                  '-- DeathList         who dies, how and when
 * </pre>
 */
package io.heartwheel.swarm;
