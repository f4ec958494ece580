"""`shteg case to-xlsx`: one workbook of a whole case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from shteg.cli.options import case_argument, check_output
from shteg.errors import UsageError
from shteg.evidence import find_case
from shteg.evidence.book.writing import write_book
from shteg.evidence.reading import read_draft
from shteg.keeping import whole_file
from shteg.languages import package_languages
from shteg.report.language.messages import has_message, message


@click.command("to-xlsx")
@case_argument
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The workbook, a new .xlsx file.")
def to_xlsx(case: str, out: Path) -> None:
    """Write the tables and TOML files of CASE as one workbook, a sheet each; texts and pictures stay in the folder."""
    if out.suffix.lower() != ".xlsx":
        raise UsageError(f"{out.name} is not named as a workbook", "end the name in .xlsx", "--out")
    check_output(out, "--out")
    draft = read_draft(find_case(case))
    spoken: Sequence[str] = draft.languages or package_languages()

    def words(key: str) -> list[str]:
        return [message(one, key) for one in spoken if has_message(one, key)]

    with whole_file(out) as work:
        sheets = write_book(draft, work, words)
    click.echo(f"{out}: {len(sheets)} files of the case, a sheet each")
    click.echo(f"Next: change it in Excel, then shteg case from-xlsx {out} {case}")
