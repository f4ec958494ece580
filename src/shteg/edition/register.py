"""What an edition says would happen, as lines of the ledger: of today, or as of an earlier day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from shteg.edition.build import Options
from shteg.edition.cache import StageCache, content_hash
from shteg.edition.freeze import edition_name
from shteg.edition.stage_table import FORECASTS
from shteg.edition.stages import Progress, run_stages, stage_keys
from shteg.errors import EditionError, UsageError
from shteg.evidence.case import Case
from shteg.ledger.lines import Kind, forecast_lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """One edition to be written down: its name, and the evidence that it rests on."""

    edition: str
    kind: Kind
    case: Case

    def is_written(self, case: Case) -> bool:
        """Tell whether the ledger of a case has it already."""
        return any(line.edition == self.edition for line in case.ledger)


def plan_registration(case: Case, options: Options) -> Registration:
    """Name the edition that `build_edition` makes with these options.

    Parameters
    ----------
    case : Case
        As read from the case folder.
    options : Options
        Of the case's own day: what is made later as of another is reconstructed.

    Returns
    -------
    Registration

    Raises
    ------
    UsageError
        The options name another day.
    """
    if options.as_of is not None and options.as_of != case.header.as_of:
        raise UsageError(
            f"an edition as of {options.as_of} is not today's",
            "leave --as-of out, or use `shteg reconstruct` for earlier days",
            "--as-of",
        )
    return Registration(edition=edition_name(case, options.named(case)), kind="real", case=options.filter(case))


def plan_reconstruction(case: Case, options: Options, day: date, years_ahead: Sequence[int]) -> Registration:
    """Name the edition that could have been made on an earlier day, asked what comes so many years ahead.

    Its name is made of what its forecasts rest on, and of nothing that became known later: the same name means the same
    forecasts.

    Parameters
    ----------
    case : Case
        As read from the case folder.
    options : Options
        Their day and their texts do not matter.
    day : date
        As of which it is made.
    years_ahead : sequence of int
        From 1: by the end of how many years it says what will have come; on 1 January, 1 is the end of that year. Years
        that the case reports are asked as well.

    Returns
    -------
    Registration

    Raises
    ------
    UsageError
        Nothing was known on that day, or it is not an earlier one.
    """
    if day >= case.header.as_of:
        raise UsageError(
            f"{day} is not before {case.header.as_of}, the day of the case",
            "use `shteg register` for the edition of today",
            "--to",
        )
    past = replace(options, as_of=day, text=False)
    seen = past.filter(case)
    asked = sorted({*case.pathways.report_years, *(day.year + ahead - 1 for ahead in years_ahead)})
    last = day.year + seen.pathways.horizon_years
    within = tuple(year for year in asked if day.year <= year <= last)
    seen = replace(seen, pathways=seen.pathways.model_copy(update={"report_years": within}))
    made_of = [case.header.id, *(f"{name}={setting}" for name, setting in sorted(past.named(case).items()))]
    name = content_hash([*made_of, stage_keys(seen)[FORECASTS]])[:12]
    return Registration(edition=name, kind="reconstructed", case=seen)


def lines_of(
    registration: Registration, options: Options, written_on: date, progress: Progress | None = None
) -> list[dict[str, str]]:
    """Compute what an edition says, and give it as lines of the ledger.

    Parameters
    ----------
    registration : Registration
    options : Options
        Where results are kept, and the threads to use.
    written_on : date
        Today.
    progress : callable, optional
        Told `(stage, done, total)`.

    Returns
    -------
    list of dict
        See `shteg.ledger.lines.forecast_lines`.

    Raises
    ------
    EditionError
        It gives no probability of a step ahead.
    """
    cache = StageCache(options.cache)
    results = run_stages(registration.case, cache, until=FORECASTS, threads=options.threads, progress=progress)
    values = [value for stage in results.by_stage.values() for value in stage.values]
    lines = forecast_lines(
        registration.case, values, edition=registration.edition, kind=registration.kind, written_on=written_on
    )
    if not lines:
        raise EditionError(
            f"the edition {registration.edition} gives no dated probability of a step ahead",
            "there is nothing to write down where every step is taken",
            f"stage {FORECASTS}",
        )
    return lines
