"""Conditions under which what a text says is true: stated under `holds`, checked against every edition.

    blocker.best.entry.2035.4 < 0.5
    low(forecast.short.2035) > high(forecast.long.2035)
    blocker.best.entry.2035.2 names XAB XAC

A headline is a sentence about figures. When the figures move so that it is no longer true, nothing is published.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Literal

from shteg.estimates import Value
from shteg.report.text.tree import VALUE_ID, Condition

OPERATORS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq}
)
NAMED = "members"
"""Detail of a value that lists codes of members, separated by commas: what `names` is compared with."""
FORM = "write ID < NUMBER, low(ID) > high(ID), ID = ID, or ID names CODE CODE; operators are < <= > >= ="
UNTRUE = "the title or a claim rests on it: rewrite them in every language, and state under holds what is true now"
_COMPARISON = re.compile(r"(.+?)\s*(<=|>=|<|>|=)\s*(.+)")
_NAMES = re.compile(rf"({VALUE_ID})\s+names\s+(\S.*)")
_CODE = re.compile(r"[A-Z]{3}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_END = re.compile(rf"(low|high)\(\s*({VALUE_ID})\s*\)")


@dataclass(frozen=True, slots=True)
class Operand:
    """A number, or a value with which of its numbers is meant."""

    written: str
    value_id: str = ""
    end: Literal["number", "low", "high"] = "number"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands and what must hold between them."""

    left: Operand
    sign: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Naming:
    """A value and the members that it must name, neither more nor fewer."""

    value_id: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a condition is not known to hold."""

    problem: str
    hint: str


def parse_condition(text: str) -> Comparison | Naming | Doubt:
    """Read a condition; a doubt says what is wrong with its form."""
    if naming := _NAMES.fullmatch(text):
        codes = naming[2].split()
        odd = [one for one in codes if not _CODE.fullmatch(one)] or [one for one in codes if codes.count(one) > 1]
        if odd:
            return Doubt(f"the condition {text!r}: {odd[0]!r} is no code, or stands twice", FORM)
        return Naming(naming[1], frozenset(codes))
    found = _COMPARISON.fullmatch(text)
    left, right = (_operand(one) for one in (found[1], found[3])) if found else (None, None)
    if found is None or left is None or right is None:
        return Doubt(f"the condition {text!r} is not understood", FORM)
    if not left.value_id and not right.value_id:
        return Doubt(f"the condition {text!r} says nothing of any value", FORM)
    return Comparison(left, found[2], right)


def _operand(text: str) -> Operand | None:
    if _NUMBER.fullmatch(text):
        return Operand(text)
    if end := _END.fullmatch(text):
        return Operand(text, end[2], "low" if end[1] == "low" else "high")
    return Operand(text, text) if "." in text and re.fullmatch(VALUE_ID, text) else None


def doubts(condition: Condition, values: Mapping[str, Value], members: Collection[str]) -> Iterator[Doubt]:
    """Tell why a condition does not hold in an edition; nothing if it does.

    Parameters
    ----------
    condition : Condition
        As written.
    values : mapping
        Those of the edition, by id.
    members : collection of str
        Codes of its members.

    Yields
    ------
    Doubt
        The condition names what the edition lacks, or it is not true.
    """
    match parse_condition(condition.text):
        case Doubt() as doubt:
            yield doubt
        case Naming(value_id, codes):
            unknown = [_unknown("member", one, members) for one in sorted(codes - set(members))]
            missing = [] if value_id in values else [_unknown("value", value_id, values)]
            yield from [*missing, *unknown]
            if not missing and not unknown:
                yield from _misnamed(condition.text, values[value_id], codes)
        case Comparison(left, sign, right):
            asked = [one for one in (left, right) if one.value_id]
            known = [one for one in asked if one.value_id in values]
            yield from (_unknown("value", one.value_id, values) for one in asked if one not in known)
            unfit = [found for one in known if (found := _unfit(one, values[one.value_id]))]
            yield from unfit
            if known == asked and not unfit:
                yield from _untrue(condition.text, (_number(left, values), sign, _number(right, values)), (left, right))


def _unknown(what: str, name: str, known: Collection[str]) -> Doubt:
    near = get_close_matches(name, known, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"this edition has {len(known)} of them"
    return Doubt(f"a condition speaks of a {what} {name!r} that there is not", hint)


def _unfit(operand: Operand, value: Value) -> Doubt | None:
    if isinstance(value.number, str):
        return Doubt(f"the condition compares {value.id}, which is {value.number!r}, no number", FORM)
    if operand.end != "number" and value.low is None:
        return Doubt(f"the condition asks for {operand.written}, but the value has no interval", "compare the value")
    return None


def _number(operand: Operand, values: Mapping[str, Value]) -> float:
    if not operand.value_id:
        return float(operand.written)
    value = values[operand.value_id]
    found = {"number": value.number, "low": value.low, "high": value.high}[operand.end]
    assert isinstance(found, int | float)  # `_unfit` has looked
    return float(found)


def _untrue(text: str, asked: tuple[float, str, float], operands: tuple[Operand, Operand]) -> Iterator[Doubt]:
    left, sign, right = asked
    if sign == "=" and not (left.is_integer() and right.is_integer()):
        problem = f"the condition {text!r} asks whether {left:.6g} equals {right:.6g}: only whole numbers are equal"
        yield Doubt(problem, "compare with < and >: the last digits of other numbers depend on the processor")
    elif not OPERATORS[sign](left, right):
        told = [f"{one.written} is {number:.6g}" for one, number in zip(operands, (left, right), strict=True)]
        told = [one for one, operand in zip(told, operands, strict=True) if operand.value_id]
        yield Doubt(f"the condition {text!r} does not hold: {', '.join(told)}", UNTRUE)


def _misnamed(text: str, value: Value, codes: frozenset[str]) -> Iterator[Doubt]:
    listed = str(value.details.get(NAMED, ""))
    if not listed:
        yield Doubt(f"the condition {text!r}: the value {value.id} names no members", "ask this of a set of members")
        return
    named = frozenset(listed.split(","))
    if named != codes:
        parts = [f"the value names {' '.join(sorted(named))}"]
        parts += [f"without {' '.join(sorted(codes - named))}"] if codes - named else []
        parts += [f"besides {' '.join(sorted(named - codes))}"] if named - codes else []
        yield Doubt(f"the condition {text!r} does not hold: {', '.join(parts)}", UNTRUE)
