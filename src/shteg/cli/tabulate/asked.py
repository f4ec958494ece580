"""What `shteg tabulate` is asked for beyond items and groupings: nets, boxes, grids, comparisons, order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shteg.cli.wave.names import Loaded, split_names
from shteg.errors import UsageError
from shteg.hints import list_names, suggest
from shteg.report.language.messages import languages as known_languages
from shteg.survey.code_texts import code_key
from shteg.survey.tables import Grid, Net, Source, TableItem
from shteg.survey.tables.plan import Words

BASES = {"n": "n", "weighted": "n_weighted", "effective": "n_effective", "df": "df"}
"""Base rows by the names they have on the command line."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Options of tables, as typed."""

    nets: Sequence[str]
    boxes: int | None
    grids: Sequence[str]
    same_psus: bool
    bases: Sequence[str]


def grid_items(texts: Sequence[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read `--grid NAME=ITEM,ITEM`: names with their items.

    Raises
    ------
    UsageError
        There is no equals sign, or nothing stands on one side of it.
    """
    found = []
    for text in texts:
        name, mark, items = text.partition("=")
        if not mark or not name.strip():
            raise UsageError(
                f"{text!r} names no grid", "write NAME=ITEM,ITEM, for example Trust=police,courts", "--grid"
            )
        found.append((name.strip(), split_names([items], (), "--grid")))
    return tuple(found)


def quoted(name: str) -> str:
    """Write a name so that an option takes it whole."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def prepare(loaded: Loaded, asked: Asked, percent: str = "column") -> Loaded:
    """Put nets, boxes and shared primary units into what was loaded.

    Parameters
    ----------
    loaded : Loaded
    asked : Asked
    percent : str
        Of what the shares are: a grid has none of its rows.

    Returns
    -------
    Loaded

    Raises
    ------
    UsageError
        A net fits no item; no item is a scale that boxes could be made of.
    """
    known = {item.column: item for item in loaded.items}  # an item of a grid may be among those named by --items too
    items = _with_nets(tuple(known.values()), asked.nets)
    items = _with_boxes(items, asked.boxes)
    sources = _with_same_psus(loaded.sources) if asked.same_psus else loaded.sources
    grids = tuple(Grid(name=name, items=of, title=_everywhere(name)) for name, of in grid_items(asked.grids))
    batteries = () if percent == "row" else _batteries(loaded.grids, grids, [item.column for item in items])
    return replace(loaded, items=items, sources=sources, grids=(*batteries, *grids))


def _batteries(known: Sequence[Grid], asked: Sequence[Grid], items: Collection[str]) -> tuple[Grid, ...]:
    """Give the batteries of the questionnaire: of the items that are tabulated and stand in no grid that was asked for.

    One item alone is no battery.
    """
    taken = {name for grid in asked for name in grid.items}
    names = {grid.name for grid in asked}
    left = [
        replace(grid, items=tuple(name for name in grid.items if name in items and name not in taken))
        for grid in known
        if grid.name not in names
    ]
    return tuple(grid for grid in left if len(grid.items) > 1)


def base_names(texts: Sequence[str]) -> tuple[str, ...]:
    """Read `--bases`: columns of the frame, in the order of print; all of them without it."""
    if not texts:
        return tuple(BASES.values())
    names = split_names(texts, BASES, "--bases")
    wrong = next((name for name in names if name not in BASES), None)
    if wrong is not None:
        raise UsageError(
            f"there is no base {wrong!r}", suggest(wrong, BASES, list_names(BASES, "the bases are")), "--bases"
        )
    return tuple(column for name, column in BASES.items() if name in names)


def _everywhere(text: str) -> Words:
    return dict.fromkeys(known_languages(), text)


def _with_nets(items: Sequence[TableItem], texts: Sequence[str]) -> tuple[TableItem, ...]:
    """Add each net to the item it names, else to every item with one answer, or set, that has all its codes."""
    found = list(items)
    for text in texts:
        left, mark, right = text.partition("=")
        if not mark or not left.strip():
            hint = 'write TITLE=CODE,CODE, for example "Agree=4,5", or ITEM:TITLE=CODE,CODE'
            raise UsageError(f"{text!r} names no net", hint, "--net")
        codes = split_names([right], (), "--net")
        only, title = _of_item(left.strip(), [item.column for item in found])
        fitting = [
            place
            for place, item in enumerate(found)
            if item.form != "number" and (item.column == only if only else _has(item, codes))
        ]
        if not fitting:
            hint = "name codes as they stand in the data, none of them missing"
            raise UsageError(f"no item has all the answers {', '.join(codes)}", hint, "--net")
        for place in fitting:
            item = found[place]
            if any(net.name == title for net in item.nets):
                raise UsageError(f"the net {title!r} stands twice", "give each net a name of its own", "--net")
            net = Net(name=title, codes=tuple(codes), title=_everywhere(title))
            found[place] = replace(item, nets=(*item.nets, net))
    return tuple(found)


def _of_item(text: str, columns: Collection[str]) -> tuple[str, str]:
    """Split ITEM:TITLE where ITEM is an item; else it is all title."""
    item, mark, title = text.partition(":")
    if mark and item.strip() in columns and title.strip():
        return item.strip(), title.strip()
    return "", text


def _has(item: TableItem, codes: Sequence[str]) -> bool:
    known = item.substantive
    if known is None:
        return True
    keys = {code_key(code) for code in known}
    return all(code in known or code_key(code) in keys for code in codes)


def _with_boxes(items: Sequence[TableItem], size: int | None) -> tuple[TableItem, ...]:
    if size is None:
        return tuple(items)
    found = [replace(item, boxes=size) if item.ordered or item.scores else item for item in items]
    if all(item.boxes is None for item in found):
        hint = (
            "say `ordered = true` and `favourable` or `scores` in questionnaire.toml (a data file: --questionnaire), "
            'or name the answers: --net "Top two=4,5"'
        )
        raise UsageError("none of the items is a scale with a known direction", hint, "--boxes")
    return tuple(found)


def _with_same_psus(sources: Sequence[Source]) -> tuple[Source, ...]:
    names = tuple(dict.fromkeys(source.wave or source.id for source in sources))
    if len(names) < 2:
        hint = "give two waves or more, or leave it out"
        raise UsageError("one wave shares its primary units with nobody", hint, "--same-psus")
    return tuple(
        replace(source, same_psus=tuple(name for name in names if name != (source.wave or source.id)))
        for source in sources
    )


def option_values(given: dict[str, Any]) -> Asked:
    """Take the options of tables out of all that were given."""
    return Asked(
        nets=given.pop("nets"),
        boxes=given.pop("boxes"),
        grids=given.pop("grids"),
        same_psus=given.pop("same_psus"),
        bases=given.pop("bases"),
    )
