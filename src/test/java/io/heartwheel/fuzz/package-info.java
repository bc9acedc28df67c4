/**
 * What must hold for whatever bytes arrive. Each {@code *Fuzz} has a method {@code fuzzerTestOneInput}, which fails if
 * it does not: {@link io.heartwheel.fuzz.FuzzInputsTest} gives it the inputs kept in {@code src/test/resources}, and
 * Jazzer as many as asked for, in search of code not run yet.
 */
package io.heartwheel.fuzz;
