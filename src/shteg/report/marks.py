"""What stands beside a number so that nobody takes it for firmer than it is: a sign in prose, a word elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from shteg.estimates import Value

Mark = Literal["assumed", "unverified"]
SIGNS: Mapping[Mark, str] = MappingProxyType({"assumed": "†", "unverified": "°"})
"""The sign of each mark; the messages `mark.<mark>` say in words what it means."""


def value_marks(value: Value) -> tuple[Mark, ...]:
    """Tell what a reader must know beside a number: that it rests on an assumption, that part of it is unverified."""
    assumed: tuple[Mark, ...] = ("assumed",) if value.label == "assumed" else ()
    return assumed if value.verified else (*assumed, "unverified")


def mark_signs(value: Value) -> str:
    """Give the signs that stand after a number in prose, without a space between; empty where none is needed."""
    return "".join(SIGNS[mark] for mark in value_marks(value))
