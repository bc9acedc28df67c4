/**
 * A fleet of real processes behind a balancer, whose clients hop from node to node while nodes and registry fail, and a
 * checker of what the registry said meanwhile.
 */
package io.heartwheel.bench.hops;
