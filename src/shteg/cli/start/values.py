"""`shteg values`: the numbers that a text may quote, what each says, and how it is written."""

import json
import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import click

from shteg.cli.options import build_options, json_option, language_option, require_language
from shteg.cli.progress import progress_bars
from shteg.edition import Options, run_stages
from shteg.edition.cache import StageCache
from shteg.edition.evidence_tables import evidence_result
from shteg.edition.lexicon import Lexicon, build_lexicon
from shteg.errors import UsageError
from shteg.estimates import Value
from shteg.evidence import Case, default_case, find_case, read_case, shipped_cases
from shteg.hints import counted, list_names, nearest

CASE_STAGE = "case"
"""What stands for the evidence itself among the stages: counts of its rows."""


@click.command("values")
@click.argument("case", required=False)
@click.argument("pattern", required=False)
@click.option("--stage", metavar="NAME", help="Only what one stage gives, such as survey; `case` counts the evidence.")
@language_option
@build_options
@json_option
def command(
    case: str | None,
    pattern: str | None,
    stage: str | None,
    language: str | None,
    options: Options,
    as_json: bool,
) -> None:
    """List the values of CASE that a text may quote, or those that fit PATTERN.

    `*` stands for any signs: `survey.*.all`. Without it PATTERN is looked for in the key and in what the value says.
    """
    name, wanted = _case_and_pattern(case, pattern)
    evidence = options.filter(read_case(find_case(name)))
    spoken = require_language(evidence, language)
    from shteg.edition.stage_table import STAGES

    stages = [CASE_STAGE, *(one.name for one in STAGES)]
    if stage is not None and stage not in stages:
        near = nearest(stage, stages)
        hint = f"did you mean `{near}`?" if near else list_names(stages, "the stages are", most=len(stages))
        raise UsageError(f"there is no stage `{stage}`", hint, "--stage")
    found = _values(evidence, stage, options, quiet=as_json)
    lexicon = build_lexicon(evidence)
    chosen = choose(found, wanted, {value.id: _says(value, spoken, lexicon) for _, value in found})
    if as_json:
        click.echo(json.dumps([_plain(one, spoken, lexicon) for one in chosen], ensure_ascii=False, indent=1))
        return
    for one in chosen:
        click.echo(_block(one, spoken, lexicon))
    click.echo(f"{counted(len(chosen), 'value')}. {HOW}", err=True)


HOW = (
    "In a text `{{ value.KEY }}` prints the number, `{{ value.KEY|range }}` the number with its interval, "
    "`{{ value.KEY|words }}` a count in words"
)


def _case_and_pattern(case: str | None, pattern: str | None) -> tuple[str, str | None]:
    """Tell a case from a pattern where only one of the two is given."""
    if case is None or pattern is not None:
        return case or default_case(), pattern
    is_case = Path(case).is_dir() or case in shipped_cases()
    looks_like_pattern = re.search(r"[*?]|^[a-z0-9-]+\.[a-zA-Z0-9*-]", case) and not re.search(r"[/\\]", case)
    return (default_case(), case) if looks_like_pattern and not is_case else (case, None)


def _values(case: Case, stage: str | None, options: Options, *, quiet: bool) -> list[tuple[str, Value]]:
    """Give the values with the stage of each, sorted by key; stages that are not asked for are not run."""
    found = [(CASE_STAGE, value) for value in evidence_result(case).values] if stage in (None, CASE_STAGE) else []
    if stage != CASE_STAGE:
        with progress_bars(quiet=quiet) as tell:
            ways: dict[str, Any] = {"threads": options.threads, "progress": tell}
            if stage is not None:
                ways["until"] = stage
            results = run_stages(case, StageCache(options.cache), **ways).by_stage
        found += [
            (name, value) for name, one in results.items() if stage in (None, name) for value in one.values
        ]  # fmt: skip
    return sorted(found, key=lambda pair: pair[1].id)


def choose(found: Sequence[tuple[str, Value]], wanted: str | None, says: Mapping[str, str]) -> list[tuple[str, Value]]:
    """Choose the values that fit a pattern.

    Parameters
    ----------
    found : sequence of (str, Value)
        All of them, each with its stage.
    wanted : str or None
        A key, a pattern with `*`, or a part of a key or of what the value says; as it stands in a text, too.
    says : mapping
        What each value says, by key.

    Returns
    -------
    list of (str, Value)

    Raises
    ------
    UsageError
        None fits; the hint names the keys nearest to it.
    """
    if wanted is None:
        return list(found)
    pattern = re.sub(r"^\{\{\s*|\s*(\|\w+)?\s*\}\}$", "", wanted.strip()).removeprefix("value.")
    by_key = {value.id: (stage, value) for stage, value in found}
    if pattern in by_key:
        return [by_key[pattern]]
    if re.search(r"[*?]", pattern):
        fits = [one for one in found if fnmatchcase(one[1].id, pattern)]
    else:
        part = pattern.casefold()
        fits = [one for one in found if part in one[1].id.casefold() or part in says[one[1].id].casefold()]
    if fits:
        return fits
    near = _nearest_keys(pattern, list(by_key))
    hint = list_names(near, "the nearest are", none="this case has no values") if near else "`shteg values` lists all"
    raise UsageError(f"no value fits `{wanted}`", hint)


def _nearest_keys(pattern: str, keys: Sequence[str]) -> list[str]:
    from difflib import get_close_matches

    plain = pattern.replace("*", "")
    return (
        get_close_matches(plain, keys, 5, 0.5) or [key for key in keys if key.split(".")[0] == plain.split(".")[0]][:5]
    )


def _says(value: Value, language: str, lexicon: Lexicon) -> str:
    from shteg.report import value_label

    return value_label(value, language, lexicon)


def how_to_write(value: Value) -> str:
    """Give what stands in a text for a value: with its interval where it has one."""
    return f"{{{{ value.{value.id}{'|range' if value.low is not None else ''} }}}}"


def _block(one: tuple[str, Value], language: str, lexicon: Lexicon) -> str:
    from shteg.report import format_value
    from shteg.report.language.messages import message

    _, value = one
    style: Any = "range" if value.low is not None else "number"
    printed = format_value(value, language, style=style, lexicon=lexicon)
    kind = message(language, f"label.{value.label}")
    lines = [
        value.id,
        f"    {printed} · {kind}",
        f"    {_says(value, language, lexicon)}",
        f"    {how_to_write(value)}",
    ]
    return "\n".join(lines)


def _plain(one: tuple[str, Value], language: str, lexicon: Lexicon) -> dict[str, Any]:
    stage, value = one
    found: dict[str, Any] = {"key": value.id, "stage": stage, "number": value.number, "unit": value.unit}
    found |= {"low": value.low, "high": value.high, "level": value.level, "label": value.label}
    return found | {
        "says": _says(value, language, lexicon),
        "sources": list(value.source_ids),
        "verified": value.verified,
        "write": how_to_write(value),
    }
