"""The process that builds the editions of the studio: the first one, and another after every change of the case."""

from __future__ import annotations

import json
import tempfile
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from shteg.edition import Options
from shteg.edition.build import freeze_results
from shteg.edition.cache import StageCache
from shteg.edition.case_problems import evidence_problems, problems_of, wave_problems
from shteg.edition.held import held_results
from shteg.edition.stages import Results, run_stages
from shteg.errors import CaseError, Problem, ShtegError
from shteg.evidence import Case, inspect_case, read_case
from shteg.languages import Given, as_language
from shteg.report import check_texts, check_written_texts, open_edition
from shteg.report.renewed import forget_languages
from shteg.web.child import Requests

MODULE = "shteg.web.builder"
AGAIN = 2.0
"""Seconds after which figures that are computed meanwhile are shown before the rest is there."""


class SupersededError(Exception):
    """The case has changed again: nobody waits for this build any more."""


def main(setting: str) -> None:
    """Build an edition at every request, until the server is gone."""
    told = json.loads(setting)
    tempfile.tempdir = told["work"]  # goes with the studio, also what a killed process leaves there
    requests = Requests()
    builder = Builder(
        folder=Path(told["case"]),
        work=Path(told["work"]),
        options=options_of(told),
        requests=requests,
    )
    for asked in requests:
        builder.build(int(asked["number"]))


def options_of(told: dict[str, Any]) -> Options:
    """Read the options of a build as `setting_of` writes them."""
    return Options(
        as_of=date.fromisoformat(told["as_of"]) if told["as_of"] else None,
        verified_only=told["verified_only"],
        text=told["text"],
        threads=told["threads"],
        cache=Path(told["cache"]),
    )


def setting_of(case: Path, work: Path, options: Options, cache: Path) -> dict[str, Any]:
    """Write what a process beside the server is told at its start.

    Parameters
    ----------
    case, work : Path
        The case, and the folder for what is made of it.
    options : Options
        Of the build.
    cache : Path
        Where results are kept.

    Returns
    -------
    dict
        To be written as JSON.
    """
    return {
        "case": str(case),
        "work": str(work),
        "as_of": options.as_of.isoformat() if options.as_of else "",
        "verified_only": options.verified_only,
        "text": options.text,
        "threads": options.threads,
        "cache": str(cache),
    }


class Builder:
    """Builds one case again and again.

    Parameters
    ----------
    folder, work : Path
        The case, and where editions go.
    options : Options
        With a cache.
    requests : Requests
        What is asked, and where it is answered.
    """

    def __init__(self, folder: Path, work: Path, options: Options, requests: Requests) -> None:
        assert options.cache is not None
        self._folder, self._work, self._options, self._requests = folder, work, options, requests
        self._cache, self._languages = StageCache(options.cache), options.cache / "languages"
        self._last: Results | None = None
        self._numbers = count(1)
        self._waves: dict[str, tuple[Problem, ...]] = {}
        self._shown_at = 0.0
        self._spoken: list[Given] = []

    def build(self, number: int) -> None:
        """Build an edition and say all that is found on the way; an error of the case is said as its problems."""

        def say(kind: str, **more: Any) -> None:
            self._requests.say(kind=kind, number=number, **more)

        try:
            self._build(say)
        except SupersededError:
            say("superseded")
        except CaseError as error:
            say("problems", problems=self._all_problems(error), whole=False)
        except ShtegError as error:
            say("problems", problems=_plain(problems_of(error, self._folder)), whole=False)
        except OSError as error:  # a file went while it was read: the next look finds the change
            say("failed", problem=str(error), details=traceback.format_exc())
        except Exception as error:  # noqa: BLE001 - a bug must not end the studio, and is shown as one
            say("failed", problem=f"{type(error).__name__}: {error}", details=traceback.format_exc())

    def _all_problems(self, error: CaseError) -> list[dict[str, Any]]:
        """Look further than the first error, as `shteg check` does."""
        inspection = inspect_case(self._folder)
        problems = {*evidence_problems(inspection, self._folder), *error.problems}
        if self._options.text:
            problems |= set(check_written_texts(inspection.texts, inspection.languages, not_yet=inspection.not_yet))
        return _plain(sorted(problems))

    def _build(self, say: Any) -> None:
        say("progress", stage="evidence", done=0, total=1)
        case = read_case(self._folder)
        say("read")
        spoken = [as_language(language).given for language in case.header.languages]
        if spoken != self._spoken:
            forget_languages()
            self._spoken = spoken
        seen = self._options.filter(case)
        held = held_results(seen, self._cache, self._last)
        if held is not None and held.stale:
            self._show_held(say, case, held.results, held.stale)
        whole = held is not None and not held.stale
        results = held.results if held is not None and whole else self._compute(say, case, seen)
        folder = self._freeze(case, results)
        self._last = results
        say("edition", folder=str(folder), stale=[], edition=_name(folder))
        problems = {*check_texts(open_edition(folder), self._languages)} if self._options.text else set()
        say("problems", problems=_plain(sorted({*problems, *self._wave_problems(case)})), whole=True)

    def _compute(self, say: Any, case: Case, seen: Case) -> Results:
        self._shown_at = time.monotonic()

        def progress(stage: str, done: int, total: int) -> None:
            if self._requests.newer:
                raise SupersededError
            say("progress", stage=stage, done=done, total=total)
            if done == total and time.monotonic() - self._shown_at > AGAIN:
                self._show_on_the_way(say, case, seen)

        return run_stages(seen, self._cache, threads=self._options.threads, progress=progress)

    def _show_on_the_way(self, say: Any, case: Case, seen: Case) -> None:
        """Show what has been computed so far beside what is still of the evidence before."""
        held = held_results(seen, self._cache, self._last)
        if held is not None and held.stale:
            self._show_held(say, case, held.results, held.stale)
            self._shown_at = time.monotonic()

    def _show_held(self, say: Any, case: Case, results: Results, stale: Sequence[str]) -> None:
        try:
            folder = self._freeze(case, results)
            open_edition(folder)
        except ShtegError:  # figures of the evidence before do not fit the new one: they are waited for
            return
        say("edition", folder=str(folder), stale=list(stale), edition=_name(folder))

    def _freeze(self, case: Case, results: Results) -> Path:
        return freeze_results(case, self._work / f"edition-{next(self._numbers)}", self._options, results)

    def _wave_problems(self, case: Case) -> set[Problem]:
        """Check the data of the waves, once for each state of their files."""
        found: set[Problem] = set()
        subgroups = frozenset(case.labels.get("subgroup", ()))
        for wave in case.waves:
            own = {name: sha for name, sha in case.files.items() if name.startswith(f"surveys/{wave.id}/")}
            key = repr((sorted(own.items()), sorted(subgroups)))
            if key not in self._waves:
                self._waves[key] = tuple(wave_problems([wave], self._folder, subgroups))
            found |= set(self._waves[key])
        return found


def _name(folder: Path) -> str:
    return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["edition"])


def _plain(problems: Sequence[Problem]) -> list[dict[str, Any]]:
    return [asdict(one) for one in problems]
