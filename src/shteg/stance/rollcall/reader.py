"""Read votes in long form: one row for each vote of each country, as in data on the UN General Assembly."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl

from shteg.errors import ModelError, UsageError
from shteg.hints import counted
from shteg.stance.rollcall.matrix import MOST_CELLS, RollCall, code_levels, level_names

MOST_ROWS = 50_000_000
MOST_BYTES = 4_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What the codes of a file mean; those of Voeten's data on the UN General Assembly, if nothing else is said."""

    yea: tuple[float, ...] = (1,)
    abstain: tuple[float, ...] = (2,)
    nay: tuple[float, ...] = (3,)
    missing: tuple[float, ...] = (8, 9)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteColumns:
    """Names of the columns; the one of the session may be left out (None) where vote ids are unique by themselves."""

    session: str | None = "session"
    vote: str = "rcid"
    country: str = "country"
    choice: str = "vote"


def read_votes(
    path: str | Path,
    *,
    columns: VoteColumns | None = None,
    coding: Coding | None = None,
    abstain_as: Literal["level", "missing", "nay"] = "level",
    sessions: Iterable[int | str] | None = None,
) -> RollCall:
    """Read a file of votes in long form.

    Parameters
    ----------
    path : str or Path
        CSV (.csv), tab-separated (.tsv, .tab, .txt) or Parquet (.parquet).
    columns : VoteColumns, optional
        By default session, rcid, country, vote.
    coding : Coding, optional
        By default 1 yes, 2 abstain, 3 no, 8 absent, 9 not a member. An empty cell is an error, not a missing vote.
    abstain_as : {"level", "missing", "nay"}
        An abstention lies between nay and yea, or is no vote, or counts as nay.
    sessions : iterable, optional
        Read these sessions only.

    Returns
    -------
    RollCall
        Actors sorted by name; items in the order of session and vote, named "session/vote" (numbers as numbers).

    Raises
    ------
    UsageError
        A column does not exist, the kind of file is unknown.
    ModelError
        The file cannot be read, holds no votes, an unknown code, an empty cell, or a country twice on one vote; the
        line is named (the header of a text file is line 1; rows of a Parquet file count from 1).

    References
    ----------
    Voeten, Strezhnev and Bailey (2009), United Nations General Assembly Voting Data; Bailey, Strezhnev and Voeten
    (2017), Journal of Conflict Resolution 61(2).
    """
    path, names, codes = Path(path), columns or VoteColumns(), coding or Coding()
    frame, first_line = _read(path)
    wanted = {"vote": names.vote, "country": names.country, "choice": names.choice}
    if names.session is not None:
        wanted = {"session": names.session, **wanted}
    elif sessions is not None:
        raise UsageError("sessions cannot be chosen without their column", "name it in columns", "sessions")
    _check_columns(frame, wanted, path)
    frame = frame.select(
        pl.int_range(first_line, frame.height + first_line).alias("line"),
        *(
            pl.col(column).cast(pl.String, strict=False).str.strip_chars().alias(name)
            for name, column in wanted.items()
        ),
    )
    if sessions is not None:
        chosen = {_plain(str(one)) for one in sessions}
        frame = frame.filter(pl.col("session").map_elements(_plain, return_dtype=pl.String).is_in(sorted(chosen)))
    if frame.height == 0:
        raise ModelError("the file holds no votes", "give one row for each vote of each country", str(path))
    _refuse_empty(frame, wanted, path)
    return _matrix(frame, codes, abstain_as, path)


def _read(path: Path) -> tuple[pl.DataFrame, int]:
    kind = path.suffix.lower()
    if kind not in (".csv", ".tsv", ".tab", ".txt", ".parquet"):
        raise UsageError(f"{path.name} is no kind of file known", "give .csv, .tsv, .tab, .txt or .parquet", str(path))
    if not path.is_file():
        raise ModelError("there is no such file", "check the path", str(path))
    if path.stat().st_size > MOST_BYTES:
        raise ModelError(f"the file is larger than {MOST_BYTES} bytes", "read it session by session", str(path))
    try:
        if kind == ".parquet":
            frame, first_line = pl.read_parquet(path), 1
        else:
            separator = "," if kind == ".csv" else "\t"
            frame, first_line = pl.read_csv(path, separator=separator, infer_schema=False), 2
    except (pl.exceptions.PolarsError, OSError, ValueError, UnicodeDecodeError) as error:
        reason = str(error).strip().splitlines()
        raise ModelError(
            f"the file cannot be read: {reason[0] if reason else type(error).__name__}",
            "save it as UTF-8 text with one header line and the same number of fields in each line, or as Parquet",
            str(path),
        ) from None
    if frame.height > MOST_ROWS:
        raise ModelError(f"{frame.height} rows are too many", f"give at most {MOST_ROWS}", str(path))
    return frame, first_line


def _check_columns(frame: pl.DataFrame, wanted: Mapping[str, str], path: Path) -> None:
    absent = [column for column in wanted.values() if column not in frame.columns]
    if absent:
        raise UsageError(
            f"there is no column {', '.join(map(repr, absent))}",
            f"the file has {', '.join(map(repr, frame.columns[:20]))}; name the right ones with columns=VoteColumns(…)",
            str(path),
        )
    if len(set(wanted.values())) < len(wanted):
        raise UsageError("one column cannot mean two things", "name each column once", "columns")
    nested = [column for column in wanted.values() if frame.schema[column].is_nested()]
    if nested:
        raise ModelError(f"column {nested[0]!r} holds lists, not values", "give plain columns", str(path))


def _refuse_empty(frame: pl.DataFrame, wanted: Mapping[str, str], path: Path) -> None:
    for name, column in wanted.items():
        empty = frame.filter(pl.col(name).is_null() | (pl.col(name) == ""))
        if empty.height:
            raise ModelError(
                f"column {column!r} is empty ({counted(empty.height, 'time')})",
                "leave out the row, or give a code that the coding lists as missing",
                f"{path}:{empty['line'][0]}",
            )


def _matrix(frame: pl.DataFrame, coding: Coding, abstain_as: str, path: Path) -> RollCall:
    meaning = code_levels(
        yea=coding.yea, nay=coding.nay, abstain=coding.abstain, missing=coding.missing, abstain_as=abstain_as
    )
    number = frame["choice"].cast(pl.Float64, strict=False)
    level = np.full(frame.height, -2, dtype=np.int8)
    values = number.to_numpy()
    for code, place in meaning.items():
        level[values == code] = place
    if (level == -2).any():
        row = int(np.flatnonzero(level == -2)[0])
        raise ModelError(
            f"the choice {frame['choice'][row]!r} of {frame['country'][row]!r} is none of "
            f"{', '.join(f'{code:g}' for code in sorted(meaning))}",
            "mend it, or say with coding=Coding(…) what the code means",
            f"{path}:{frame['line'][row]}",
        )
    keys = ["session", "vote"] if "session" in frame.columns else ["vote"]
    again = frame.filter(pl.struct(*keys, "country").is_first_distinct().not_())
    if again.height:
        row_again = again.row(0, named=True)
        raise ModelError(
            f"{row_again['country']!r} votes twice on {'/'.join(row_again[key] for key in keys)!r}",
            "leave one of the two rows, or name the column of the session with columns=VoteColumns(…)",
            f"{path}:{row_again['line']}",
        )
    return _fill(frame, level, keys, coding, abstain_as, path)


def _fill(
    frame: pl.DataFrame, level: np.ndarray[tuple[int], np.dtype[np.int8]], keys: list[str], coding: Coding,
    abstain_as: str, path: Path,
) -> RollCall:  # fmt: skip
    named = frame.select(pl.concat_str([pl.col(key) for key in keys], separator="/").alias("item"), "country", *keys)
    found = named.select("item", *keys).unique("item").rows()
    items = sorted(found, key=lambda row: tuple(_order(part) for part in row[1:]))
    actors = sorted(named["country"].unique())
    if len(items) * len(actors) > MOST_CELLS:
        raise ModelError(
            f"{len(actors)} countries and {len(items)} votes are too many", "read fewer sessions", str(path)
        )
    column = {row[0]: place for place, row in enumerate(items)}
    row_of = {name: place for place, name in enumerate(actors)}
    at_row = named["country"].replace_strict(row_of, return_dtype=pl.Int64).to_numpy()
    at_column = named["item"].replace_strict(column, return_dtype=pl.Int64).to_numpy()
    votes = np.full((len(actors), len(items)), -1, dtype=np.int8)
    votes[at_row, at_column] = level
    return RollCall(
        votes=votes, actors=tuple(actors), items=tuple(row[0] for row in items),
        levels=level_names(coding.abstain, abstain_as),
    )  # fmt: skip


def _order(part: str) -> tuple[int, float, str]:
    """Sort numbers as numbers, before names."""
    plain = re.fullmatch(r"\d{1,15}(\.\d{1,6})?", part)
    return (0, float(part), part) if plain else (1, 0.0, part)


def _plain(part: str) -> str:
    """Write 7, 07 and 7.0 alike."""
    text = part.strip()
    return f"{float(text):g}" if re.fullmatch(r"\d{1,9}(\.0+)?", text) else text
