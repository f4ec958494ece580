"""Results that are tables: shown in notebooks, and handed to any library that takes Arrow."""

from __future__ import annotations

from typing import Protocol

import polars as pl


class _Tabled(Protocol):
    def to_frame(self) -> pl.DataFrame: ...


class Shown:
    """What a result with `to_frame` can do besides."""

    __slots__ = ()

    def __arrow_c_stream__(self: _Tabled, requested_schema: object | None = None) -> object:
        """Hand the rows of `to_frame` to any library that takes Arrow."""
        return self.to_frame().__arrow_c_stream__(requested_schema)

    def _repr_html_(self: _Tabled) -> str:
        return self.to_frame()._repr_html_()
