"""What `shteg tabulate` is asked for, and what it finds: names as typed, options of data files, sources and items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shteg.evidence.records.surveys import Questionnaire
from shteg.survey.tables import Grouping, QualityRules, Source, TableItem

MINIMUM_BASE = 20
"""Of a data file without a case; cases have their own (`minimum_base`)."""

Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Request:
    """Names of items, numbers and grouping variables, as typed."""

    items: Sequence[str]
    means: Sequence[str]
    by: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """Options that say what a data file does not."""

    stratum: str | None
    psu: str | None
    weights: tuple[str, ...]
    nest: bool
    lonely_psu: str
    questionnaire: Path | None
    encoding: str | None
    language: str | None
    minimum_base: int | None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Everything that `tabulate` and the writers need; `about` are keys of the notes with their texts by language."""

    sources: tuple[Source, ...]
    items: tuple[TableItem, ...]
    groupings: tuple[Grouping, ...]
    rules: QualityRules
    minimum_base: int
    languages: tuple[str, ...]
    about: tuple[tuple[str, Words], ...] = ()
    file: str = ""
    weights: tuple[str, ...] = ()


def questionnaire_items(questionnaire: Questionnaire) -> list[TableItem]:
    """Turn the questions of a wave into items of tables."""
    return [
        TableItem(
            column=name,
            title=item.title.root,
            wording=item.wording.root,
            form="multiple" if item.multiple else "single",
            options={code: label.root for code, label in item.options.items()},
            missing=item.missing,
            ordered=item.ordered,
            scores=item.scores,
            favourable=item.favourable,
        )
        for name, item in questionnaire.items.items()
    ]


def number_items(names: Sequence[str], missing: Mapping[str, tuple[str, ...]]) -> list[TableItem]:
    """Items whose mean is asked for; `missing` are the codes that a questionnaire declares missing."""
    return [TableItem(column=name, title={}, form="number", missing=missing.get(name, ())) for name in names]
