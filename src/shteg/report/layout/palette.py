"""The colours of charts by role, as sentinels that a publisher replaces."""

PALETTE = {
    "ink": "#0a0a01",
    "muted": "#0a0a02",
    "grid": "#0a0a03",
    "paper": "#0a0a04",
    "series-1": "#0a0a11",
    "series-2": "#0a0a12",
    "series-3": "#0a0a13",
    "series-4": "#0a0a14",
    "series-5": "#0a0a15",
    "series-6": "#0a0a16",
    "positive": "#0a0a21",
    "negative": "#0a0a22",
    "neutral": "#0a0a23",
    "observed": "#0a0a31",
    "estimated": "#0a0a32",
    "borrowed": "#0a0a33",
    "assumed": "#0a0a34",
}
"""Sentinel colours: a publisher replaces each by a CSS variable (HTML) or a print colour (PDF). All are distinct."""
