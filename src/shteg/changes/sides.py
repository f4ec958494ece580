"""The two sides of a comparison: frozen editions, cases of today, cases as of an earlier day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl

from shteg.changes.frozen import Frozen, open_frozen
from shteg.changes.groups import Inputs
from shteg.edition.build import Options
from shteg.edition.cache import StageCache, value_from_dict
from shteg.edition.evidence_tables import evidence_result
from shteg.edition.freeze import edition_name
from shteg.edition.inputs import INPUTS, unpack_inputs
from shteg.edition.lexicon import build_lexicon
from shteg.edition.naming import spoken_name
from shteg.edition.stages import Progress, Results, run_stages, stage_keys
from shteg.errors import EditionError, UsageError
from shteg.estimates import StageResult, Value
from shteg.evidence.case import Case
from shteg.evidence.find_case import find_case
from shteg.evidence.reading import read_case
from shteg.languages import Language, as_language
from shteg.languages.catalogue import read_given

_VALUE = re.compile(r"(?<=[{ (])value\.([\w.-]*\w)")
_DAY = re.compile(r"(?P<case>.+)@(?P<day>\d{4}-\d{2}-\d{2})")
WEIGHTS = "evaluation.pool_weights"
ASSUMED = "pathways.assumptions"
"""Tables of results that a comparison reads beside those of the evidence: weights, and what is assumed."""
FORECASTS = {"pool": "pool.forecast", "pathways": "pathways.incidence"}
"""The tables of the forecasts whose change is told."""
LIKE_EVIDENCE = "evidence."


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """One side of a comparison.

    Attributes
    ----------
    name : str
        As the user gave it.
    edition : str
        The name of twelve digits.
    case_id, spoken : str, mapping
        Id of the case; what the edition's name in words is made of.
    day : date
    seed : int
    keys : mapping
        Hash by stage: the same hash of a stage means the same code, libraries and inputs.
    values : mapping
    tables : mapping
        Of the evidence, and those of results that are compared.
    inputs : Inputs or None
        What the forecast was computed from; None where the edition does not hold it.
    years : tuple of int
        The years for which the edition reports its forecast; empty where this is not known.
    languages : tuple of Language
        Of the publication, with the messages of its case.
    lexicon : mapping
        Names of things by id, in each language.
    quoted : frozenset of str
        Ids of the values that its texts quote.
    frozen : bool
        It was read from disk, and computed by whatever code there was then.
    """

    name: str
    edition: str
    case_id: str
    spoken: Mapping[str, object]
    day: date
    seed: int
    keys: Mapping[str, str]
    values: Mapping[str, Value]
    tables: Mapping[str, pl.DataFrame]
    inputs: Inputs | None
    years: tuple[int, ...]
    languages: tuple[Language, ...]
    lexicon: Mapping[str, Mapping[str, str]]
    quoted: frozenset[str]
    frozen: bool

    @property
    def weights(self) -> pl.DataFrame | None:
        """The weights of the parts of the pool, where it has learnt some."""
        return self.tables.get(WEIGHTS)

    @property
    def reconstructed(self) -> bool:
        """Whether it was made later as of its day."""
        return bool(self.spoken.get("reconstructed"))


def open_side(given: str, options: Options, progress: Progress | None = None) -> Side:
    """Open what a user names: an edition (folder, site or zip), a case, or a case as of a day (`CASE@DAY`).

    Parameters
    ----------
    given : str
    options : Options
        For cases: verification, cache and threads; the day comes from `given`.
    progress : callable, optional
        Told `(stage, done, total)` while a case is computed.

    Returns
    -------
    Side

    Raises
    ------
    UsageError
        Nothing of the kind is there, or the day is none on which something was known.
    EditionError
        The edition is damaged.
    CaseError
        The case has problems.
    """
    place = Path(given)
    frozen = open_frozen(place) if place.exists() else None
    if frozen is not None:
        return frozen_side(given, frozen)
    if place.is_file():
        raise UsageError(f"{given} is neither an edition nor a case", "give a folder, or the zip of an edition", "diff")
    found = _DAY.fullmatch(given)
    if found and not place.exists():
        try:
            day = date.fromisoformat(found["day"])
        except ValueError as error:
            raise UsageError(f"{found['day']} is no day", "write it as 2022-01-31", given) from error
        return case_side(given, read_case(find_case(found["case"])), replace(options, as_of=day), progress)
    return case_side(given, read_case(find_case(given)), replace(options, as_of=None), progress)


def frozen_side(given: str, frozen: Frozen) -> Side:
    """Read one side from a frozen edition."""
    manifest = frozen.manifest
    wanted = (WEIGHTS, ASSUMED, *FORECASTS.values())
    read = {name: frozen.table(name) for name in frozen.tables() if name.startswith(LIKE_EVIDENCE) or name in wanted}
    values = [value_from_dict(one) for one in frozen.json("values.json")]
    inputs = None
    if INPUTS in frozen.names:
        seen = unpack_inputs(frozen.raw(INPUTS), f"{frozen.name}/{INPUTS}")
        inputs = Inputs(seen=seen, frame=seen)
    return Side(
        name=given,
        edition=str(manifest["edition"]),
        case_id=str(manifest["case"]),
        spoken=manifest.get("name") or {"month": str(manifest["as_of"])[:7], "number": 1, "reconstructed": False},
        day=date.fromisoformat(str(manifest["as_of"])),
        seed=int(manifest.get("seed", 0)),
        keys=dict(manifest.get("stages", {})),
        values={one.id: one for one in values},
        tables={name: frame for name, frame in read.items() if frame is not None},
        inputs=inputs,
        years=inputs.seen.pathways.report_years if inputs else (),
        languages=tuple(_language(frozen, code) for code in frozen.json("case.json")["languages"]),
        lexicon=frozen.json("lexicon.json"),
        quoted=_quoted(frozen.raw(name).decode() for name in sorted(frozen.names) if name.startswith("text/")),
        frozen=True,
    )


def case_side(given: str, case: Case, options: Options, progress: Progress | None = None) -> Side:
    """Compute one side from a case.

    Parameters
    ----------
    given : str
        What it is called.
    case : Case
        As read from its folder.
    options : Options
        With the day, if it is an earlier one.
    progress : callable, optional
        Told `(stage, done, total)`.

    Returns
    -------
    Side
    """
    seen = replace(options, text=False).filter(case)
    results = run_stages(seen, StageCache(options.cache), threads=options.threads, progress=progress)
    return computed_side(given, case, seen, evidence_result(seen), results, options)


def computed_side(
    given: str, case: Case, seen: Case, evidence: StageResult, results: Results, options: Options
) -> Side:
    """Give a side whose results are in memory.

    Parameters
    ----------
    given : str
        What it is called.
    case : Case
        As read from its folder.
    seen : Case
        The same, filtered.
    evidence : StageResult
        Its evidence as tables.
    results : Results
        Of its stages.
    options : Options
        That filtered it.

    Returns
    -------
    Side
    """
    tables = {f"{LIKE_EVIDENCE}{name}": table.frame for name, table in evidence.tables.items()}
    for name in (WEIGHTS, ASSUMED, *FORECASTS.values()):
        stage, _, table = name.partition(".")
        if table in results[stage].tables:
            tables[name] = results[stage].tables[table].frame
    values = [*evidence.values, *(value for stage in results.by_stage.values() for value in stage.values)]
    return Side(
        name=given,
        edition=edition_name(case, options.named(case)),
        case_id=case.header.id,
        spoken=spoken_name(seen, reconstructed=seen.header.as_of != case.header.as_of),
        day=seen.header.as_of,
        seed=case.header.seed,
        keys=results.keys,
        values={one.id: one for one in values},
        tables=tables,
        inputs=Inputs(seen=seen, frame=case.verified_only() if options.verified_only else case),
        years=seen.pathways.report_years,
        languages=tuple(map(as_language, case.header.languages)),
        lexicon=build_lexicon(case),
        quoted=_quoted(text for texts in case.texts.values() for text in texts.values()),
        frozen=False,
    )


def _language(frozen: Frozen, code: str) -> Language:
    name = f"messages/{code}.json"
    return Language(code, read_given(frozen.json(name))) if name in frozen.names else Language(code)


def _quoted(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(found for text in texts for found in _VALUE.findall(text))


def same_code(side: Side, stage: str) -> bool:
    """Tell whether the code of today, given the frozen inputs, would name its result as the edition does."""
    if not side.frozen:
        return True
    return side.inputs is not None and stage_keys(side.inputs.seen).get(stage) == side.keys.get(stage)


def require_one_case(before: Side, after: Side) -> None:
    """Refuse to compare editions of different cases.

    Raises
    ------
    EditionError
    """
    if before.case_id != after.case_id:
        raise EditionError(
            f"{before.name} is of the case {before.case_id}, {after.name} of {after.case_id}",
            "compare editions of one case",
            "diff",
        )
