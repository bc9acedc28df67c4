package io.heartwheel.host;

import org.junit.jupiter.api.Test;

import java.io.IOException;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

class FileLimitTest
{
    @Test
    void shouldKnowTheLimitByTheWordsOfEachLibrary()
    {
        assertTrue(FileLimit.isCauseOf(new IOException("Too many open files")), "glibc, macOS");
        assertTrue(FileLimit.isCauseOf(new IOException("No file descriptors available")), "musl");
        assertTrue(FileLimit.isCauseOf(new IOException("Too many open files in system")), "the host's limit");
        assertFalse(FileLimit.isCauseOf(new IOException("Connection refused")));
        assertFalse(FileLimit.isCauseOf(new IOException()));
    }
}
