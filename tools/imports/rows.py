"""Rows of a table of a case, of which some go and others come."""

import csv
import io
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

Row = dict[str, str]
Key = tuple[str, ...]


def read_rows(path: Path, encoding: str = "utf-8") -> list[Row]:
    """Read a table as texts, by name of column."""
    with path.open(encoding=encoding, newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def replace_rows(
    path: Path, made: Sequence[Mapping[str, str]], *, key: Sequence[str], goes: Callable[[Row], bool]
) -> str:
    """Put rows into a table of a case, in place of those that they stand for.

    Parameters
    ----------
    path : Path
        The table; its columns and their order stay.
    made : sequence of rows
        What the file gives; a column that a row does not name keeps what the replaced row says, or stays empty.
    key : sequence of str
        Columns that say which row a new one replaces; the first is what the table is grouped by.
    goes : callable
        Whether a row of the table goes, also where no new one has its key: an earlier run of the same script, or a row
        that the file would tell if it were so.

    Returns
    -------
    str
        One line that says how many rows came, stayed as they were, changed and went.

    Raises
    ------
    ValueError
        Two new rows have the same key, or a new row has a column that the table lacks.
    """
    before = read_rows(path)
    columns = list(before[0])
    by_key = {tuple(row[name] for name in key): row for row in before}
    after = {at: row for at, row in by_key.items() if not goes(row)}
    for at, row in zip([tuple(row[name] for name in key) for row in made], made, strict=True):
        if unknown := set(row) - set(columns):
            raise ValueError(f"{path.name} has no column {', '.join(sorted(unknown))}; it has {', '.join(columns)}")
        if sum(all(other[name] == row[name] for name in key) for other in made) > 1:
            raise ValueError(f"two rows for {' '.join(at)} in {path.name}; the file names one thing twice")
        after[at] = {**dict.fromkeys(columns, ""), **by_key.get(at, {}), **row}
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(after[at] for at in _in_order(list(by_key), after.keys()))
    path.write_text(text.getvalue(), encoding="utf-8")
    came, went = len(after.keys() - by_key.keys()), len(by_key.keys() - after.keys())
    same = sum(after[at] == by_key[at] for at in after.keys() & by_key.keys())
    return f"{path}: {came} rows came, {went} went, {len(after) - came - same} changed, {same} as they were"


def _in_order(before: Sequence[Key], after: Collection[Key]) -> list[Key]:
    """Order keys as they stood; new ones come into their group, before the first greater one."""
    order = [at for at in before if at in after]
    for at in sorted(set(after) - set(before)):
        group = [place for place, other in enumerate(order) if other[0] == at[0]]
        beyond = [place for place, other in enumerate(order) if (other > at if group else other[0] > at[0])]
        within = [place for place in beyond if place in group]
        order.insert((within or ([group[-1] + 1] if group else beyond) or [len(order)])[0], at)
    return order
