"""What a shell proposes for cases, waves and scenarios: read from folders and keys alone, nothing heavy is loaded."""

import tomllib
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import click
from click.shell_completion import CompletionItem

FILE, FOLDER = "file", "dir"
"""Tell the shell to propose files or folders by itself."""


def shipped() -> dict[str, Path]:
    """Give the folders of the shipped cases by name, as `evidence.shipped_cases` does, without its room."""
    spec = find_spec("shteg")
    package = Path(next(iter(spec.submodule_search_locations or ()))) if spec else Path()
    found: dict[str, Path] = {}
    for folder in (package / "cases", package.parent.parent / "cases"):
        for header in sorted(folder.glob("*/case.toml")):
            found.setdefault(header.parent.name, header.parent)
    return found


def _complete_case(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Propose names of shipped cases, and folders."""
    return [*_items(shipped(), begun), CompletionItem(begun, type=FOLDER)]


def _complete_wave(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Propose waves, `case/wave`, of the shipped cases; the shell proposes files."""
    waves = [
        f"{name}/{design.parent.name}"
        for name, folder in shipped().items()
        for design in sorted(folder.glob("surveys/*/design.toml"))
    ]
    return [*_items(waves, begun), CompletionItem(begun, type=FILE)]


def _complete_scenario(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Propose the scenarios of the case that stands in the line, or of the default case; the shell proposes files."""
    return [*_items(_keys(_folder(ctx) / "scenarios.toml", "scenarios"), begun), CompletionItem(begun, type=FILE)]


def _complete_language(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Propose the languages of the case that stands in the line, or of the default case."""
    found = _read(_folder(ctx) / "case.toml").get("languages", [])
    return _items([one for one in found if isinstance(one, str)] if isinstance(found, list) else [], begun)


def _complete_file(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Let the shell propose files."""
    return [CompletionItem(begun, type=FILE)]


def _complete_folder(ctx: click.Context, param: click.Parameter, begun: str) -> list[CompletionItem]:
    """Let the shell propose folders."""
    return [CompletionItem(begun, type=FOLDER)]


def _folder(ctx: click.Context) -> Path:
    named, known = str(ctx.params.get("case") or ""), shipped()
    if named and Path(named).is_dir():
        return Path(named)
    if named in known:
        return known[named]
    place = next(iter(known.values())).parent if known else Path()
    default = place / "DEFAULT"
    return place / default.read_text(encoding="utf-8").strip() if default.is_file() else place


def _keys(path: Path, table: str) -> list[str]:
    found = _read(path).get(table)
    return sorted(found) if isinstance(found, dict) else []


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):  # a file under edit: nothing is proposed, `check` tells what is wrong
        return {}


def _items(names: Iterable[str], begun: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in names if name.startswith(begun)]


PROPOSALS = {
    "case": _complete_case,
    "wave": _complete_wave,
    "scenario": _complete_scenario,
    "language": _complete_language,
    "file": _complete_file,
    "folder": _complete_folder,
}
"""By kind of argument or option."""
