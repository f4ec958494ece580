"""`shteg case`: a case as one workbook of Excel, and back."""

import click

from shteg.cli.excel.from_xlsx import from_xlsx
from shteg.cli.excel.to_xlsx import to_xlsx


@click.group("case")
def command() -> None:
    """Write a case as one workbook of Excel, and bring a workbook back to its case."""


command.add_command(to_xlsx)
command.add_command(from_xlsx)
