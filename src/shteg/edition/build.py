"""From a case in memory to a frozen edition on disk."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from shteg.edition.cache import StageCache
from shteg.edition.evidence_tables import evidence_result
from shteg.edition.freeze import freeze_edition
from shteg.edition.naming import spoken_name
from shteg.edition.stages import Progress, Results, run_stages
from shteg.errors import UsageError
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.left_out import count_left_out, list_left_out, list_passed_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a build leaves out of the evidence, and how it works; only the first two can change a number.

    `as_of` None takes the case's own day; `text` False leaves the texts out, which quote the figures of one day;
    `since` is an earlier day with which the edition compares itself, `compared` False leaves that out; `threads` None
    takes every core; `cache` None keeps nothing.
    """

    as_of: date | None = None
    verified_only: bool = False
    text: bool = True
    since: date | None = None
    compared: bool = True
    threads: int | None = None
    cache: Path | None = None

    def filter(self, case: Case) -> Case:
        """Give the evidence these options leave: known on the day, and verified if asked.

        An earlier day keeps the last year of the simulation, so that the report years of the case stay within it.
        """
        day = self.as_of or case.header.as_of
        if self.as_of is not None:
            require_known_day(case, day)
        horizon = case.pathways.horizon_years + case.header.as_of.year - day.year
        seen = case.as_of(day)
        seen = replace(seen, pathways=seen.pathways.model_copy(update={"horizon_years": horizon}))
        if not self.text:
            seen = replace(seen, texts={})
        return seen.verified_only() if self.verified_only else seen

    def named(self, case: Case) -> dict[str, str]:
        """Give the options that can change what is read, as text for keys and the manifest."""
        named = {
            "as_of": (self.as_of or case.header.as_of).isoformat(),
            "verified_only": str(self.verified_only).lower(),
        }
        if not self.compared:
            named["compared"] = "false"
        if self.since is not None:
            named["since"] = self.since.isoformat()
        return named if self.text else {**named, "text": "false"}


def require_known_day(case: Case, day: date) -> None:
    """Refuse a day of which the case knows nothing: after its own day, or before the first member joined.

    Raises
    ------
    UsageError
        With the days that can be given.
    """
    require_not_later(case, day)
    last, first = case.header.as_of, min((member.member_since.last for member in case.members), default=None)
    if first is None or day < first:
        raise UsageError(
            f"nothing is known on {day}: the organisation had no member yet",
            f"give a day from {first}, when the first member had joined, to {last}" if first else "enter its members",
            "--as-of",
        )


def require_not_later(case: Case, day: date) -> None:
    """Refuse a day after that of the case: what happened between the two is not in it, and would count as nothing."""
    last = case.header.as_of
    if day.year >= last.year + case.pathways.horizon_years:
        raise UsageError(f"{day} lies beyond the horizon of the case", "give an earlier day", "--as-of")
    if day > last:
        raise UsageError(
            f"{day} lies after {last}, the day of the case: nothing in it is known later",
            f"give a day up to {last}, or bring the case up to date and move `as_of` in case.toml",
            "--as-of",
        )


Compare = Callable[[Case, StageResult, Results], StageResult | None]
"""What compares an edition with an earlier one before it is frozen: given its filtered case, the tables of its evidence
and the results of its stages."""


def build_edition(
    case: Case,
    folder: Path,
    options: Options,
    progress: Progress | None = None,
    compare: Compare | None = None,
    archived: Sequence[str] = (),
) -> Path:
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
    compare : callable, optional
        Gives what has changed since an earlier edition, to be frozen with the rest; None where nothing is compared.
    archived : sequence of str
        Earlier editions that will stand beside this one.

    Returns
    -------
    Path
        `folder`.
    """
    results = run_stages(options.filter(case), StageCache(options.cache), threads=options.threads, progress=progress)
    return freeze_results(case, folder, options, results, compare, archived)


def freeze_results(
    case: Case,
    folder: Path,
    options: Options,
    results: Results,
    compare: Compare | None = None,
    archived: Sequence[str] = (),
) -> Path:
    """Freeze results that are there already.

    Parameters
    ----------
    case : Case
        As read from the case folder, not yet filtered.
    folder : Path
        Where the edition goes; must not exist.
    options : Options
        As they filtered the case.
    results : Results
        Of every stage.
    compare, archived : optional
        As for `build_edition`.

    Returns
    -------
    Path
        `folder`.
    """
    filtered = options.filter(case)
    told: dict[str, Any] = dict(count_left_out(list_left_out(case, filtered.header.as_of)))
    if passed := list_passed_over(case, filtered.header.as_of):
        told["passed_over"] = [asdict(one) for one in passed]
    told["name"] = spoken_name(filtered, reconstructed=filtered.header.as_of != case.header.as_of)
    told |= {"archived": sorted(archived)} if archived else {}
    evidence = evidence_result(filtered)
    found = compare(filtered, evidence, results) if compare else None
    return freeze_edition(
        filtered, evidence, results, folder, options.named(case), told, () if found is None else (found,)
    )
