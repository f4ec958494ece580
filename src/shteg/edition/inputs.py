"""What the stages read of the case, frozen beside their results: so that an edition can be computed again later."""

from __future__ import annotations

import gzip
import json
import zlib
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from shteg.edition.stage_table import STAGES
from shteg.errors import EditionError
from shteg.evidence.case import Case
from shteg.evidence.part import content_of, part_of
from shteg.evidence.records.files import TABLES

INPUTS = "inputs.json.gz"
LEFT_OUT = ("survey", "ledger")
"""Stages whose evidence is not frozen: the data of survey waves never enter an edition, and neither of them leads to
the forecast."""
READS = tuple(dict.fromkeys(name for stage in STAGES if stage.name not in LEFT_OUT for name in stage.reads))
"""The fields of the case that are frozen."""


def pack_inputs(case: Case) -> bytes:
    """Write what the stages read of a case: JSON, compressed, the same bytes for the same content."""
    content = content_of(part_of(case, READS, words=True))
    return gzip.compress(content.encode("utf-8"), mtime=0)


def unpack_inputs(raw: bytes, where: str) -> Case:
    """Read back what `pack_inputs` wrote.

    Parameters
    ----------
    raw : bytes
        The file.
    where : str
        What it is called in errors.

    Returns
    -------
    Case
        As the edition had filtered it; tables that are not frozen are empty.

    Raises
    ------
    EditionError
        It cannot be read, or was written by a version whose records were others.
    """
    try:
        plain = json.loads(gzip.decompress(raw))
        found: dict[str, Any] = {name: _field(name).validate_python(plain[name]) for name in ("header", *READS)}
        names = {str(name): str(sha) for name, sha in plain["files"].items()}
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, ValidationError) as error:
        reason = f"{error.error_count()} fields differ" if isinstance(error, ValidationError) else str(error)
        raise EditionError(
            f"the frozen inputs cannot be read ({reason})", "they were written by another version of shteg", where
        ) from error
    return Case(root=Path(), files=names, **found)


def _field(name: str) -> TypeAdapter[Any]:
    """Give what reads a field of `Case`: rows of a table by the record that declares it."""
    record = next((spec.record for spec in TABLES if spec.table == name), None)
    if record is not None:
        return TypeAdapter(tuple[record, ...])  # type: ignore[valid-type]
    known = {one.name for one in fields(Case)}
    return TypeAdapter(get_type_hints(Case)[name]) if name in known else TypeAdapter(tuple[()])
