package io.heartwheel.websocket;

import java.util.ArrayList;
import java.util.List;

/**
 * Which pages may open a connection (RFC 6455, section 10.2). A browser lets any page open one to any server, with the
 * cookies of the server, and from an address that the server trusts; it sends the page's origin along. Scheme, host and
 * port have to be the same, with nothing left out.
 * <p>
 * A program that is no browser sends any origin it likes, or none. This rule protects the people who use a browser, and
 * takes the place of no credential.
 */
public final class OriginRule
{
    /** Stands for the host that the page was loaded from, in the text of a rule. */
    public static final String SAME_HOST = "same-host";

    /** Stands for every page, in the text of a rule. */
    public static final String ANY = "any";

    private static final int FORBIDDEN = 403;

    private final List<WebOrigin> origins = new ArrayList<>();
    private final boolean isAbsentAllowed;
    private boolean isSameHostAllowed;
    private boolean isAnyAllowed;

    private OriginRule(final boolean isAbsentAllowed)
    {
        this.isAbsentAllowed = isAbsentAllowed;
    }

    /**
     * Make a rule.
     *
     * @param text            a list with commas: {@link #SAME_HOST}, {@link #ANY}, and origins such as
     *                        {@code https://app.example} or {@code http://localhost:8080}.
     * @param isAbsentAllowed may a request have no origin, as those of most clients that are no browsers?
     * @return the rule.
     * @throws IllegalArgumentException if an element of the list is none of these.
     */
    public static OriginRule of(final String text, final boolean isAbsentAllowed)
    {
        final OriginRule rule = new OriginRule(isAbsentAllowed);
        for (final String each : text.split(",", -1))
        {
            final String element = each.trim();
            final WebOrigin origin = WebOrigin.of(element);
            rule.isSameHostAllowed |= SAME_HOST.equals(element);
            rule.isAnyAllowed |= ANY.equals(element);
            if (null != origin)
            {
                rule.origins.add(origin);
            }
            else if (!SAME_HOST.equals(element) && !ANY.equals(element))
            {
                throw new IllegalArgumentException("\"" + element + "\" is no origin, expected " + SAME_HOST + ", " +
                    ANY + ", or a scheme and a host such as https://app.example");
            }
        }
        return rule;
    }

    /**
     * Check the origin of a request.
     *
     * @param request of a client.
     * @param isTls   did it come by TLS? Then a page that was loaded without TLS, and may be forged, is not of the
     *                same host. Without TLS here, there may be a proxy before us that has it: both schemes are.
     * @throws OpeningException if the origin is not allowed.
     */
    public void check(final OpeningRequest request, final boolean isTls) throws OpeningException
    {
        final String text = request.origin();
        if (isAnyAllowed || null == text && isAbsentAllowed)
        {
            return;
        }
        if (null == text)
        {
            throw new OpeningException(FORBIDDEN, "request without Origin");
        }
        // That of a page in a sandbox, or of a file, is "null", which is no origin.
        final WebOrigin origin = WebOrigin.of(text);
        if (null == origin || !origins.contains(origin) && !(isSameHostAllowed && isSameHost(origin, request, isTls)))
        {
            throw new OpeningException(FORBIDDEN,
                "request with Origin " + OpeningException.shown(text) + ", which is not allowed");
        }
    }

    private static boolean isSameHost(final WebOrigin origin, final OpeningRequest request, final boolean isTls)
    {
        final boolean isWeb = "https".equals(origin.scheme()) || "http".equals(origin.scheme()) && !isTls;
        return isWeb && origin.equals(WebOrigin.ofAuthority(origin.scheme(), request.host()));
    }
}
