/**
 * What the registry of a fleet costs in Redis, and what it shows, beside layouts of other systems.
 */
package io.heartwheel.bench.fleet;
