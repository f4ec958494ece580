"""The named parameters of a case: which there are, what each may be, and which of them a measure may move.

One list, `GROUPS`, says it for the checks (of a file not yet known to be right), the lexicon, and the model.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from shteg.evidence.records.base import Parameter

Domain = Literal["real", "nonnegative", "positive", "probability"]
Path = tuple[str | int, ...]
Fault = tuple[str, str, str]
"""The key at fault, the problem, the hint."""
LARGEST_FACTOR = 1000
"""No measure multiplies a parameter by more, or adds more to it."""
EACH = "*"
"""In the path of a group: every entry of a list, by its `id`, or of a table, by its key."""
HINTS = {
    "real": "a logit or the logarithm of a rate lies between -100 and 100",
    "nonnegative": "it cannot be negative, and a model holds none above 1,000",
    "positive": "it must be more than 0, and a model holds none above 1,000",
    "probability": "it is a probability, from 0 to 1",
}
"""By domain, what a value outside it is told."""
_ENDS = {"real": (-100.0, 100.0), "nonnegative": (0.0, 1e3), "positive": (0.0, 1e3), "probability": (0.0, 1.0)}


@dataclass(frozen=True, slots=True)
class ParameterKind:
    """A parameter of a group: its key there ("" where the entry itself is the parameter), what it may be."""

    key: str
    domain: Domain
    movable: bool = True


@dataclass(frozen=True, slots=True)
class ParameterGroup:
    """Parameters that stand together in pathways.toml; the prefix and the key make the dotted name."""

    prefix: str
    path: tuple[str, ...]
    kinds: tuple[ParameterKind, ...]


@dataclass(frozen=True, slots=True)
class FoundParameter:
    """A parameter under its dotted name; `entry` is the record, or the raw table of a file not yet checked."""

    name: str
    path: Path
    entry: Any
    domain: Domain
    movable: bool


def _kinds(*kinds: tuple[str, Domain] | tuple[str, Domain, bool]) -> tuple[ParameterKind, ...]:
    return tuple(ParameterKind(*kind) for kind in kinds)


GROUPS: tuple[ParameterGroup, ...] = (
    ParameterGroup(
        "consent",
        ("consent",),
        _kinds(
            ("intercept", "real"),
            ("slope", "real"),
            ("statehood", "nonnegative"),
            ("common_factor", "nonnegative"),
            ("change_rate", "nonnegative"),
            ("defection", "probability"),
        ),
    ),
    ParameterGroup(
        "consent.episodes",
        ("consent", "episodes"),
        _kinds(("onset", "nonnegative"), ("stance", "real"), ("end", "nonnegative")),
    ),
    ParameterGroup("settlement", ("settlement",), _kinds(("rate", "nonnegative"), ("follow", "probability"))),
    ParameterGroup("area.{}", ("areas", EACH), _kinds(("median_years", "positive"), ("shape", "positive", False))),
    ParameterGroup(
        "shock.{}",
        ("shocks", EACH),
        _kinds(("rate", "nonnegative"), ("duration_years", "positive", False), ("effect", "real", False)),
    ),
    ParameterGroup("withdrawal", ("withdrawal",), _kinds(("rate", "nonnegative"), ("return_rate", "nonnegative"))),
    ParameterGroup("reversal.{}", ("reversals", EACH), (ParameterKind("", "nonnegative"),)),
    ParameterGroup("procedure.{}.median_years", ("procedures", EACH), (ParameterKind("", "positive", False),)),
)
"""Every parameter of pathways.toml, in the order of the file format."""


def find_parameters(pathways: Any) -> Iterator[FoundParameter]:
    """Give every parameter of `pathways.toml`: of the record `Pathways`, or of the table as it was parsed."""
    for group in GROUPS:
        for name, path, entry in _entries(pathways, group):
            for kind in group.kinds:
                found = _get(entry, kind.key) if kind.key else entry
                if isinstance(found, dict | Parameter):
                    own = (kind.key,) if kind.key else ()
                    yield FoundParameter(".".join((name, *own)), (*path, *own), found, kind.domain, kind.movable)


def movable_targets(pathways: Any, members: Iterable[str], timed_steps: Iterable[str]) -> dict[str, Domain]:
    """Name everything that a measure may move, each with what it may be.

    Parameters
    ----------
    pathways : Pathways or dict
        As for `find_parameters`.
    members, timed_steps : iterables of str
        The members, and the steps that no member ratifies: their consent and their rate can be moved.

    Returns
    -------
    dict
        Dotted name → domain, in the order of the file format.
    """
    found: dict[str, Domain] = {one.name: one.domain for one in find_parameters(pathways) if one.movable}
    found |= {f"consent.member.{member}": "real" for member in members}
    return found | _learnt(pathways, timed_steps)


def settable_names(pathways: Any, members: Iterable[str], timed_steps: Iterable[str]) -> dict[str, Domain]:
    """Name everything that a scenario may set, each with what it may be.

    Parameters
    ----------
    pathways : Pathways or dict
    members, timed_steps : iterables of str
        As for `movable_targets`.

    Returns
    -------
    dict
        Dotted name → domain.
    """
    found: dict[str, Domain] = {one.name: one.domain for one in find_parameters(pathways)}
    found |= {f"stance.{member}": "real" for member in members}
    return found | _learnt(pathways, timed_steps)


def _learnt(pathways: Any, timed_steps: Iterable[str]) -> dict[str, Domain]:
    """Name what the case may leave to the facts on record: the rate of a step, onset and end of blocks."""
    found: dict[str, Domain] = {f"step.{step}.log_rate": "real" for step in timed_steps}
    if _get(_get(pathways, "consent"), "episodes") is not None:
        found |= {"consent.episodes.onset": "nonnegative", "consent.episodes.end": "nonnegative"}
    return found


def outside(value: float, domain: Domain) -> bool:
    """Tell whether a value is none that a parameter of this domain can have."""
    low, high = _ENDS[domain]
    return not low <= value <= high or (domain == "positive" and value == 0)


def _wrong_sign(value: float, domain: Domain) -> bool:
    return domain != "real" and (value < 0 or (domain == "positive" and value == 0))


def range_faults(entry: Any, domain: Domain, *, sized: bool = True) -> Iterator[Fault]:
    """Find the ends of a range that a parameter cannot have.

    Parameters
    ----------
    entry : Parameter or dict
        The parameter, or its table in a file that is not yet known to be right.
    domain : Domain
        What it may be.
    sized : bool
        Also find what is larger than anything a file of a case means; a case made in Python may go to a limit.

    Yields
    ------
    Fault
    """
    for key, verb in (("low", "begins"), ("high", "ends")):
        end = _get(entry, key)
        if _number(end) and outside(end, domain) and (sized or domain == "probability" or _wrong_sign(end, domain)):
            yield key, f"its range {verb} at {end}", HINTS[domain]


def effect_faults(effect: Any, domain: Domain | None) -> Iterator[Fault]:
    """Find what is wrong with the size of an effect: a reversed range, a factor that none can be, too large a step.

    An effect may be its table in a file that is not yet known to be right; `domain` is what the parameter may be that
    it moves, if there is such a parameter.
    """
    yield from order_faults(effect)
    target, operation, low = (_get(effect, key) for key in ("target", "operation", "low"))
    limit, what, hint = LARGEST_FACTOR, "factor", f"give a factor up to {LARGEST_FACTOR:,}"
    if operation == "multiply":
        if str(target).startswith("consent.member."):
            problem = "the consent of one member has nothing to multiply"
            yield "operation", problem, 'write operation = "add": the effect is on the logit scale'
        if _number(low) and (low < 0 or (low == 0 and str(target).startswith("step."))):
            unfit = "a factor cannot be negative, and a rate cannot be multiplied by 0"
            yield "low", f"the factor may be {low}", unfit
    elif operation == "add":
        limit, what = 100 if domain == "real" else LARGEST_FACTOR, "added value"
        hint = f"a sum on the scale of this parameter lies between -{limit:,} and {limit:,}"
    for key in ("low", "high") if operation in ("multiply", "add") else ():
        if _number(end := _get(effect, key)) and abs(end) > limit:
            yield key, f"the {what} may be {end}", hint


def order_faults(entry: Any) -> Iterator[Fault]:
    """Find a range, of a parameter or of an effect, that does not hold its value."""
    low, value, high = (_get(entry, key) for key in ("low", "value", "high"))
    if _number(low) and _number(value) and _number(high) and not low <= value <= high:
        problem = f"the range {low} to {high} does not hold the value {value}"
        yield "low", problem, "order them: low, then value, then high"


def _number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _entries(pathways: Any, group: ParameterGroup) -> Iterator[tuple[str, Path, Any]]:
    first = _get(pathways, group.path[0])
    if group.path[-1] != EACH:
        entry = first if len(group.path) == 1 else _get(first, group.path[1])
        if entry is not None:
            yield group.prefix, group.path, entry
    elif isinstance(first, dict):
        yield from ((group.prefix.format(key), (group.path[0], key), one) for key, one in first.items())
    elif isinstance(first, list | tuple):
        for number, one in enumerate(first):
            yield group.prefix.format(_get(one, "id")), (group.path[0], number), one


def _get(entry: Any, key: str) -> Any:
    return entry.get(key) if isinstance(entry, dict) else getattr(entry, key, None)
