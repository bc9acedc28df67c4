package io.heartwheel.fleet;

import java.util.function.Function;

/**
 * One question to the engine. It is made of what the node knew, asked without touching the node, and what it brought is
 * told to the node afterwards. So a simulation can hold up, lose or repeat each part by itself.
 *
 * @param <R> what the engine replies.
 */
final class Exchange<R>
{
    private final Function<Engine, R> question;
    private final Ending<R> ending;
    private R reply;
    private EngineException failure;

    /**
     * @param <R> what the engine replied.
     */
    interface Ending<R>
    {
        /**
         * The engine has replied.
         *
         * @param reply what it said.
         * @param nowNs a time that is not before the reply.
         */
        void onReply(R reply, long nowNs);

        /** The engine has not replied. It may have done what it was asked. */
        default void onFailure(final EngineException failure)
        {
        }
    }

    Exchange(final Function<Engine, R> question, final Ending<R> ending)
    {
        this.question = question;
        this.ending = ending;
    }

    /** Ask the engine, which may block for its timeout. If it is asked twice, its first reply counts. */
    void ask(final Engine engine)
    {
        try
        {
            final R replied = question.apply(engine);
            reply = null == reply ? replied : reply;
        }
        catch (final EngineException ex)
        {
            failure = ex;
        }
        catch (final RuntimeException ex)
        {
            failure = new EngineException("the engine failed: " + ex, ex);
        }
    }

    /** No reply will come. */
    void fail(final EngineException ex)
    {
        reply = null;
        failure = ex;
    }

    /**
     * Tell what came of it.
     *
     * @return what went wrong, or null.
     */
    EngineException end(final long nowNs)
    {
        if (null == failure)
        {
            ending.onReply(reply, nowNs);
        }
        else
        {
            ending.onFailure(failure);
        }
        return failure;
    }
}
