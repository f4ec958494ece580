"""Plain sentences and hints for what pydantic finds wrong in a record."""

from collections.abc import Collection
from typing import Any, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shteg.evidence.files.schema import allowed_keys, strip_optional
from shteg.evidence.records.declarations import PerLanguage, Record, marked
from shteg.hints import MOST_LISTED, counted, list_names, nearest

Loc = tuple[str | int, ...]

_DATE_HINT = "write YYYY-MM-DD, or YYYY-MM or YYYY where the source says no more"
_VALUE_HINTS = (
    (
        "country code",
        "use the ISO 3166-1 alpha-3 code; for a code of your own take AAA–AAZ, QMA–QZZ, XAA–XZZ or ZZA–ZZZ and name it "
        "in case.toml under [names.CODE]",
    ),
    ("ends before it begins", "exchange the two dates"),
    ("not a date", _DATE_HINT),
    ("is not a day that exists", _DATE_HINT),
    ("is outside", _DATE_HINT),
    ("finite number", "write for example 12 or 0.5, or leave the cell empty"),
    ("grade", "a letter A–F for the source and a digit 1–6 for the statement; F6 where nobody has read the source"),
    ("is not an id", "for example `trust-2024`"),
    ("can be read as", "write it without a mark for thousands and without a zero at the end of the decimals"),
    ("is not a web address", "write a whole address, such as https://example.org/report"),
    ("text encoding", "name one such as windows-1250, windows-1252, windows-1254, iso-8859-2 or utf-8"),
    ("the range", "order them: low, then value, then high"),
    ("lies before", "the public cannot know a thing before it happened: correct one of the two dates"),
)
_NUMBER = ("a number, with a point for decimals", "write for example 12 or 0.5, without a unit or a thousands mark")
_WHOLE = ("a whole number", "write for example 12, without decimals, a unit or a thousands mark")
_EXPECTED = {
    "string_type": ("text", "put it between quotation marks"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": ("a finite number", "write for example 12 or 0.5, or leave it empty"),
    "bool_type": ("true or false", "write true or false, without quotation marks"),
    "bool_parsing": ("true or false", "write true or false"),
    "date_type": ("a day", "write YYYY-MM-DD"),
    "date_parsing": ("a day that exists", "write YYYY-MM-DD"),
    "date_from_datetime_parsing": ("a day that exists", "write YYYY-MM-DD"),
    "date_from_datetime_inexact": ("a day without a time", "write YYYY-MM-DD"),
    "model_type": ("a table of keys", "see docs/case-format.md for its keys"),
    "dict_type": ("a table of keys", "see docs/case-format.md for its keys"),
    "tuple_type": ("a list", 'write it between brackets, for example ["a", "b"]'),
    "list_type": ("a list", 'write it between brackets, for example ["a", "b"]'),
}

MAY_BE = "it may be one of:"


def suggest(word: str, known: Collection[str], otherwise: str) -> str:
    """Make a hint that names the nearest known word, or lists the known ones if they are few.

    Parameters
    ----------
    word : str
        As it was written.
    known : collection of str
        The words there are.
    otherwise : str
        The hint where none is near and there are many, or none.

    Returns
    -------
    str
    """
    if near := nearest(word, known):
        return f"did you mean `{near}`?"
    if len(known) == 1:
        return f"it can only be `{next(iter(known))}`"
    return list_names(sorted(known), MAY_BE) if 1 < len(known) <= MOST_LISTED else otherwise


def quoted(value: Any) -> str:
    """Show a value as it stands, cut where it is long, without breaking the line."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    text = " ".join(text.split())
    return "“" + (text if len(text) <= 60 else text[:57] + "…") + "”"


def explain(record: type[Record], errors: ValidationError) -> list[tuple[Loc, str, str]]:
    """Translate what pydantic found.

    Returns
    -------
    list of (loc, problem, hint)
        `loc` leads to the key at fault, or to the table where the key is missing.
    """
    found = errors.errors(include_url=False)
    return [_explain_one(record, error) for error in found if not _follows(error)]


def _follows(error: ErrorDetails) -> bool:
    """Tell whether a list is too short only because entries that stand in it are wrong: these are told themselves."""
    value, least = error.get("input"), error.get("ctx", {}).get("min_length")
    return error["type"] == "too_short" and isinstance(value, list | dict) and least is not None and len(value) >= least


def _explain_one(record: type[Record], error: ErrorDetails) -> tuple[Loc, str, str]:
    loc = tuple(part for part in error["loc"] if part != "[key]")
    if len(loc) == 2 and loc[0] in marked(record, PerLanguage):
        loc = (f"{loc[0]}_{loc[1]}",)
    name = _named(loc)
    kind, context, value = error["type"], error.get("ctx", {}), error.get("input")
    if kind == "missing":
        return loc[:-1], f"{name} is missing", f"add {name}"
    if kind == "extra_forbidden":
        known = allowed_keys(record, loc[:-1])
        return loc, f"{name} is not a key that belongs here", suggest(str(loc[-1]), known, "remove it")
    if kind == "string_too_short" or (isinstance(value, str) and not value.strip()):
        return loc, f"{name} is empty", f"fill in {name}"
    if kind == "literal_error":
        allowed = [str(one) for one in _literals(record, loc)]
        hint = list_names(allowed, MAY_BE, most=len(allowed)) if len(allowed) > 1 else f"it can only be `{allowed[0]}`"
        near = nearest(str(value), allowed)
        return loc, f"{name} cannot be {quoted(value)}", hint + (f"; did you mean `{near}`?" if near else "")
    if kind == "value_error":
        said = str(context.get("error", error["msg"]))
        hint = next((one for word, one in _VALUE_HINTS if word in said), "correct one of the two")
        field = loc or tuple(word for word in said.split()[:1] if word in record.model_fields)
        return field, (f"{name}: {said}" if name else said), hint
    if kind in ("too_short", "too_long"):
        return loc, *_length(name, int(context.get("actual_length") or 0), context)
    if kind in _EXPECTED:
        form, hint = _EXPECTED[kind]
        return loc, f"{name or 'this'} must be {form}, not {quoted(value)}", hint
    if bounds := _bounds(context):
        return loc, f"{name} is {quoted(value)}", f"it must be {bounds}"
    return loc, f"{name}: {error['msg'][:1].lower()}{error['msg'][1:]}", "see docs/case-format.md"


def _named(loc: Loc) -> str:
    """Name a key, or an entry of a list by its number from 1 and its list; "" for the whole table."""
    entries = [part for part in loc if isinstance(part, int)]
    keys = [str(part) for part in loc if not isinstance(part, int)]
    if not loc or isinstance(loc[-1], str):
        return f"`{loc[-1]}`" if loc else ""
    return f"entry {entries[-1] + 1} of `{keys[-1]}`" if keys else f"entry {entries[-1] + 1}"


def _length(name: str, length: int, context: dict[str, Any]) -> tuple[str, str]:
    """Say that a list has too few or too many entries."""
    least, most = context.get("min_length"), context.get("max_length")
    need = f"give it {_bounds(context)} entr{'y' if 1 in (least, most) else 'ies'}"
    if not length:
        return f"{name} is empty", f"{need}, or leave the key out if it may be left out"
    return f"{name} has {counted(length, 'entry', 'entries')}", need


def _bounds(context: dict[str, Any]) -> str:
    words = {
        "ge": "at least",
        "gt": "more than",
        "le": "at most",
        "lt": "less than",
        "min_length": "at least",
        "max_length": "at most",
    }
    return " and ".join(f"{word} {_written(context[key])}" for key, word in words.items() if key in context)


def _written(bound: Any) -> str:
    """Write a bound: whole numbers in full, days as they are."""
    if isinstance(bound, int | float):
        return f"{bound:,.0f}" if abs(bound) >= 10_000 else f"{bound:g}"
    return str(bound)


def _literals(record: type[BaseModel], loc: Loc) -> tuple[Any, ...]:
    annotation: Any = record
    for part in loc:
        annotation = strip_optional(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation = annotation.model_fields[str(part)].annotation
        else:
            annotation = get_args(annotation)[1 if get_origin(annotation) is dict else 0]
    return get_args(strip_optional(annotation))
