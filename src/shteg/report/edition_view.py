"""An edition as `report` and `publish` see it: read-only, checked when opened, tables read when asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from shteg.errors import EditionError
from shteg.estimates import Value

if TYPE_CHECKING:
    import polars as pl

REBUILD = "build the edition again with `shteg build`"
JSON_FILES = ("case", "lexicon", "values", "sources", "manifest", "recommendations", "steps", "questions")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EditionView:
    """What one edition holds.

    Attributes
    ----------
    folder : Path
        Where it lies.
    case, manifest, recommendations : dict
        As in `case.json`, `manifest.json`, `recommendations.json`.
    steps : tuple of dict
        The ladder, in order.
    values : mapping of id to Value
        Every figure that a text may quote.
    sources, lexicon : mapping
        `{source id: {title, …}}` and `{"country:ESP": {"en": "Spain", …}}`.
    questions : mapping
        `{question id: {title, wording, note, …}}`, as in `questions.json`.
    texts : mapping
        `texts[language][name]` is the Markdown of one text.
    languages : tuple of str
        The languages of the case, in its order.
    table_names : tuple of str
        Sorted names such as `pathways.forecast`.
    """

    folder: Path
    case: dict[str, Any]
    values: Mapping[str, Value]
    sources: Mapping[str, dict[str, Any]]
    lexicon: Mapping[str, Mapping[str, str]]
    steps: tuple[dict[str, Any], ...]
    questions: Mapping[str, dict[str, Any]]
    recommendations: dict[str, Any]
    manifest: dict[str, Any]
    languages: tuple[str, ...]
    texts: Mapping[str, Mapping[str, str]]
    table_names: tuple[str, ...]
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False)

    @property
    def without_text(self) -> bool:
        """Tell whether it was built without texts on purpose (`shteg build --no-text`)."""
        return _is_without_text(self.manifest)

    def table(self, name: str) -> pl.DataFrame:
        """Read a table, once.

        Parameters
        ----------
        name : str
            `<stage>.<table>`, such as `pathways.forecast`.

        Raises
        ------
        EditionError
            There is no such table, or its file is damaged.
        """
        if name not in self._frames:
            import polars as pl

            if name not in self.table_names:
                near = get_close_matches(name, self.table_names, 1)
                hint = f"did you mean {near[0]}?" if near else "see the folder tables/ of the edition"
                raise EditionError(f"the edition has no table {name}", hint, str(self.folder))
            path = self.folder / "tables" / f"{name}.parquet"
            try:
                self._frames[name] = pl.read_parquet(path, memory_map=False)
            except (OSError, pl.exceptions.PolarsError) as error:
                raise EditionError(f"the table cannot be read: {error}", REBUILD, str(path)) from error
        return self._frames[name]

    def value(self, value_id: str) -> Value:
        """Give a value; raises EditionError with the nearest id if there is none."""
        try:
            return self.values[value_id]
        except KeyError:
            near = get_close_matches(value_id, self.values, 1)
            hint = f"did you mean {near[0]}?" if near else "see values.json of the edition"
            raise EditionError(f"the edition has no value {value_id}", hint, str(self.folder)) from None

    def steps_taken(self) -> dict[str, str]:
        """Give the steps that the aspirant has taken: id to the first date, as the ladder writes it."""
        if "evidence.ladder" not in self.table_names:
            return {}
        own = [row for row in self.table("evidence.ladder").to_dicts() if row["country"] == self.case.get("aspirant")]
        dates: dict[str, list[str]] = {
            str(step["id"]): [str(row["happened_on"]) for row in own if row["event"] in (step.get("events") or ())]
            for step in self.steps
        }
        return {step: min(found) for step, found in dates.items() if found}

    def name_of(self, key: str, language: str) -> str:
        """Look a lexicon id such as `country:ESP` up; raises EditionError if it is missing."""
        try:
            return self.lexicon[key][language]
        except KeyError:
            raise EditionError(
                f"the lexicon has no {key} in language {language}", "name it in the case, in every language", key
            ) from None


def open_edition(folder: Path) -> EditionView:
    """Open an edition and check that it is whole.

    Parameters
    ----------
    folder : Path
        The folder that `shteg build` wrote.

    Raises
    ------
    EditionError
        A file is missing, cannot be read as JSON, or does not hold what it must.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise EditionError("there is no edition in this folder", "run `shteg build` first", str(folder))
    parts = {name: _read_json(folder / f"{name}.json") for name in JSON_FILES}
    case = _must_be(parts["case"], dict, folder / "case.json")
    languages = tuple(case.get("languages") or ())
    if not languages:
        raise EditionError("case.json names no language", REBUILD, str(folder / "case.json"))
    bare = _is_without_text(parts["manifest"])
    steps = parts["steps"]
    steps = steps.get("steps", []) if isinstance(steps, dict) else steps
    return EditionView(
        folder=folder,
        case=case,
        values=MappingProxyType(_read_values(parts["values"], folder / "values.json")),
        sources=MappingProxyType(_must_be(parts["sources"], dict, folder / "sources.json")),
        lexicon=MappingProxyType(_must_be(parts["lexicon"], dict, folder / "lexicon.json")),
        steps=tuple(_must_be(steps, list, folder / "steps.json")),
        questions=MappingProxyType(_must_be(parts["questions"], dict, folder / "questions.json")),
        recommendations=_must_be(parts["recommendations"], dict, folder / "recommendations.json"),
        manifest=_must_be(parts["manifest"], dict, folder / "manifest.json"),
        languages=languages,
        texts=MappingProxyType(
            {language: {} if bare else _read_texts(folder / "text" / language) for language in languages}
        ),
        table_names=tuple(sorted(path.stem for path in (folder / "tables").glob("*.parquet"))),
    )


def _is_without_text(manifest: Any) -> bool:
    options = manifest.get("options") if isinstance(manifest, dict) else None
    return isinstance(options, dict) and str(options.get("text")).lower() == "false"


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EditionError("a file of the edition is missing", REBUILD, str(path)) from None
    except (OSError, ValueError) as error:
        raise EditionError(f"a file of the edition is damaged: {error}", REBUILD, str(path)) from error


def _must_be(found: Any, kind: type, path: Path) -> Any:
    if not isinstance(found, kind):
        raise EditionError(f"the file holds a {type(found).__name__}, not a {kind.__name__}", REBUILD, str(path))
    return found


def _read_values(rows: Any, path: Path) -> dict[str, Value]:
    names = {one.name for one in fields(Value)}
    values: dict[str, Value] = {}
    for row in _must_be(rows, list, path):
        try:
            known = {key: found for key, found in row.items() if key in names}
            value = Value(**(known | {"source_ids": tuple(known["source_ids"])}))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise EditionError(f"a value is damaged: {error}", REBUILD, str(path)) from error
        if value.id in values:
            raise EditionError(f"the value {value.id} stands twice", REBUILD, str(path))
        values[value.id] = value
    return values


def _read_texts(folder: Path) -> Mapping[str, str]:
    try:
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    except (OSError, ValueError) as error:
        raise EditionError(f"a text cannot be read: {error}", REBUILD, str(folder)) from error
