"""Stage results kept by content hash: the same inputs and the same code give the same bytes, so they are not redone."""

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from shteg.errors import EditionError
from shteg.estimates import Column, Draws, StageResult, Table, Value

KEPT = 60
"""Number of stage results a cache keeps; the oldest go first."""


def content_hash(parts: Iterable[str | bytes]) -> str:
    """Give the SHA-256 of a sequence of parts, each counted with its length."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "little"))
        total.update(raw)
    return total.hexdigest()


def to_json(thing: Any) -> str:
    """Write JSON that repeats byte for byte: sorted keys, UTF-8, no NaN, a final line end."""
    return json.dumps(thing, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def value_to_dict(value: Value) -> dict[str, Any]:
    """Give a value as plain JSON, mappings in key order."""
    return {
        one.name: dict(sorted(part.items())) if hasattr(part := getattr(value, one.name), "items") else part
        for one in fields(Value)
    }


def value_from_dict(plain: dict[str, Any]) -> Value:
    """Read back what `value_to_dict` wrote."""
    return Value(**{**plain, "source_ids": tuple(plain["source_ids"])})


@dataclass(frozen=True, slots=True)
class StageCache:
    """Stage results in a folder, one subfolder per key; no folder means that nothing is kept."""

    folder: Path | None

    def load(self, stage: str, key: str) -> StageResult | None:
        """Give the result kept under `key`, or None.

        Raises
        ------
        EditionError
            The entry exists but cannot be read: it is removed, so that the next build redoes the stage.
        """
        if self.folder is None:
            return None
        entry = self.folder / f"{stage}-{key[:32]}"
        if not (entry / "stage.json").is_file():
            return None
        try:
            result = _read_result(entry)
        except (OSError, ValueError, KeyError, TypeError, pl.exceptions.PolarsError) as error:
            shutil.rmtree(entry, ignore_errors=True)
            raise EditionError(
                f"the kept result of stage {stage} is damaged ({error}) and was removed",
                "run the command again",
                str(entry),
            ) from error
        entry.touch()
        return result

    def store(self, result: StageResult, key: str) -> None:
        """Keep a result; a crash while writing leaves no entry."""
        if self.folder is None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        entry = self.folder / f"{result.stage}-{key[:32]}"
        work = self.folder / f".{result.stage}-{key[:32]}.writing"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        _write_result(result, work)
        shutil.rmtree(entry, ignore_errors=True)
        work.rename(entry)
        self._prune()

    def _prune(self) -> None:
        if self.folder is None:
            return
        entries = sorted(
            (entry for entry in self.folder.iterdir() if (entry / "stage.json").is_file()),
            key=lambda entry: entry.stat().st_mtime,
        )
        for entry in entries[:-KEPT]:
            shutil.rmtree(entry, ignore_errors=True)


def _write_result(result: StageResult, folder: Path) -> None:
    described: dict[str, Any] = {
        "stage": result.stage,
        "values": [value_to_dict(value) for value in result.values],
        "tables": {},
        "draws": {},
    }
    for name, table in result.tables.items():
        table.frame.write_parquet(folder / f"table-{name}.parquet")
        described["tables"][name] = {
            "title": table.title,
            "key": list(table.key),
            "columns": [asdict(column) for column in table.columns],
        }
    for name, draws in result.draws.items():
        np.save(folder / f"draws-{name}.npy", draws.values, allow_pickle=False)
        described["draws"][name] = {
            "units": list(draws.units),
            "measure": draws.measure,
            "label": draws.label,
            "source_ids": list(draws.source_ids),
        }
    (folder / "stage.json").write_text(json.dumps(described, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def _read_result(folder: Path) -> StageResult:
    described = json.loads((folder / "stage.json").read_text(encoding="utf-8"))
    tables = {
        name: Table(
            name=name,
            title=one["title"],
            frame=pl.read_parquet(folder / f"table-{name}.parquet"),
            columns=tuple(Column(**column) for column in one["columns"]),
            key=tuple(one["key"]),
        )
        for name, one in described["tables"].items()
    }
    draws = {
        name: Draws(
            values=np.load(folder / f"draws-{name}.npy", allow_pickle=False),
            units=tuple(one["units"]),
            measure=one["measure"],
            label=one["label"],
            source_ids=tuple(one["source_ids"]),
        )
        for name, one in described["draws"].items()
    }
    values = tuple(value_from_dict(one) for one in described["values"])
    return StageResult(stage=described["stage"], tables=tables, values=values, draws=draws)
