"""Contradictions in the questionnaire of a wave: codes that are no options, answers that count and do not count."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.draft import Draft, texts_in
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.toml_positions import Path


def check_options(draft: Draft) -> Iterator[Problem]:
    """Find missing codes that are no option or count as favourable, options named twice, items without an answer."""
    for wave in draft.waves:
        file = f"surveys/{wave}/questionnaire.toml"
        for path, item in draft.tables_of(file, "items"):
            options = item.get("options")
            if isinstance(options, dict) and options:
                yield from _check_item(draft, file, path, item, options)


def _check_item(
    draft: Draft, file: str, path: Path, item: dict[str, object], options: dict[str, object]
) -> Iterator[Problem]:
    missing = [code for _, code in texts_in(item.get("missing"))]
    for number, code in texts_in(item.get("missing")):
        if code not in options:
            hint = suggest(code, list(options), "correct it, or add the option")
            problem = f"the missing code `{code}` is not an option of this item"
            yield draft.at_key(file, (*path, "missing", number), problem, hint)
    for number, code in texts_in(item.get("favourable")):
        if code in missing:
            problem = f"`{code}` counts as favourable, and is left out of the base as missing"
            yield draft.at_key(file, (*path, "favourable", number), problem, "take it out of one of the two")
    for key in ("missing", "favourable"):
        seen: set[str] = set()
        for number, code in texts_in(item.get(key)):
            if code in seen:
                yield draft.at_key(file, (*path, key, number), f"`{code}` is named twice", "name it once")
            seen.add(code)
    if set(options) <= set(missing):
        problem = "every option of this item is missing: no answer is left"
        yield draft.at_key(file, (*path, "missing"), problem, "list only the codes that are no answer")
