"""The commands with their options as a small table, kept between runs: a shell asks at each press of Tab."""

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from shteg import __version__
from shteg.cli.completing.proposals import PROPOSALS
from shteg.keeping import keep, recall, user_cache

FOLDER = "completion"
_KINDS = {"case": "case", "target": "case", "waves": "wave", "scenario": "scenario", "language": "language"}
"""What is proposed for arguments and options of these names."""


def light_group(group: click.Group) -> click.Group:
    """Give a group with the same commands and options, which do nothing: made of the kept table, or of the commands.

    Parameters
    ----------
    group : click.Group
        The commands themselves; they are loaded only where nothing is kept of this version.

    Returns
    -------
    click.Group
    """
    place = user_cache(sys.platform, os.environ) / FOLDER / f"{_mark()}.json"
    kept = recall(place)
    if kept is None:
        described = describe(group, "shteg")
        keep(place, json.dumps(described).encode())
    else:
        described = json.loads(kept)
    made = _command(described)
    assert isinstance(made, click.Group)
    return made


def _mark() -> str:
    """Give what the table is found by: version, and name, size and time of every file of commands."""
    found = [__version__]
    for place, _, names in sorted(os.walk(Path(__file__).parent.parent)):
        for name in sorted(names):
            if name.endswith(".py"):
                status = os.stat(os.path.join(place, name))
                found.append(f"{place}/{name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest()[:32]


def describe(command: click.Command, name: str) -> dict[str, Any]:
    """Describe a command by plain words: its options, arguments and, of a group, its commands.

    Parameters
    ----------
    command : click.Command
        Loaded.
    name : str
        As it is called.
    """
    described: dict[str, Any] = {"name": name, "help": command.get_short_help_str(200)}
    described["parameters"] = [_parameter(one) for one in command.params]
    if isinstance(command, click.Group):
        context = click.Context(command)
        loaded = {one: command.get_command(context, one) for one in command.list_commands(context)}
        described["commands"] = [describe(one, called) for called, one in loaded.items() if one is not None]
    return described


def _parameter(one: click.Parameter) -> dict[str, Any]:
    kind = _KINDS.get(one.name or "", "")
    if not kind and isinstance(one.type, click.Path):
        kind = "file" if one.type.file_okay else "folder"
    return {
        "argument": isinstance(one, click.Argument),
        "names": list(one.opts) if not isinstance(one, click.Argument) else [one.name],
        "flag": bool(getattr(one, "is_flag", False)),
        "multiple": one.multiple,
        "nargs": one.nargs,
        "choices": list(map(str, one.type.choices)) if isinstance(one.type, click.Choice) else [],
        "kind": kind,
        "help": getattr(one, "help", None) or "",
    }


def _command(described: dict[str, Any]) -> click.Command:
    ways: dict[str, Any] = {
        "name": described["name"],
        "params": [_light(one) for one in described["parameters"]],
        "short_help": described["help"],
        "context_settings": {"help_option_names": ["-h", "--help"]},
    }
    if "commands" in described:
        return click.Group(commands=[_command(one) for one in described["commands"]], **ways)
    return click.Command(**ways)


def _light(one: dict[str, Any]) -> click.Parameter:
    proposes: Callable[..., Any] | None = PROPOSALS.get(one["kind"])
    kind = click.Choice(one["choices"]) if one["choices"] else click.STRING
    if one["argument"]:
        return click.Argument(one["names"], required=False, nargs=one["nargs"], type=kind, shell_complete=proposes)
    ways: dict[str, Any] = {"is_flag": True} if one["flag"] else {"multiple": one["multiple"], "type": kind}
    return click.Option(one["names"], help=one["help"], shell_complete=None if one["flag"] else proposes, **ways)
