"""What a browser may do with a page: nothing but show it, with the scripts and styles of the publication itself."""

from __future__ import annotations

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' file:",
        "style-src 'self' file:",
        "img-src 'self' file:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    )
)
"""The Content-Security-Policy of every page.

No script and no style stands in a page, so that one that got in is not run. `file:` stands beside `'self'` because
pages open from a disk, where the origin is opaque and some browsers match 'self' to nothing; on a web server it allows
nothing. `frame-ancestors` has no meaning in a page, only in a header of a server.
"""
