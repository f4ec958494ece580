"""Stage results kept by content hash: the same inputs and the same code give the same bytes, so they are not redone."""

import errno
import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from shteg.estimates import Column, Draws, StageResult, Table, Value
from shteg.keeping import remove, remove_left_over, warn_damaged, warn_not_kept, work_name

KEPT = 60
"""Number of stage results a cache keeps; the oldest go first."""
DESCRIPTION, CHECKSUMS = "stage.json", "checksums.json"
TAKEN = (errno.ENOTEMPTY, errno.EEXIST)
"""What a rename onto an entry that is there already fails with."""


def content_hash(parts: Iterable[str | bytes]) -> str:
    """Give the SHA-256 of a sequence of parts, each counted with its length."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "little"))
        total.update(raw)
    return total.hexdigest()


def to_json(thing: Any) -> str:
    """Write JSON that repeats byte for byte: sorted keys, UTF-8, no NaN, a final line end; of a list a line an item."""
    if isinstance(thing, list):
        items = (json.dumps(one, ensure_ascii=False, sort_keys=True, allow_nan=False) for one in thing)
        return "[\n" + ",\n".join(items) + "\n]\n"
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
    """Stage results in a folder, one subfolder per key; no folder means that nothing is kept.

    Any number of processes may use one folder at once. An entry is believed only if the checksum of every file in it
    holds; a folder that cannot be written to keeps nothing, with a warning.
    """

    folder: Path | None

    def load(self, stage: str, key: str) -> StageResult | None:
        """Give the result kept under `key`, or None; a damaged entry is dropped with a warning, to be made anew."""
        if self.folder is None:
            return None
        entry = self._entry(stage, key)
        before = _identity(entry)
        if before is None:
            return None
        try:
            files = _read_checked(entry, key)
            result = _read_result(files)
            if result.stage != stage:
                raise ValueError(f"the entry holds the stage {result.stage}")
        except (OSError, ValueError, KeyError, TypeError, AttributeError, pl.exceptions.PolarsError) as error:
            if _identity(entry) == before:  # else another process removed it, or put another in its place
                self._drop(entry, error)
            return None
        with suppress(OSError):  # removed, or in a folder that can only be read
            os.utime(entry)  # `touch` would make a file where another process has just removed the entry
        return result

    def holds(self, stage: str, key: str) -> bool:
        """Tell whether there is an entry under `key`, without reading it."""
        return self.folder is not None and _identity(self._entry(stage, key)) is not None

    def store(self, result: StageResult, key: str) -> None:
        """Keep a result; a crash while writing leaves no entry, and a folder that cannot be written to a warning."""
        if self.folder is None:
            return
        entry = self._entry(result.stage, key)
        work = work_name(entry)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            work.mkdir()
            _write_result(result, work, key)
            self._put(work, entry)
        except (OSError, pl.exceptions.PolarsError) as error:
            warn_not_kept(self.folder, error)
        finally:
            remove(work)
        self._prune()

    def _entry(self, stage: str, key: str) -> Path:
        assert self.folder is not None
        return self.folder / f"{stage}-{key[:32]}"

    def _put(self, work: Path, entry: Path) -> None:
        """Rename into place; where another process was faster, its entry stays: one key, one content.

        By now a third process may have pruned that entry: then nothing is kept, and nothing is wrong.
        """
        try:
            work.rename(entry)
        except OSError as error:
            if error.errno not in TAKEN and not entry.is_dir():
                raise

    def _drop(self, entry: Path, error: Exception) -> None:
        if isinstance(error, PermissionError):
            warn_not_kept(entry, error)
            return
        warn_damaged(entry)
        self._remove_at_once(entry)

    def _remove_at_once(self, entry: Path) -> None:
        """Take an entry away under another name first, so that no other process sees half of it."""
        work = work_name(entry)
        with suppress(OSError):  # another process was faster, or the folder cannot be written to
            entry.rename(work)
        remove(work)

    def _prune(self) -> None:
        assert self.folder is not None
        remove_left_over(self.folder)
        ages: list[tuple[float, Path]] = []
        with suppress(OSError):  # no folder: nothing was kept
            for entry in self.folder.iterdir():
                if not entry.name.startswith("."):
                    with suppress(OSError):  # other processes prune too
                        (entry / DESCRIPTION).stat()
                        ages.append((entry.stat().st_mtime, entry))
        for _, entry in sorted(ages)[:-KEPT]:
            self._remove_at_once(entry)


def _identity(entry: Path) -> tuple[int, int] | None:
    try:
        status = entry.lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns  # numbers of files are used again at once


def _read_checked(entry: Path, key: str) -> dict[str, bytes]:
    """Read every file of an entry and compare its checksum; ValueError where one differs."""
    sums = json.loads((entry / CHECKSUMS).read_bytes())
    if sums["key"] != key:
        raise ValueError("the entry belongs to another key")
    files = {name: (entry / name).read_bytes() for name in sums["files"]}
    if {name: hashlib.sha256(raw).hexdigest() for name, raw in files.items()} != sums["files"]:
        raise ValueError("a checksum differs")
    return files


def _write_result(result: StageResult, folder: Path, key: str) -> None:
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
    (folder / DESCRIPTION).write_text(json.dumps(described, ensure_ascii=False, allow_nan=False), encoding="utf-8")
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}
    (folder / CHECKSUMS).write_text(json.dumps({"key": key, "files": sums}), encoding="utf-8")


def _read_result(files: Mapping[str, bytes]) -> StageResult:
    described = json.loads(files[DESCRIPTION])
    tables = {
        name: Table(
            name=name,
            title=one["title"],
            frame=pl.read_parquet(BytesIO(files[f"table-{name}.parquet"])),
            columns=tuple(Column(**column) for column in one["columns"]),
            key=tuple(one["key"]),
        )
        for name, one in described["tables"].items()
    }
    draws = {
        name: Draws(
            values=np.load(BytesIO(files[f"draws-{name}.npy"]), allow_pickle=False),
            units=tuple(one["units"]),
            measure=one["measure"],
            label=one["label"],
            source_ids=tuple(one["source_ids"]),
        )
        for name, one in described["draws"].items()
    }
    values = tuple(value_from_dict(one) for one in described["values"])
    return StageResult(stage=described["stage"], tables=tables, values=values, draws=draws)
