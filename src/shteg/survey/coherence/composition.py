"""How many of each group were asked: do the printed groups add up, and do printed counts fit their percentages?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from shteg.evidence.records.surveys import PublishedDesign
from shteg.survey.coherence.findings import Finding, Outcome
from shteg.survey.coherence.polls import Published

NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*(%?)")
SHARE_OF = re.compile(r"([^;=]+?)\s+(\d+)\s*=\s*(\d+(?:\.\d+)?)\s*%")
EDGE = 1e-9  # percentages and counts as printed


@dataclass(frozen=True, slots=True)
class Group:
    """One printed group: its number (None for a rest without one), whether in per cent, its decimals, its parts."""

    name: str
    number: float | None
    percent: bool
    decimals: int
    parts: tuple[Group, ...]


def _parse_groups(text: str) -> tuple[Group, ...]:
    """Read “933 lake, 133 other (45 hill, 88 coast)” or “lake 86.9 %, others 6.1 % (coast 1.4 %, rest)”.

    A text in which no part holds a number gives no groups.
    """
    groups = []
    for piece in _split(text):
        outside, _, inside = piece.partition("(")
        found = NUMBER.search(outside)
        name = " ".join((outside[: found.start()] + outside[found.end() :] if found else outside).split())
        digits = found[1].replace(",", ".") if found else ""
        groups.append(
            Group(
                name=name,
                number=float(digits) if digits else None,
                percent=bool(found and found[2]),
                decimals=len(digits.partition(".")[2]),
                parts=_parse_groups(inside.rpartition(")")[0]) if inside else (),
            )
        )
    return tuple(groups) if any(group.number is not None for group in groups) else ()


def _split(text: str) -> list[str]:
    pieces, depth, last = [], 0, 0
    for place, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and depth == 0 and not text[place + 1 : place + 2].isdigit():
            pieces.append(text[last:place])
            last = place + 1
    return [piece.strip() for piece in (*pieces, text[last:]) if piece.strip()]


def check_compositions(published: Published) -> Iterator[Finding]:
    """Do groups add up to the sample, and named parts to their group? Do printed counts fit printed percentages?"""
    for design in published.designs:
        groups = _parse_groups(design.ethnic_composition or "")
        if sum(group.number is not None for group in groups) < 2:
            groups = ()  # a sentence that holds a number, not a list of groups
        if groups and all(group.percent for group in groups):
            yield _sum(design, "", groups, 100.0, True)
        elif groups and design.sample_size and not any(group.percent for group in groups):
            yield _sum(design, "", groups, float(design.sample_size), False)
        for group in groups:
            if group.parts and group.number is not None:
                yield _sum(design, group.name, group.parts, group.number, group.percent)
        for name, count, percent in SHARE_OF.findall(design.printed_shares or ""):
            if design.sample_size:
                yield _share(design, name.strip(), int(count), percent)


def _sum(design: PublishedDesign, name: str, groups: tuple[Group, ...], whole: float, percent: bool) -> Finding:
    """Compare groups with their whole; a part without a number is a rest, which may be anything that is left."""
    numbered = [group for group in groups if group.number is not None]
    total = fsum(group.number or 0.0 for group in numbered)
    rounding = fsum(0.5 * 10.0**-group.decimals for group in numbered) if percent else 0.0
    decimals = max((group.decimals for group in numbered), default=0)
    rest = len(numbered) < len(groups)
    outcome: Outcome = "consistent"
    if total > whole + rounding + EDGE or (not rest and total < whole - rounding - EDGE):
        outcome = "impossible"
    elif rest and whole - total > total + rounding:
        outcome = "doubtful"
    numbers = {"sum": (total, decimals), "whole": (whole, decimals), "rest": (whole - total, decimals)}
    reason = ("percent" if percent else "count") + ("_of_group" if name else "_of_sample")
    return _make(design, outcome, reason, name, numbers)


def _share(design: PublishedDesign, name: str, count: int, percent: str) -> Finding:
    size, decimals = design.sample_size or 1, len(percent.partition(".")[2])
    real = 100 * count / size
    fits = abs(real - float(percent)) <= 0.5 * 10.0**-decimals + EDGE
    numbers = {
        "count": (float(count), 0),
        "whole": (float(size), 0),
        "percent": (float(percent), decimals),
        "real": (real, decimals + 1),
    }
    return _make(design, "consistent" if fits else "impossible", "share", name, numbers)


def _make(
    design: PublishedDesign, outcome: Outcome, reason: str, group: str, numbers: dict[str, tuple[float, int]]
) -> Finding:
    year = design.happened_on.middle.year
    return Finding(
        kind="sample_composition",
        outcome=outcome,
        question="",
        series=design.series,
        answer="",
        year=year,
        variable="",
        scheme="",
        figure_ids=(),
        source_ids=(design.source,),
        n=design.sample_size,
        reason=reason,
        verified=design.verified,
        message_args={"series": design.series, "wave": design.wave, "year": str(year), "group": group},
        message_numbers=numbers,
    )
