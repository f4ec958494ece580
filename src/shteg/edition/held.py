"""The results that are there before all stages have run: new ones where they are kept, else those of the last build."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shteg.edition.cache import StageCache
from shteg.edition.stage_table import STAGES
from shteg.edition.stages import Results, stage_keys
from shteg.estimates import StageResult
from shteg.evidence.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Results of every stage; those of `stale` stages were computed from the evidence before."""

    results: Results
    stale: tuple[str, ...]


def held_results(case: Case, cache: StageCache, last: Results | None) -> Held | None:
    """Give what can be shown of a case at once, without computing anything.

    Parameters
    ----------
    case : Case
        Already filtered by date and verification.
    cache : StageCache
        Where results are kept by content.
    last : Results, optional
        Of the last build of this case.

    Returns
    -------
    Held or None
        None where a stage has neither a kept result nor one of the last build.
    """
    keys = stage_keys(case)
    found: dict[str, StageResult] = {}
    of: dict[str, str] = {}
    stale = []
    before: Mapping[str, str] = last.keys if last else {}
    for stage in STAGES:
        name = stage.name
        kept = last[name] if last and before.get(name) == keys[name] else cache.load(name, keys[name])
        if kept is None:
            if last is None:
                return None
            stale.append(name)
            found[name], of[name] = last[name], before[name]
        else:
            found[name], of[name] = kept, keys[name]
    return Held(results=Results(by_stage=found, keys=of), stale=tuple(stale))
