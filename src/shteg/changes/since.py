"""What changed since an earlier day, computed while an edition is built, and kept by what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from shteg.changes.sides import case_side, computed_side
from shteg.changes.stage import STAGE, compare_sides
from shteg.edition.build import Options
from shteg.edition.cache import StageCache, content_hash
from shteg.edition.freeze import edition_name
from shteg.edition.stages import Progress, Results
from shteg.errors import UsageError
from shteg.estimates import StageResult
from shteg.evidence.case import Case


def day_compared(case: Case, options: Options) -> date | None:
    """Give the day with which an edition compares itself: that of the options, else that of the case.

    Parameters
    ----------
    case : Case
        As read from its folder.
    options : Options
        Of the build.

    Returns
    -------
    date or None
        None where nothing is asked for, or where the case asks for a day that an edition of an earlier day has not
        passed.

    Raises
    ------
    UsageError
        The option names a day that is not before that of the edition.
    """
    if not options.compared:
        return None
    own = options.as_of or case.header.as_of
    if options.since is not None:
        if options.since >= own:
            raise UsageError(
                f"{options.since} is not before {own}, the day of the edition", "give an earlier day", "--since"
            )
        return options.since
    asked = case.header.changes
    return asked.since if asked is not None and asked.since < own else None


def comparing(
    case: Case, since: date, options: Options, progress: Progress | None = None
) -> Callable[[Case, StageResult, Results], StageResult]:
    """Give what compares an edition with an earlier day, for `build_edition`.

    Parameters
    ----------
    case : Case
        As read from its folder.
    since : date
        The earlier day.
    options : Options
        Of the build.
    progress : callable, optional
        Told `(stage, done, total)`.

    Returns
    -------
    callable
    """
    past = replace(options, as_of=since, since=None, text=False)

    def compare(seen: Case, evidence: StageResult, results: Results) -> StageResult:
        cache = StageCache(options.cache)
        names = [edition_name(seen, options.named(case)), edition_name(case, past.named(case))]
        key = content_hash([STAGE, since.isoformat(), *names])
        kept = cache.load(STAGE, key)
        if kept is None:
            before = case_side(f"{case.header.id}@{since}", case, past, _before(progress))
            after = computed_side(case.header.id, case, seen, evidence, results, options)
            kept = compare_sides(
                before, after, cache=options.cache, threads=options.threads,
                progress=lambda done, total: progress(STAGE, done, total) if progress else None,
            ).result  # fmt: skip
            cache.store(kept, key)
        return kept

    return compare


def _before(progress: Progress | None) -> Progress | None:
    """Tell the stages of the earlier day apart from those of the edition."""
    if progress is None:
        return None
    told = progress
    return lambda stage, done, total: told(f"{stage} before", done, total)
