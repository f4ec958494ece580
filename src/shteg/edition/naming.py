"""What an edition is called when people speak of it: the month of its day, and which of that month it is."""

from __future__ import annotations

from typing import Any

from shteg.evidence.case import Case


def spoken_name(case: Case, *, reconstructed: bool = False) -> dict[str, Any]:
    """Give what the words of an edition's name are made of.

    Parameters
    ----------
    case : Case
        As of the edition's day.
    reconstructed : bool
        It was made later, as of an earlier day than that of the case.

    Returns
    -------
    dict
        `month` as `2026-11`; `number` of the edition among those of the month, from 1: editions of the same month that
        `editions.toml` has with an earlier or the same day come before; `reconstructed`.
    """
    day = case.header.as_of
    before = [one for one in case.earlier.values() if (one.day.year, one.day.month) == (day.year, day.month)]
    number = 1 if reconstructed else 1 + sum(one.day <= day for one in before)
    return {"month": f"{day:%Y-%m}", "number": number, "reconstructed": reconstructed}
