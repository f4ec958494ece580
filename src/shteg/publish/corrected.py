"""Notices on pages on which something was printed wrongly."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from shteg.publish.printed import Voice
from shteg.report.history_view import ErratumView, errata, right_style


def page_named(voice: Voice, slug: str) -> str:
    """Name a page in the words that lead to it; its slug where nothing names it."""
    return voice.text_or(f"publish.page.{slug}", slug)


def right_printed(voice: Voice, one: ErratumView) -> Markup:
    """Print what is right: a figure as the value that it is."""
    if one.value is None:
        return escape(voice.own(one.right))
    return voice.value(voice.edition.value(one.value), right_style(voice.edition, one, voice.language))


def notices(voice: Voice, slug: str) -> Sequence[Markup]:
    """Say on a page what an earlier edition of it had wrong, the latest first."""
    found = []
    for one in errata(voice.edition):
        if slug in one.pages:
            wrong, right = escape(voice.own(one.wrong)), right_printed(voice, one)
            told = voice.filled("errata.banner", date=voice.time(one.published_on), wrong=wrong, right=right)
            link = Markup('<a href="errata.html#erratum-{}">{}</a>').format(one.id, voice.t("errata.banner.link"))
            found.append(Markup("{} {}").format(told, link))
    return found
