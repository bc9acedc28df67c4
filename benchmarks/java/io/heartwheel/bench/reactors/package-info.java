/**
 * Several reactors, and several processes, at one port: what they cost, how connections come to them, and whether one
 * that stalls or dies harms the others.
 */
package io.heartwheel.bench.reactors;
