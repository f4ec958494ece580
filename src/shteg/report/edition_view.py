"""An edition as `report` and `publish` see it: read-only, checked when opened, tables read when asked for."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from shteg.errors import EditionError
from shteg.estimates import Value
from shteg.evidence.steps_taken import first_dates
from shteg.evidence.votes import SOME_SUFFICE, votes_needed
from shteg.languages import Language, as_language, read_language
from shteg.languages.unbroken import unbroken_words
from shteg.report.header_view import AuthorView, FunderView, HeaderView, Localised, ReviewerView
from shteg.report.image_view import ImageView

if TYPE_CHECKING:
    import polars as pl

REBUILD = "build the edition again with `shteg build`"
JSON_FILES = ("case", "lexicon", "values", "sources", "manifest", "recommendations", "steps", "questions", "images")
AT = "#"
"""Key under which a row keeps its place in its table."""
_QUOTED = re.compile(r" value\.([\w.-]+)")

Row = dict[str, Any]
View = TypeVar("View")
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """One step of the ladder (`rung` from 1) or beside it (`rung` 0): who decides on it, and after which steps."""

    id: str
    title: Localised
    rung: int
    rule: str
    events: tuple[str, ...] = ()
    prerequisites: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()

    @property
    def by_votes(self) -> bool:
        """Tell whether some of those who vote are enough, whoever they are."""
        return self.rule in SOME_SUFFICE


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """A source: dates are ISO dates or spans, the grade is reliability and credibility (`B2`)."""

    title: str
    publisher: str
    grade: str
    published_on: str | None = None
    read_on: str | None = None
    address: str | None = None
    language: str | None = None
    title_language: str | None = None
    note: str | None = None

    @property
    def titled_in(self) -> str | None:
        """The language of the title: that of the document unless the case says another."""
        return self.title_language or self.language


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question of the surveys: its wording and the language it was asked in, changes by series, answers in favour.

    `elsewhere` says what other populations were asked.
    """

    wording: Localised | None = None
    asked_in: str | None = None
    note: Localised | None = None
    elsewhere: Localised | None = None
    breaks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    favourable: tuple[str, ...] = ()
    subject: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """An area of recommendations."""

    id: str
    title: Localised
    text: Localised


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureView:
    """A measure: in which area, whom it asks, until when, and how well its effect is known (`label`)."""

    id: str
    area: str
    title: Localised
    text: Localised
    addressee: Localised
    label: str
    rationale: Localised
    source: str
    deadline: str | None = None
    indicators: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestView:
    """What the edition was made from and by, and what it is called; `archived` are earlier editions beside it."""

    edition: str = ""
    as_of: str = ""
    seed: int | str = ""
    shteg: str = ""
    code: str = ""
    inputs: Collection[str] | None = None
    files: Collection[str] | None = None
    left_out: Mapping[str, int] = field(default_factory=dict)
    left_out_imprecise: Mapping[str, int] = field(default_factory=dict)
    options: Mapping[str, object] = field(default_factory=dict)
    name: Mapping[str, object] = field(default_factory=dict)
    archived: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EditionView:
    """What one edition holds.

    Attributes
    ----------
    folder : Path
        Where it lies.
    case, manifest : HeaderView, ManifestView
        What it is about, and what it was made from.
    steps : tuple of StepView
        The ladder and what stands beside it, in the order of the case.
    areas, measures : tuple of AreaView, of MeasureView
        The recommendations, in the order of the case.
    values : mapping of id to Value
        Every figure that a text may quote.
    sources, questions, images : mapping of id to SourceView, to QuestionView, to ImageView
    lexicon : mapping
        `{"country:ESP": {"en": "Spain", "sq": "Spanja"}}`.
    texts : mapping
        `texts[language][name]` is the Markdown of one text.
    table_names : tuple of str
        Sorted names such as `pathways.forecast`.
    contents : mapping
        The JSON files as they are, by name, for what walks over everything that the case says.
    """

    folder: Path
    case: HeaderView
    manifest: ManifestView
    steps: tuple[StepView, ...]
    areas: tuple[AreaView, ...]
    measures: tuple[MeasureView, ...]
    values: Mapping[str, Value]
    sources: Mapping[str, SourceView]
    questions: Mapping[str, QuestionView]
    images: Mapping[str, ImageView]
    lexicon: Mapping[str, Localised]
    texts: Mapping[str, Mapping[str, str]]
    table_names: tuple[str, ...]
    contents: Mapping[str, Any]
    _frames: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False)
    _kinds: dict[str, list[Value]] = field(default_factory=dict, init=False, repr=False)
    _places: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        for place, value in enumerate(self.values.values()):
            self._kinds.setdefault(value.label_key, []).append(value)
            self._places[value.id] = place

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the case, in its order."""
        return self.case.languages

    def language_of(self, code: str) -> Language:
        """Give a language with the messages of the case, if it is one of the edition; else with the package's."""
        return as_language(next((one for one in self.case.languages if one == code), code))

    @property
    def without_text(self) -> bool:
        """Tell whether it was built without texts on purpose (`shteg build --no-text`)."""
        return _is_without_text(self.manifest)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """Give what was made of this edition under a key, or make it: it stands in many places, and nothing changes it.

        Parameters
        ----------
        key : hashable
            Names what is made, and all that it depends on besides the edition.
        make : callable
            Makes it.
        """
        try:
            found: Made = self._made[key]
        except KeyError:
            found = self._made[key] = make()
        return found

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
                raise self._lacks("table", name, self.table_names, "see the folder tables/ of the edition")
            path = self.folder / "tables" / f"{name}.parquet"
            try:
                self._frames[name] = pl.read_parquet(path, memory_map=False)
            except (OSError, pl.exceptions.PolarsError) as error:
                raise EditionError(f"the table cannot be read: {error}", REBUILD, str(path)) from error
        return self._frames[name]

    def rows(self, name: str) -> list[Row]:
        """Give the rows of a table, each with its place under `AT`; none where the edition has no such table."""
        if name not in self.table_names:
            return []
        return [row | {AT: at} for at, row in enumerate(self.table(name).iter_rows(named=True))]

    def value(self, value_id: str) -> Value:
        """Give a value; raises EditionError with the nearest id if there is none."""
        if value_id not in self.values:
            raise self._lacks("value", value_id, self.values, "see values.json of the edition")
        return self.values[value_id]

    def select(self, *kinds: str, **about: str) -> list[Value]:
        """Give the values of some kinds, in the order of the edition.

        Parameters
        ----------
        *kinds : str
            Keys of their messages, such as `value.pathways.forecast`.
        **about : str
            Arguments of the message that they must have, such as `step="step:entry"`, `year="2030"`.

        Returns
        -------
        list of Value
        """
        names = tuple(sorted(about))
        wanted = tuple(about[name] for name in names)
        found = [value for kind in kinds for value in self._told(kind, names).get(wanted, ())]
        if len(kinds) > 1:
            found.sort(key=lambda value: self._places[value.id])
        return found

    def _told(self, kind: str, names: tuple[str, ...]) -> Mapping[tuple[str | None, ...], list[Value]]:
        """Divide the values of a kind by some arguments of their message, once: pages ask for one after the other."""

        def divide() -> dict[tuple[str | None, ...], list[Value]]:
            found: dict[tuple[str | None, ...], list[Value]] = {}
            for value in self._kinds.get(kind, ()):
                found.setdefault(tuple(map(value.label_args.get, names)), []).append(value)
            return found

        return self.once(("told by arguments", kind, names), divide)

    def find(self, *kinds: str, **about: str) -> Value | None:
        """Give the first value that `select` gives; None if there is none."""
        return next(iter(self.select(*kinds, **about)), None)

    def source(self, source_id: str) -> SourceView:
        """Give a source; raises EditionError with the nearest id if there is none."""
        if source_id not in self.sources:
            raise self._lacks("source", source_id, self.sources, "see sources.json of the edition")
        return self.sources[source_id]

    def steps_taken(self) -> dict[str, str]:
        """Give the steps that the aspirant has taken: id to the first date, as the ladder writes it."""
        events = ((row["country"], row["event"], str(row["happened_on"])) for row in self.rows("evidence.ladder"))
        first = first_dates({step.id: step.events for step in self.steps}, events)
        return {step: day for (country, step), day in first.items() if country == self.case.aspirant}

    def steps_ahead(self) -> tuple[StepView, ...]:
        """Give the steps that the aspirant has not taken; all of them once none is left."""
        taken = self.steps_taken()
        return tuple(step for step in self.steps if step.id not in taken) or self.steps

    def votes(self, step: StepView) -> tuple[int, int]:
        """Give how many members must consent to a step where some suffice, and how many there are; else 0, 0."""
        members = len(self.rows("evidence.members"))
        return (votes_needed(step.rule, members), members) if step.by_votes and members else (0, 0)

    def times_quoted(self) -> Counter[str]:
        """Count how often the texts (in the first language) quote each value: what they are about."""
        texts = self.texts[self.languages[0]].values()
        return Counter(found for text in texts for found in _QUOTED.findall(text))

    def name_of(self, key: str, language: str) -> str:
        """Look a lexicon id such as `country:ESP` up; raises EditionError if it is missing."""
        try:
            return self.lexicon[key][language]
        except KeyError:
            raise EditionError(
                f"the lexicon has no {key} in language {language}", "name it in the case, in every language", key
            ) from None

    def _lacks(self, what: str, name: str, known: Collection[str], otherwise: str) -> EditionError:
        near = get_close_matches(name, known, 1)
        hint = f"did you mean {near[0]}?" if near else otherwise
        return EditionError(f"the edition has no {what} {name}", hint, str(self.folder))


def subject(value: Value, name: str) -> str:
    """Give what a value is about, without the kind: `entry` for the argument `step:entry` of its message."""
    return value.label_args.get(name, "").partition(":")[2] or value.label_args.get(name, "")


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
    case, lexicon, values, sources, manifest, plan, steps, questions, images = (
        _read_json(folder / f"{name}.json", list if name in ("values", "steps") else dict) for name in JSON_FILES
    )
    where = folder / "case.json"
    if not case.get("languages"):
        raise EditionError("case.json names no language", REBUILD, str(where))
    people: dict[str, type] = {"authors": AuthorView, "reviewers": ReviewerView, "funders": FunderView}
    views: dict[str, Any] = {
        key: [_view(kind, one, where) for one in case.get(key) or ()] for key, kind in people.items()
    }
    spoken = [read_language(folder / "messages", code) for code in case["languages"]]
    header = _view(HeaderView, case | views | {"languages": spoken}, where)
    made = _view(ManifestView, manifest, folder / "manifest.json")
    planned = folder / "recommendations.json"
    return EditionView(
        folder=folder,
        case=header,
        manifest=made,
        steps=tuple(_view(StepView, one, folder / "steps.json") for one in steps),
        areas=tuple(_view(AreaView, one, planned) for one in plan.get("areas") or ()),
        measures=tuple(_view(MeasureView, one, planned) for one in plan.get("measures") or ()),
        values=MappingProxyType(_read_values(values, folder / "values.json")),
        sources=_views(SourceView, sources, folder / "sources.json"),
        questions=_views(QuestionView, questions, folder / "questions.json"),
        images=_views(ImageView, images, folder / "images.json"),
        lexicon=MappingProxyType({key: unbroken_words(names) for key, names in lexicon.items()}),
        texts=MappingProxyType(
            {one: {} if _is_without_text(made) else _read_texts(folder / "text" / one) for one in header.languages}
        ),
        table_names=tuple(sorted(path.stem for path in (folder / "tables").glob("*.parquet"))),
        contents=MappingProxyType(
            {"case": case, "steps": steps, "recommendations": plan, "questions": questions, "images": images}
        ),
    )


def _is_without_text(manifest: ManifestView) -> bool:
    return str(manifest.options.get("text")).lower() == "false"


def _read_json(path: Path, kind: type) -> Any:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EditionError("a file of the edition is missing", REBUILD, str(path)) from None
    except (OSError, ValueError) as error:
        raise EditionError(f"a file of the edition is damaged: {error}", REBUILD, str(path)) from error
    if not isinstance(found, kind):
        raise EditionError(f"the file holds a {type(found).__name__}, not a {kind.__name__}", REBUILD, str(path))
    return found


def _view(kind: type[View], row: Any, path: Path) -> View:
    """Make a view of what a file holds; keys that it does not know are left out."""
    try:
        known = {one.name: _plain(row[one.name]) for one in fields(kind) if one.name in row}  # type: ignore[arg-type]
        return kind(**known)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise EditionError(
            f"a {kind.__name__.removesuffix('View').lower()} is damaged: {error}", REBUILD, str(path)
        ) from error


def _plain(found: Any) -> Any:
    """Make a list a tuple, and the two ends of a date the date or span that they are."""
    if isinstance(found, list):
        return tuple(found)
    if isinstance(found, dict) and found.keys() == {"first", "last"}:
        return "/".join(dict.fromkeys((str(found["first"]), str(found["last"]))))
    return found


def _views(kind: type[View], rows: Mapping[str, Any], path: Path) -> Mapping[str, View]:
    return MappingProxyType({name: _view(kind, row, path) for name, row in rows.items()})


def _read_values(rows: list[Any], path: Path) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for row in rows:
        value = _view(Value, row, path)
        if value.id in values:
            raise EditionError(f"the value {value.id} stands twice", REBUILD, str(path))
        values[value.id] = value
    return values


def _read_texts(folder: Path) -> Mapping[str, str]:
    try:
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.md"))}
    except (OSError, ValueError) as error:
        raise EditionError(f"a text cannot be read: {error}", REBUILD, str(folder)) from error
