package io.heartwheel.support;

/**
 * Measures objects. It works without an agent and without flags, once it is told to.
 */
public final class Jol
{
    private Jol()
    {
    }

    /**
     * To be called before anything is measured.
     */
    public static void prepare()
    {
        System.setProperty("jol.magicFieldOffset", "true");
        System.setProperty("jol.skipDynamicAttach", "true");
        System.setProperty("jol.skipInstallAttach", "true");
    }
}
