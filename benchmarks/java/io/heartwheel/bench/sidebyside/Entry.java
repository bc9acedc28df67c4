package io.heartwheel.bench.sidebyside;

import io.heartwheel.bench.servers.Contender;

import java.util.List;

/**
 * Who runs, under which name, from which class path, with which flags of its own.
 */
record Entry(String name, Contender contender, String classPath, List<String> flags)
{
}
