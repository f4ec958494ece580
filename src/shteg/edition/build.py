"""From a case in memory to a frozen edition on disk."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from shteg.edition.cache import StageCache
from shteg.edition.evidence_tables import evidence_result
from shteg.edition.freeze import freeze_edition
from shteg.edition.stages import Progress, run_stages
from shteg.errors import UsageError
from shteg.evidence.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a build leaves out of the evidence, and how it works; only the first two can change a number.

    `as_of` None takes the case's own day; `threads` None takes every core; `cache` None keeps nothing.
    """

    as_of: date | None = None
    verified_only: bool = False
    threads: int | None = None
    cache: Path | None = None

    def filter(self, case: Case) -> Case:
        """Give the evidence these options leave: known on the day, and verified if asked.

        An earlier day keeps the last year of the simulation, so that the report years of the case stay within it.
        """
        day = self.as_of or case.header.as_of
        horizon = case.pathways.horizon_years + case.header.as_of.year - day.year
        if horizon < 1:
            raise UsageError(f"{day} lies beyond the horizon of the case", "give an earlier day", "--as-of")
        pathways = case.pathways.model_copy(update={"horizon_years": horizon})
        case = replace(case.as_of(day), pathways=pathways)
        return case.verified_only() if self.verified_only else case

    def named(self, case: Case) -> dict[str, str]:
        """Give the options that can change a number, as text for keys and the manifest."""
        return {
            "as_of": (self.as_of or case.header.as_of).isoformat(),
            "verified_only": str(self.verified_only).lower(),
        }


def build_edition(case: Case, folder: Path, options: Options, progress: Progress | None = None) -> Path:
    """Compute every stage and freeze the results.

    Parameters
    ----------
    case : Case
        As read from the case folder, not yet filtered.
    folder : Path
        Where the edition goes; must not exist.
    options : Options
        See there.
    progress : callable, optional
        Told `(stage, done, total)`.

    Returns
    -------
    Path
        `folder`.
    """
    named = options.named(case)
    filtered = options.filter(case)
    results = run_stages(filtered, StageCache(options.cache), options=named, threads=options.threads, progress=progress)
    return freeze_edition(filtered, evidence_result(filtered), results, folder, named)
