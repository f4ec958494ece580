"""What a forecast is asked for beyond the plain one: measures, a scenario, parameters that are set."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from shteg.errors import UsageError
from shteg.evidence import Case, read_scenarios
from shteg.evidence.records.model import Scenario
from shteg.hints import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the user asked for; a plain forecast asks for nothing."""

    measures: frozenset[str] = frozenset()
    scenario_name: str | None = None
    scenario: Scenario | None = None
    settings: Mapping[str, float] = field(default_factory=dict)
    executor: str = "threads"

    @property
    def special(self) -> bool:
        """Tell whether this is another forecast than the one of the case."""
        return bool(self.measures or self.scenario or self.settings) or self.executor != "threads"


def chosen_measures(
    case: Case, switched_on: Sequence[str], switched_off: Sequence[str], whole: Case | None = None
) -> frozenset[str]:
    """Give the measures that are taken.

    Parameters
    ----------
    case : Case
        As of its day.
    switched_on : sequence of str
        Ids of measures, or `all`.
    switched_off : sequence of str
        Ids of measures taken out of those switched on.
    whole : Case, optional
        The case with all that its day passes over; `case` itself if left out.

    Returns
    -------
    frozenset of str
        Ids of measures.

    Raises
    ------
    UsageError
        A measure is unknown, or something is left out of nothing.
    """
    known = [measure.id for measure in case.recommendations.measures]
    every = [measure.id for measure in (whole or case).recommendations.measures]
    for name in (*switched_on, *switched_off):
        if name in every:
            _require_there(name, known, case, "measure", "--with")
        if name not in (*known, "all"):
            raise UsageError(f"there is no measure {name!r}", _hint(name, known, "the measures are"), "--with")
    chosen = set(known) if "all" in switched_on else set(switched_on)
    if switched_off and not chosen:
        raise UsageError("--without takes measures out of those switched on", "add `--with all`", "--without")
    return frozenset(chosen - set(switched_off))


def _require_there(name: str, known: Collection[str], case: Case, what: str, option: str) -> None:
    if name not in known:
        day = case.header.as_of
        raise UsageError(
            f"the {what} {name!r} rests on what was not there on {day}", "leave it out, or give a later day", option
        )


def chosen_scenario(case: Case, asked: str | None, whole: Case | None = None) -> tuple[str | None, Scenario | None]:
    """Find a scenario: one of the case by its id, one of a file as FILE (if it holds only one) or FILE:ID.

    Parameters
    ----------
    case : Case
        As of its day.
    asked : str, optional
        An id of the case's scenarios, `FILE.toml` or `FILE.toml:ID`; None for the forecast without a scenario.
    whole : Case, optional
        The case with all that its day passes over; `case` itself if left out.

    Returns
    -------
    tuple
        The scenario's id and the scenario; None twice where none was asked for.

    Raises
    ------
    UsageError
        There is no such scenario, or a file holds several.
    CaseError
        The file cannot be read.
    """
    if asked is None:
        return None, None
    path, _, name = asked.partition(".toml")
    known: Mapping[str, Scenario] = case.scenarios
    if path != asked:
        known = read_scenarios(Path(f"{path}.toml"))
        name = name.removeprefix(":")
        if not name and len(known) > 1:
            raise UsageError(
                f"the file holds {len(known)} scenarios", f"name one: {path}.toml:{next(iter(known))}", asked
            )
        name = name or next(iter(known))
    else:
        name = asked
        if whole is not None and name in whole.scenarios:
            _require_there(name, known, case, "scenario", "--scenario")
    if name not in known:
        raise UsageError(f"there is no scenario {name!r}", _hint(name, list(known), "known are"), "--scenario")
    return name, known[name]


def read_settings(settings: Sequence[str]) -> dict[str, float]:
    """Read NAME=VALUE pairs; whether a parameter exists is for the model to say.

    Raises
    ------
    UsageError
        There is no number, or a name comes twice.
    """
    found: dict[str, float] = {}
    for one in settings:
        name, equals, text = (part.strip() for part in one.partition("="))
        try:
            number = float(text)
        except ValueError as error:
            hint = "write it like consent.change_rate=0.05"
            raise UsageError(f"{one!r} sets no parameter to a number", hint, "--set") from error
        if not equals or name in found:
            raise UsageError(f"{name!r} is set twice", "set each parameter once", "--set")
        found[name] = number
    return found


def _hint(name: str, known: Sequence[str], are: str) -> str:
    near = nearest(name, known)
    return (f"did you mean {near}? " if near else "") + f"{are}: {', '.join(known) or 'none'}"
