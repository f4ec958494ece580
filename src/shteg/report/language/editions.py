"""What an edition is called in a language: the month of its day, and the name made of its content beside it."""

from __future__ import annotations

from collections.abc import Mapping

from shteg.report.language.locale import format_span
from shteg.report.language.messages import message


def edition_name(spoken: Mapping[str, object], language: str) -> str:
    """Say the name that people use: “November 2026”, “November 2026, no. 2”.

    Parameters
    ----------
    spoken : mapping
        `month`, `number` and `reconstructed`, as the manifest has them under `name`.
    language : str
        Such as "en" or "sq".
    """
    month, number = str(spoken.get("month", "")), str(spoken.get("number", 1))
    kind = "reconstructed" if spoken.get("reconstructed") else "first" if number == "1" else "later"
    told = {"month": format_span(month, language), **({"number": number} if kind == "later" else {})}
    return message(language, f"edition.name.{kind}", told)


def edition_named(spoken: Mapping[str, object], edition: str, language: str) -> str:
    """Say both names: “November 2026 (1a2b3c4d5e6f)”; the second alone of an edition that has no other.

    Parameters
    ----------
    spoken : mapping
        As `edition_name` takes it; empty for an edition of before there were such names.
    edition : str
        The name made of its content.
    language : str
        Such as "en" or "sq".

    Returns
    -------
    str
    """
    if not spoken:
        return edition
    return message(language, "edition.named", {"name": edition_name(spoken, language), "edition": edition})
