"""What moved the forecast: the change of each step and year, shared out over days, evidence, record and code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shteg.arrays import Floats
from shteg.changes.groups import CODE, GROUPS, RECORD, TIME, Inputs, differing, mixed
from shteg.changes.runs import MODELS, Forecast, Runs
from shteg.changes.shapley import MOST_SETS, share_out
from shteg.changes.sides import FORECASTS, WEIGHTS, Side, same_code
from shteg.edition.build import Options
from shteg.errors import ModelError, ShtegError
from shteg.estimates import Table
from shteg.evaluation.stage import PartWeight
from shteg.evidence.case import Case

Progress = Callable[[int, int], None]
Cell = tuple[str, int]
"""A step and a year."""
AGREES = 1e-9
"""A run that should give what an edition gave may differ by so much: the last bits of additions."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attribution:
    """The change of the forecast of some steps and years, by group.

    Attributes
    ----------
    cells : tuple of (step, year)
    before, after : (model, cell) float
        What both editions say; models as `runs.MODELS`.
    shares : mapping of str to (model, cell) float
        What each group contributes; over the groups they sum to `after - before`.
    std_error : mapping of str to (model, cell) float
        0 where all sets of groups were computed.
    sets : int
        Sets of groups whose forecast was computed.
    exact : bool
    swapped : tuple of str
        Groups of evidence that differ.
    """

    cells: tuple[Cell, ...]
    before: Floats
    after: Floats
    shares: Mapping[str, Floats]
    std_error: Mapping[str, Floats]
    sets: int
    exact: bool
    swapped: tuple[str, ...]


def attribute(
    before: Side, after: Side, *, cache: Path | None = None, threads: int | None = None,
    progress: Progress | None = None, most_sets: int = MOST_SETS,
) -> Attribution:  # fmt: skip
    """Share the change of the forecast out over what changed between two editions.

    Days pass first: the evidence of the earlier edition is computed as of the later day. Then groups of evidence are
    swapped, and with them the weights that the parts of the pool have earned (`RECORD`); the shares are Shapley values
    over these. Where an edition was frozen by other code, what this code makes of its inputs is compared with what it
    printed (`CODE`). All runs have the random numbers of the later edition.

    Parameters
    ----------
    before, after : Side
        The earlier and the later edition; either day may be the later one.
    cache : Path, optional
        Folder in which runs are kept.
    threads : int, optional
        Never changes a number.
    progress : callable, optional
        Told `(done, total)` in sets of groups.
    most_sets : int
        As `share_out` has it.

    Returns
    -------
    Attribution

    Raises
    ------
    ModelError
        It cannot be computed: inputs are not frozen, no step is common to both, or the model refuses a mixture.
    """
    old, new = _inputs(before), _inputs(after)
    cells = _common(before, after)
    swapped = differing(old, new)
    known, told = _Known(before=before, after=after, cells=cells), progress or (lambda done, total: None)
    total = 2 ** len(swapped) if 2 ** len(swapped) <= most_sets else most_sets
    runs = Runs(cache=cache, threads=threads, told=lambda done, all_: None)
    later = max(before.day, after.day)
    asked: dict[frozenset[str], Forecast] = {}

    def run(chosen: frozenset[str]) -> Forecast:
        if chosen not in asked:
            told(len(asked), total)
            case = Options(as_of=later, text=False).filter(mixed(old, new, chosen))
            asked[chosen] = runs.forecast(case)
        return asked[chosen]

    def outcome(chosen: frozenset[str]) -> Floats:
        return known.read(run(chosen - {RECORD}), after if RECORD in chosen else before)

    try:
        players = [*swapped, *((RECORD,) if known.weights_differ() else ())]
        found = share_out(
            players, outcome, after.seed, most_sets=2 * most_sets if len(players) > len(swapped) else most_sets
        )
        start, end = outcome(frozenset()), outcome(frozenset(players))
        first = known.read(runs.forecast(_reseeded(old.seen, after.seed)), before)
        last = known.read(runs.forecast(new.seen), after)
    except ShtegError as error:
        raise ModelError(
            f"a mixture of both editions cannot be computed: {error.problem}", error.hint, "diff"
        ) from error
    told(total, total)
    printed = [known.printed(side) for side in (before, after)]
    none = np.zeros_like(start)
    shares = dict.fromkeys(GROUPS, none) | dict(zip(found.groups, found.shares, strict=True))
    shares[TIME] = (start - first) + (last - end)
    shares[CODE] = (first - printed[0]) + (printed[1] - last)
    if before.seed == after.seed:
        _require_same(before, first, printed[0])
    _require_same(after, last, printed[1])
    if not _other_code(before, after):
        shares[CODE] = none  # the last bits of additions
    if before.day == after.day:
        shares[TIME] = none
    errors = dict.fromkeys(GROUPS, none) | dict(zip(found.groups, found.std_error, strict=True))
    return Attribution(
        cells=cells, before=printed[0], after=printed[1], shares=shares, std_error=errors, sets=len(asked),
        exact=found.exact, swapped=swapped,
    )  # fmt: skip


def _other_code(before: Side, after: Side) -> bool:
    return before.seed != after.seed or not (same_code(before, "pool") and same_code(after, "pool"))


def _inputs(side: Side) -> Inputs:
    if side.inputs is None:
        raise ModelError(
            f"the inputs of {side.name} are not frozen in it",
            "build it again with this shteg",
            "diff",
        )
    return side.inputs


def _reseeded(case: Case, seed: int) -> Case:
    """Give the earlier inputs with the random numbers of the later edition."""
    if case.header.seed == seed:
        return case
    return replace(case, header=case.header.model_copy(update={"seed": seed}))


def _require_same(side: Side, computed: Floats, printed: Floats) -> None:
    """Hold a run to what the edition says, where the same code made both: else nothing here could be believed."""
    if same_code(side, "pool") and not np.allclose(computed, printed, rtol=0.0, atol=AGREES):
        raise ModelError(
            f"the forecast of {side.name} does not come out as it was printed "
            f"(up to {float(np.abs(computed - printed).max()):.2g} apart)",
            "this is a bug in shteg: please report it",
            "diff",
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Known:
    """What both editions say, in the order of the cells."""

    before: Side
    after: Side
    cells: tuple[Cell, ...]

    def read(self, forecast: Forecast, side: Side) -> Floats:
        """Pool a forecast with the weights of an edition; (model, cell)."""
        found = forecast.pooled(weights_table(side))
        return np.array([[found[cell][at] for cell in self.cells] for at in range(len(MODELS))])

    def printed(self, side: Side) -> Floats:
        tables = [_cells_of(side, model) for model in MODELS]
        return np.array([[table[cell] for cell in self.cells] for table in tables])

    def weights_differ(self) -> bool:
        one, other = (_weights(side) for side in (self.before, self.after))
        return one != other


def weights_table(side: Side) -> Table | None:
    """Give the weights of a side as the table that its evaluation made; None where it has learnt none."""
    if side.weights is None:
        return None
    return Table.of_columns("pool_weights", "Weights of the parts of the pool", PartWeight, side.tables[WEIGHTS])


def _weights(side: Side) -> Mapping[tuple[str, str], float]:
    rows: Iterable[Mapping[str, object]] = side.weights.iter_rows(named=True) if side.weights is not None else ()
    return {(str(row["part"]), str(row["model"])): float(str(row["weight"])) for row in rows}


def _cells_of(side: Side, model: str) -> dict[Cell, float]:
    frame = side.tables.get(FORECASTS[model])
    rows = frame.iter_rows(named=True) if frame is not None else ()
    return {(str(row["step"]), int(row["year"])): float(row["probability"]) for row in rows}


def _common(before: Side, after: Side) -> tuple[Cell, ...]:
    """List the steps and years that both editions foretell and report, in the order of the later one."""
    tables = [_cells_of(side, model) for side in (before, after) for model in MODELS]
    years = set(before.years) & set(after.years)
    cells = tuple(cell for cell in tables[2] if cell[1] in years and all(cell in table for table in tables))
    if not cells:
        raise ModelError("no step and year is reported by both", "compare editions that report the same years", "diff")
    return cells
