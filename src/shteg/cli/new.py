"""`shteg new`: a case folder to start from."""

from pathlib import Path

import click

from shteg.evidence import new_case


@click.command("new")
@click.argument("name")
@click.option("--in", "parent", type=click.Path(path_type=Path), default=Path(), help="The folder to make it in.")
def command(name: str, parent: Path) -> None:
    """Make a small, valid case folder called NAME, to edit."""
    folder = new_case(name, parent / name)
    click.echo(f"A case to start from lies in {folder}\nNext: edit case.toml, then run `shteg check {folder}`")
