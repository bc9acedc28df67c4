package io.heartwheel.simulation;

import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/**
 * Builds the engine with a {@link Defect}. The changed source is compiled in memory, and all classes are loaded anew,
 * so that the engine itself needs no switch for defects.
 */
public final class DefectiveBuild extends ClassLoader
{
    private static final String PACKAGE = "io.heartwheel.";
    private static final Path SOURCES = Path.of("src/main/java/io/heartwheel");

    private final Map<String, ByteArrayOutputStream> changedClasses = new HashMap<>();

    private DefectiveBuild()
    {
        super(DefectiveBuild.class.getClassLoader());
    }

    /**
     * Simulations of the defective engine.
     *
     * @return given a seed, what went wrong, or null.
     */
    static LongFunction<String> of(final Defect defect) throws IOException, ReflectiveOperationException
    {
        return of(defect, defect.file, defect.original, defect.replacement, SeedRun.class);
    }

    /**
     * The same for several reactors in one world.
     */
    static LongFunction<String> of(final ReactorsDefect defect) throws IOException, ReflectiveOperationException
    {
        return of(defect, defect.file, defect.original, defect.replacement, WorldRun.class);
    }

    /**
     * The same for other simulations.
     *
     * @param defect      that has a name.
     * @param file        below the sources of io.heartwheel.
     * @param original    what the file has once.
     * @param replacement what it has instead.
     * @param run         that is made anew with the defective build.
     * @return given a seed, what went wrong, or null.
     */
    @SuppressWarnings("unchecked")
    public static LongFunction<String> of(
        final Enum<?> defect, final String file, final String original, final String replacement, final Class<?> run)
        throws IOException, ReflectiveOperationException
    {
        final DefectiveBuild build = new DefectiveBuild();
        build.compile(defect, file, original, replacement);
        return (LongFunction<String>)build.loadClass(run.getName()).getDeclaredConstructor().newInstance();
    }

    private void compile(
        final Enum<?> defect, final String file, final String original, final String replacement) throws IOException
    {
        final String source = Files.readString(SOURCES.resolve(file + ".java"));
        final int at = source.indexOf(original);
        if (at < 0 || source.indexOf(original, at + 1) >= 0)
        {
            throw new IllegalStateException(defect + ": " + file + " does not have this once: " + original);
        }

        final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        final StringWriter messages = new StringWriter();
        final Source changed = new Source(file, source.replace(original, replacement));
        try (JavaFileManager files = new Memory(compiler.getStandardFileManager(null, null, null)))
        {
            final List<String> options = List.of("-proc:none", "-nowarn", "-classpath", System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path")));
            if (!compiler.getTask(messages, files, null, options, null, List.of(changed)).call())
            {
                throw new IllegalStateException(defect + " does not compile: " + messages);
            }
        }
    }

    @Override
    protected Class<?> loadClass(final String name, final boolean isResolved) throws ClassNotFoundException
    {
        if (!name.startsWith(PACKAGE))
        {
            return super.loadClass(name, isResolved);
        }
        final Class<?> loaded = findLoadedClass(name);
        return null != loaded ? loaded : define(name);
    }

    private Class<?> define(final String name) throws ClassNotFoundException
    {
        final ByteArrayOutputStream changed = changedClasses.get(name);
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class"))
        {
            final byte[] bytes = null != changed ? changed.toByteArray() : in.readAllBytes();
            return defineClass(name, bytes, 0, bytes.length);
        }
        catch (final IOException ex)
        {
            throw new ClassNotFoundException(name, ex);
        }
    }

    /**
     * What a defective build is asked to run. Public for being made by reflection.
     */
    public static final class SeedRun implements LongFunction<String>
    {
        @Override
        public String apply(final long seed)
        {
            final Throwable failure = Simulation.of(Scenario.of(seed)).run();
            return null == failure ? null : failure.toString();
        }
    }

    /**
     * The same with several reactors.
     */
    public static final class WorldRun implements LongFunction<String>
    {
        @Override
        public String apply(final long seed)
        {
            try
            {
                new ReactorsWorld(seed).run(ReactorsWorldTest.DURATION_NS);
                return null;
            }
            catch (final Exception | AssertionError ex)
            {
                return ex.toString();
            }
        }
    }

    private static final class Source extends SimpleJavaFileObject
    {
        private final String text;

        private Source(final String file, final String text)
        {
            super(URI.create("string:///io/heartwheel/" + file + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(final boolean isIgnoringErrors)
        {
            return text;
        }
    }

    private final class Memory extends ForwardingJavaFileManager<JavaFileManager>
    {
        private Memory(final JavaFileManager files)
        {
            super(files);
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
            final Location location, final String name, final JavaFileObject.Kind kind, final FileObject sibling)
        {
            final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            changedClasses.put(name, bytes);
            return new SimpleJavaFileObject(URI.create("bytes:///" + name), kind)
            {
                @Override
                public OutputStream openOutputStream()
                {
                    return bytes;
                }
            };
        }
    }
}
