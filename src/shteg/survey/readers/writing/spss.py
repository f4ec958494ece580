"""Data as a file of SPSS."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from shteg.errors import DesignError
from shteg.survey.readers.responses import Declared, Responses
from shteg.survey.readers.sets import SIGN
from shteg.survey.readers.system_file import DeclaredSet, with_sets

SPSS_NAME = re.compile(r"[^\W\d_@#$][\w.@#$]{0,63}")
MOST_MISSING = 3
"""Single missing codes that a column of SPSS can declare."""


def write_spss(
    responses: Responses, frame: pl.DataFrame, labels: Mapping[str, str], path: Path
) -> tuple[bytes, tuple[str, ...]]:
    """Give an SPSS file with labels, missing codes, measure levels and sets.

    Parameters
    ----------
    responses : Responses
        What is known of the columns.
    frame : polars.DataFrame
        The answers with the columns that are added.
    labels : mapping of name to text
        Of those.
    path : Path
        Its suffix says whether it is compressed (.zsav).

    Returns
    -------
    content, notes : bytes, tuple of str

    Raises
    ------
    DesignError
        SPSS does not take a name.
    """
    import pyreadstat

    wrong = next((name for name in frame.columns if not SPSS_NAME.fullmatch(name)), None)
    if wrong is not None:
        hint = "SPSS takes up to 64 letters, digits, . and _, beginning with a letter; write .csv or .xlsx instead"
        raise DesignError(f"SPSS does not take the name {wrong!r} of a column", hint, path.name)
    notes: list[str] = []
    coded = {name: frame.schema[name].is_numeric() for name in frame.columns}
    value_labels: dict[str, Any] = {}
    for name, named in responses.value_labels.items():
        found = {as_value(code, number=coded[name]): text for code, text in named.items()}
        value_labels[name] = {code: text for code, text in found.items() if code is not None}
    missing: dict[str, Any] = {}
    for name, codes in responses.missing.items():
        if ranges := responses.declared.get(name, Declared()).ranges:
            missing[name] = [low if low == high else {"lo": low, "hi": high} for low, high in ranges]
            continue
        kept = [one for code in codes if (one := as_value(code, number=coded[name])) is not None]
        if len(kept) > MOST_MISSING:
            notes.append(
                f"{path.name}: {name} declares {len(kept)} codes missing, SPSS holds {MOST_MISSING}; none is declared"
            )
        elif kept:
            missing[name] = kept
    with TemporaryDirectory() as work:
        place = Path(work) / f"written{path.suffix.lower()}"
        pyreadstat.write_sav(
            frame.with_columns(pl.selectors.by_dtype(pl.Int64).cast(pl.Float64)),
            place,
            column_labels={**responses.labels, **labels},
            compress=path.suffix.lower() == ".zsav",
            variable_value_labels=value_labels,
            missing_ranges=missing,
            variable_measure={name: _measure(name, responses, frame) for name in frame.columns},
            variable_format={name: "F8.0" for name in frame.columns if frame.schema[name] == pl.Int64},
        )
        content = place.read_bytes()
    sets = [
        DeclaredSet(
            name=SIGN + name.lstrip(SIGN),
            dichotomy=one.kind == "dichotomy",
            counted=one.counted,
            label=one.label,
            columns=one.columns,
        )
        for name, one in responses.sets.items()
    ]
    return with_sets(content, sets) if sets else content, tuple(notes)


def as_value(code: str, *, number: bool) -> float | str | None:
    """Give a code as a file of numbers or of texts holds it; None where a column of numbers cannot."""
    if not number:
        return code
    try:
        return float(code)
    except ValueError:  # a letter of Stata in a column of numbers
        return None


def _measure(name: str, responses: Responses, frame: pl.DataFrame) -> str:
    if name in responses.declared:
        return responses.declared[name].measure
    labelled = set(responses.value_labels.get(name, ())) - set(responses.missing.get(name, ()))
    return "scale" if frame.schema[name].is_numeric() and not labelled else "nominal"
