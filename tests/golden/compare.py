"""Compare what built editions print with what they are to print; exit status 1 if a figure has moved.

usage: python -m tests.golden.compare EDITION_OR_SITE …
"""

import sys
from pathlib import Path

import click

from tests.golden.printed import differences, edition_in, printed, read_golden

HINT = "if this is meant, run `make golden` and say so in CHANGELOG.md under Numbers changed"


def main(folders: list[str]) -> int:
    """Compare each folder; give the exit status."""
    moved = []
    for folder in folders:
        edition = edition_in(Path(folder))
        case = edition.case.id
        found = printed(edition)
        here = differences(found, read_golden(case))
        click.echo(
            f"{case}: {len(found['values'])} values, {len(found['tables'])} tables, {len(here)} printed otherwise"
        )
        moved += here
    click.echo("\n".join([*moved, *([HINT] if moved else [])]))
    return bool(moved)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
