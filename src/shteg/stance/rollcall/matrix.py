"""A roll-call matrix: who voted how on what, with names, and the filters that are usual before a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from shteg.errors import ModelError, UsageError
from shteg.hints import counted

if TYPE_CHECKING:
    import polars as pl

MOST_CELLS = 400_000_000
"""Actors times votes that a matrix may have: one byte each."""

MOST_LEVELS = 9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RollCall:
    """Votes of actors, as ordered levels.

    Attributes
    ----------
    votes : (actor, item) int8
        0 = nay, highest level = yea, −1 = no vote (absent, not a member, not recorded). With three levels 1 = abstain.
        Read-only.
    actors, items : tuple of str
        Names of rows and columns; each only once.
    levels : tuple of str
        What the levels mean, in order.
    """

    votes: NDArray[np.int8]
    actors: tuple[str, ...]
    items: tuple[str, ...]
    levels: tuple[str, ...] = ("nay", "yea")

    def __post_init__(self) -> None:
        votes = np.array(self.votes, dtype=np.int8, order="C")
        if votes.shape != (len(self.actors), len(self.items)):
            raise ModelError(
                f"votes of shape {votes.shape} do not fit {len(self.actors)} actors and {len(self.items)} items",
                "give one row for each actor and one column for each vote",
                "roll call",
            )
        _check_names(self.actors, "actor")
        _check_names(self.items, "item")
        if not 2 <= len(self.levels) <= MOST_LEVELS:
            raise ModelError(
                f"{counted(len(self.levels), 'level')} cannot be a scale",
                f"give 2 to {MOST_LEVELS} levels",
                "roll call",
            )
        if votes.size and (int(votes.min()) < -1 or int(votes.max()) >= len(self.levels)):
            raise ModelError(
                f"votes run from {votes.min()} to {votes.max()}, levels only from 0 to {len(self.levels) - 1}",
                "give −1 for no vote, 0 for the first level, and so on",
                "roll call",
            )
        votes.setflags(write=False)
        object.__setattr__(self, "votes", votes)

    def __repr__(self) -> str:
        share = float((self.votes >= 0).mean()) if self.votes.size else 0.0
        return (
            f"RollCall({len(self.actors)} actors, {len(self.items)} items, levels {'/'.join(self.levels)}, "
            f"{share:.0%} of the cells observed)"
        )

    def drop_lopsided(self, minority: float = 1) -> RollCall:
        """Leave out items on which nearly all voted alike.

        Parameters
        ----------
        minority : float, >= 0
            Below 1: the least share of the votes that must fall outside the most frequent level; from 1 on: their
            least number. 1 leaves out unanimous votes (and votes nobody cast) only.
        """
        if not np.isfinite(minority) or minority < 0:
            raise UsageError(f"a minority of {minority} means nothing", "give a share below 1 or a number", "minority")
        counts = np.stack([(self.votes == level).sum(axis=0) for level in range(len(self.levels))])
        cast = counts.sum(axis=0)
        least = minority * cast if minority < 1 else np.full(len(self.items), float(minority))
        return self.take(items=np.flatnonzero((cast > 0) & (cast - counts.max(axis=0, initial=0) >= least)))

    def drop_sparse(self, votes: int = 1) -> RollCall:
        """Leave out actors who cast fewer than `votes` votes."""
        if votes < 0:
            raise UsageError(f"{votes} is no number of votes", "give 0 or more", "votes")
        return self.take(actors=np.flatnonzero((self.votes >= 0).sum(axis=1) >= votes))

    def filtered(self, *, minority: float = 1, votes: int = 1) -> RollCall:
        """Apply both filters until neither leaves anything out any more."""
        before, after = None, self
        while before is None or before.votes.shape != after.votes.shape:
            before, after = after, after.drop_lopsided(minority).drop_sparse(votes)
        return after

    def take(self, *, actors: Iterable[int | str] | None = None, items: Iterable[int | str] | None = None) -> RollCall:
        """Give the matrix of some actors or items, by place or by name, in the order asked for."""
        rows, columns = _places(actors, self.actors, "actor"), _places(items, self.items, "item")
        return RollCall(
            votes=self.votes[np.ix_(rows, columns)],
            actors=tuple(self.actors[row] for row in rows),
            items=tuple(self.items[column] for column in columns),
            levels=self.levels,
        )

    def two_levels(self, yea: Sequence[str] | None = None) -> RollCall:
        """Fold the levels into two: those named in `yea` (the highest, if left out) against all others cast."""
        high = tuple(yea) if yea is not None else self.levels[-1:]
        unknown = [name for name in high if name not in self.levels]
        if unknown or not 0 < len(set(high)) < len(self.levels):
            raise UsageError(
                f"{high} is no true part of the levels {self.levels}", "name some of the levels, not all", "yea"
            )
        level = np.array([-1, *(int(name in high) for name in self.levels)], dtype=np.int8)
        low = [name for name in self.levels if name not in high]
        return RollCall(
            votes=level[self.votes.astype(np.int64) + 1],
            actors=self.actors,
            items=self.items,
            levels=("/".join(low), "/".join(high)),
        )


def rollcall(
    votes: ArrayLike,
    *,
    actors: Sequence[str] | None = None,
    items: Sequence[str] | None = None,
    yea: Iterable[float] = (1,),
    nay: Iterable[float] = (0,),
    abstain: Iterable[float] = (),
    missing: Iterable[float] = (-1,),
    abstain_as: str = "level",
) -> RollCall:
    """Make a roll-call matrix of an array of codes.

    Parameters
    ----------
    votes : (actor, item) array
        Codes; a value that is not a number (NaN) is no vote.
    actors, items : sequence of str, optional
        Names; "1", "2", … if left out.
    yea, nay, abstain, missing : codes
        What the codes mean. A code that is in none of them is an error.
    abstain_as : {"level", "missing", "nay"}
        An abstention lies between nay and yea, or is no vote, or counts as nay.

    Returns
    -------
    RollCall

    Raises
    ------
    ModelError
        The array is not two-dimensional, or holds a code that is not listed.
    """
    codes = np.asarray(votes)
    if codes.ndim != 2:
        raise ModelError(f"votes of shape {codes.shape} are no matrix", "give (actor, item)", "roll call")
    if codes.size > MOST_CELLS:
        raise ModelError(f"{codes.size} cells are too many", f"give at most {MOST_CELLS}", "roll call")
    try:
        codes = codes.astype(np.float64)
    except (TypeError, ValueError):
        raise ModelError("votes are not numbers", "give numeric codes and say what they mean", "roll call") from None
    meaning = code_levels(yea=yea, nay=nay, abstain=abstain, missing=missing, abstain_as=abstain_as)
    levels = np.full(codes.shape, -2, dtype=np.int8)
    levels[np.isnan(codes)] = -1
    for code, level in meaning.items():
        levels[codes == code] = level
    if (levels == -2).any():
        row, column = (int(place[0]) for place in np.nonzero(levels == -2))
        raise ModelError(
            f"the code {codes[row, column]:g} is none of {_listed(meaning)}",
            "say with yea, nay, abstain and missing what every code means",
            f"row {row + 1}, column {column + 1}",
        )
    return RollCall(
        votes=levels,
        actors=tuple(actors) if actors is not None else tuple(str(i + 1) for i in range(codes.shape[0])),
        items=tuple(items) if items is not None else tuple(str(i + 1) for i in range(codes.shape[1])),
        levels=level_names(abstain, abstain_as),
    )


def rollcall_from_frame(frame: pl.DataFrame, *, actor: str | None = None, **codes: object) -> RollCall:
    """Make a roll-call matrix of a Polars frame with one row for each actor and one column for each vote.

    Parameters
    ----------
    frame : polars.DataFrame
    actor : str, optional
        The column with the names; the first one, if left out. All others are votes; null is no vote.
    **codes : codes or str
        `yea`, `nay`, `abstain`, `missing` and `abstain_as` as in :func:`rollcall`.

    Returns
    -------
    RollCall

    Raises
    ------
    ModelError
        The frame has no columns, or one that holds no numbers, or a code that is not listed.
    UsageError
        There is no such column.
    """
    if not frame.columns:
        raise ModelError("the frame has no columns", "give one row for each actor", "roll call")
    import polars as pl

    name = actor if actor is not None else frame.columns[0]
    if name not in frame.columns:
        raise UsageError(f"there is no column {name!r}", f"choose one of {', '.join(frame.columns[:12])}", "actor")
    items = [column for column in frame.columns if column != name]
    types = frame.schema
    wrong = [column for column in items if not (types[column].is_numeric() or types[column] == pl.Boolean)]
    empty = [column for column in wrong if frame[column].null_count() == frame.height]
    if len(wrong) > len(empty):
        first = next(column for column in wrong if column not in empty)
        raise ModelError(f"column {first!r} holds no numbers", "give votes as numeric codes", f"column {first}")
    votes = frame.select(pl.col(column).cast(pl.Float64) for column in items).to_numpy()
    names = ["" if value is None else str(value) for value in frame[name]]
    return rollcall(votes.reshape(frame.height, len(items)), actors=names, items=items, **codes)  # type: ignore[arg-type]


def code_levels(
    *,
    yea: Iterable[float],
    nay: Iterable[float],
    abstain: Iterable[float],
    missing: Iterable[float],
    abstain_as: str,
) -> dict[float, int]:
    """Give the level of every code; −1 is no vote.

    Parameters
    ----------
    yea, nay, abstain, missing : iterable of float
        The codes of each; no code twice.
    abstain_as : {"level", "missing", "nay"}

    Returns
    -------
    dict of float to int

    Raises
    ------
    UsageError
        A code has two meanings, or `abstain_as` is unknown.
    """
    if abstain_as not in ("level", "missing", "nay"):
        raise UsageError(f"abstentions cannot count as {abstain_as!r}", "choose level, missing or nay", "abstain_as")
    abstain = tuple(abstain)
    middle = {"level": 1, "missing": -1, "nay": 0}[abstain_as]
    top = 2 if abstain and abstain_as == "level" else 1
    meaning: dict[float, int] = {}
    for codes, level in ((nay, 0), (yea, top), (abstain, middle), (missing, -1)):
        for code in codes:
            if float(code) in meaning:
                raise UsageError(f"the code {code:g} has two meanings", "give every code one meaning", "codes")
            meaning[float(code)] = level
    return meaning


def level_names(abstain: Iterable[float], abstain_as: str) -> tuple[str, ...]:
    """Give the names of the levels."""
    return ("nay", "abstain", "yea") if tuple(abstain) and abstain_as == "level" else ("nay", "yea")


def _listed(meaning: Mapping[float, int]) -> str:
    return ", ".join(f"{code:g}" for code in sorted(meaning))


def _check_names(names: Sequence[str], what: str) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names, 1):
        if not isinstance(name, str) or not name.strip():
            raise ModelError(f"{what} {place} has no name", f"give every {what} a name", "roll call")
        if name in seen:
            raise ModelError(f"the name {name!r} stands twice", f"give every {what} a name of its own", "roll call")
        seen.add(name)


def _places(chosen: Iterable[int | str] | None, names: tuple[str, ...], what: str) -> list[int]:
    if chosen is None:
        return list(range(len(names)))
    index = {name: place for place, name in enumerate(names)}
    places: list[int] = []
    for one in chosen:
        place = index.get(one, -1) if isinstance(one, str) else int(one)
        if not 0 <= place < len(names):
            raise UsageError(f"there is no {what} {one!r}", f"choose among the {len(names)} of the matrix", what)
        places.append(place)
    return places
