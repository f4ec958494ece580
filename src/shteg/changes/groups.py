"""Groups of evidence: which tables of a case belong together when what moved the forecast is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from shteg.edition.inputs import READS
from shteg.evidence.case import Case
from shteg.evidence.part import content_of, part_of

TIME, RECORD, CODE, ASSUMPTIONS, EVENTS = "time", "record", "code", "assumptions", "events"
"""What can move a forecast beside new rows: days that pass, how well the parts have foretold, another program, other
assumptions of the case, and what is under way."""

FIELDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "acts": ("acts", "membership_votes", "items"),
        "governments": ("governments",),
        "covariates": ("covariates", "variables"),
        "ladder": (
            *("members", "countries", "ladder", "seeking"),
            *("comparison_organisations", "comparison_steps", "comparison_events"),
        ),
        "ratifications": ("ratifications",),
        "objections": ("objections", "dyads", "comparison_members"),
        EVENTS: ("chronicle",),
        ASSUMPTIONS: ("steps", "recommendations", "scenarios"),
    }
)
"""Groups whose tables the forecast is computed from, with the fields of `Case`; `EVENTS` also holds what is under way
by `pathways.toml`, `ASSUMPTIONS` the rest of it."""
WITHOUT_PATH: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "requirements": ("requirements", "readings"),
        "surveys": ("published", "designs", "population"),
        "relations": ("programmes", "partnerships"),
    }
)
"""Groups from whose tables no path leads to the forecast."""
GROUPS = (CODE, TIME, *FIELDS, RECORD, *WITHOUT_PATH)
"""All groups, in the order in which they are told."""
UNDER_WAY = ("areas", "shocks")
"""The parts of `pathways.toml` that say what is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a forecast is computed from.

    Attributes
    ----------
    seen : Case
        As of the day, filtered.
    frame : Case
        The same before steps, measures and assumptions were cut to what was there on the day; `seen` where this is not
        known.
    """

    seen: Case
    frame: Case

    @property
    def last_year(self) -> int:
        """The last year that is simulated."""
        return self.frame.header.as_of.year + self.frame.pathways.horizon_years


def differing(before: Inputs, after: Inputs) -> tuple[str, ...]:
    """Name the groups of `FIELDS` that do not hold the same on both sides; words for readers do not count."""
    one, other = _contents(before), _contents(after)
    return tuple(group for group in FIELDS if one[group] != other[group])


def _contents(side: Inputs) -> dict[str, Any]:
    plain = json.loads(content_of(part_of(side.seen, READS)))
    framed = json.loads(content_of(part_of(side.frame, (*FIELDS[ASSUMPTIONS], "pathways"))))
    found = {group: {name: plain.get(name) for name in fields} for group, fields in FIELDS.items()}
    found[EVENTS] |= {name: plain["pathways"].pop(name) for name in UNDER_WAY}
    rest = {name: said for name, said in framed["pathways"].items() if name not in (*UNDER_WAY, "horizon_years")}
    found[ASSUMPTIONS] = {name: framed[name] for name in FIELDS[ASSUMPTIONS]} | {
        "pathways": rest | {"last_year": side.last_year}
    }
    return found


def mixed(before: Inputs, after: Inputs, chosen: frozenset[str]) -> Case:
    """Give a case in which some groups hold what is known after, the others what was known before.

    Parameters
    ----------
    before, after : Inputs
        Both sides.
    chosen : frozenset of str
        The groups of `FIELDS` that are taken from `after`.

    Returns
    -------
    Case
        On the later of the two days; still to be filtered (`Options.filter`), which cuts steps, measures and
        assumptions to the members that the mixture has.
    """
    later = after if after.seen.header.as_of >= before.seen.header.as_of else before
    changes: dict[str, Any] = {}
    for group, names in FIELDS.items():
        side = after if group in chosen else before
        case = side.frame if group == ASSUMPTIONS else side.seen
        changes |= {name: getattr(case, name) for name in names}
    assumed, under_way = (after if group in chosen else before for group in (ASSUMPTIONS, EVENTS))
    moved: dict[str, Any] = {name: getattr(under_way.seen.pathways, name) for name in UNDER_WAY}
    moved["horizon_years"] = assumed.last_year - later.frame.header.as_of.year
    changes["pathways"] = assumed.frame.pathways.model_copy(update=moved)
    changes["sources"] = {**before.frame.sources, **after.frame.sources}
    changes["header"] = later.frame.header.model_copy(update={"seed": after.frame.header.seed})
    for name in WITHOUT_PATH["requirements"]:
        changes[name] = getattr(after.seen, name)
    return replace(later.frame, **changes, texts={}, lines={})
