"""`shteg track`: the commitments of a case, and what happens to them."""

import click

from shteg.cli.track.add import add
from shteg.cli.track.listing import listing


@click.group("track")
def command() -> None:
    """Follow commitments: add what happened to one, list where all of them stand.

    Events stand in commitments/events.csv of the case. Lines are only ever added; a new one withdraws a wrong one.
    """


command.add_command(add)
command.add_command(listing)
