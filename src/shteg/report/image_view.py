"""A picture of the case, as an edition holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageView:
    """A picture of the case: its file below the edition, size in pixels, what it shows, who made it and may show it."""

    file: str
    kind: str
    width: int
    height: int
    source: str
    licence: str
    credit: str
    alt: Mapping[str, str]
    caption: Mapping[str, str] | None = None
