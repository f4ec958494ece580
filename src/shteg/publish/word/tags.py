"""Tags by which word processors know a language."""

from __future__ import annotations

from babel.core import Locale, get_global

from shteg.report.language.locale import locale_of


def language_tag(language: str) -> str:
    """Give the tag by which word processors know a language, with its usual region: `de-DE`."""
    return tag_of(locale_of(language))


def tag_of(locale: Locale) -> str:
    """Give the tag of a locale, with its usual region."""
    likely = str(get_global("likely_subtags").get(str(locale), "")).split("_")
    region = locale.territory or (likely[-1] if len(likely) > 1 else "")
    return "-".join(part for part in (locale.language, locale.script, region) if part)
