"""The worlds of the forecast: so many in each draw that simulation leaves little in any figure, and not more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from shteg.chunks import Executor, Progress, share_progress
from shteg.pathways.engine.simulation import run_model
from shteg.pathways.forecast.precision import FIRST_WORLDS, next_worlds, worlds_wanted
from shteg.pathways.forecast.tables import Summary, summarise
from shteg.pathways.model.arrays import Tally
from shteg.pathways.model.model import Model, resize


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Simulated:
    """What was simulated: the model with the draws and worlds that were, their counts, and what these say.

    `whole` is False where an interrupt ended it before there were enough.
    """

    model: Model
    tally: Tally
    summary: Summary
    whole: bool


def simulate_enough(
    model: Model,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
    on_interrupt: Literal["raise", "keep"] = "raise",
) -> Simulated:
    """Simulate a model in rounds until its figures are exact enough, at most the worlds that its case allows.

    Parameters
    ----------
    model : Model
    threads : int, optional
        As many as there are cores if left out.
    progress : callable, optional
        Called with (parts done, parts in all).
    executor : Executor, optional
        Where chunks of draws run instead of threads of this process.
    on_interrupt : "raise" or "keep"
        What a keyboard interrupt does: "keep" ends with the draws of the first round done so far, or with all draws
        of the rounds that are done.

    Returns
    -------
    Simulated
        The same whatever `threads` and `executor`.

    See Also
    --------
    shteg.pathways.forecast.precision.worlds_wanted : The rule.
    """
    found: Simulated | None = None
    try:
        for found in _rounds(model, threads, progress, executor, on_interrupt):
            if not found.whole:
                return found
        if progress:
            progress(1, 1)
    except KeyboardInterrupt:
        if on_interrupt == "raise" or found is None:
            raise
        return replace(found, whole=False)
    if found is None:
        raise AssertionError("checks have told that there are no worlds")
    return found


def _rounds(
    model: Model,
    threads: int | None,
    progress: Progress | None,
    executor: Executor | None,
    on_interrupt: Literal["raise", "keep"],
) -> Iterator[Simulated]:
    """Give what is simulated after each round; the last is enough, or not whole."""
    had, bars = model.case.pathways, share_progress(progress, (250, 700, 50))
    found: Simulated | None = None
    worlds, wanted, turn = 0, min(FIRST_WORLDS, had.worlds_per_draw), 0
    while wanted > worlds:
        sized, bar = resize(model, model.scenarios, had.draws, wanted), bars[min(turn, len(bars) - 1)]
        more = run_model(
            sized, threads=threads, progress=bar, executor=executor, on_interrupt=on_interrupt, first=worlds
        )
        draws = len(more.reached)
        if found is not None and draws < had.draws:
            yield replace(found, whole=False)
            return
        tally = more if found is None else Tally(*(a + b for a, b in zip(found.tally, more, strict=True)))
        sized = resize(sized, model.scenarios, draws, wanted)
        found = Simulated(model=sized, tally=tally, summary=summarise(sized, tally), whole=draws == had.draws)
        yield found
        worlds, turn = wanted, turn + 1
        wanted = next_worlds(worlds_wanted(found.summary.unconditional(), worlds), worlds, had.worlds_per_draw)
