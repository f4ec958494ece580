"""What tables of a wave need of its files: nets and last answers that are options, batteries, earlier waves."""

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.draft import Draft, texts_in
from shteg.evidence.files.explain_invalid import suggest


def check_nets(draft: Draft) -> Iterator[Problem]:
    """Find nets and last answers of an item that are none of its options that count."""
    for wave in draft.waves:
        file = f"surveys/{wave}/questionnaire.toml"
        for path, item in draft.tables_of(file, "items"):
            options = item.get("options")
            if not isinstance(options, dict):
                continue
            missing = {code for _, code in texts_in(item.get("missing"))}
            nets = item.get("nets")
            named = nets.items() if isinstance(nets, dict) else ()
            lists = [(("nets", name, "codes"), net.get("codes")) for name, net in named if isinstance(net, dict)]
            for key, codes in (*lists, (("last",), item.get("last"))):
                for number, code in texts_in(codes):
                    place = (*path, *key, number)
                    if code not in options:
                        hint = suggest(code, options, "correct it, or add the option")
                        yield draft.at_key(file, place, f"`{code}` is not an option of this item", hint)
                    elif code in missing:
                        problem = f"`{code}` is left out of the base as missing"
                        yield draft.at_key(file, place, problem, "take it out of one of the two")


def check_batteries(draft: Draft) -> Iterator[Problem]:
    """Find batteries of questions that are not there, stand in two, or have other options than the first."""
    for wave in draft.waves:
        file = f"surveys/{wave}/questionnaire.toml"
        items = {str(path[-1]): item for path, item in draft.tables_of(file, "items")}
        seen: dict[str, str] = {}
        for path, battery in draft.tables_of(file, "batteries"):
            name, first = str(path[-1]), ""
            for number, item in texts_in(battery.get("items")):
                place = (*path, "items", number)
                if item not in items:
                    hint = suggest(item, items, "name a question of this file")
                    yield draft.at_key(file, place, f"`{item}` is no question of this wave", hint)
                    continue
                if item in seen:
                    problem = f"the question `{item}` stands in the battery `{seen[item]}` already"
                    yield draft.at_key(file, place, problem, "take it out of one of the two")
                seen[item], first = name, first or item
                if _codes(items[item]) != _codes(items[first]):
                    problem = f"`{item}` has other options than `{first}`, the first of the battery"
                    hint = "give both the same codes in the same order, or take it out of the battery"
                    yield draft.at_key(file, place, problem, hint)
                if items[item].get("multiple") is True:
                    problem = f"`{item}` takes several answers"
                    yield draft.at_key(file, place, problem, "a battery holds questions with one answer: take it out")


def _codes(item: dict[str, object]) -> list[str]:
    """The codes that count, in order."""
    options = item.get("options")
    missing = {code for _, code in texts_in(item.get("missing"))}
    return [code for code in options if code not in missing] if isinstance(options, dict) else []


def check_same_units(draft: Draft) -> Iterator[Problem]:
    """Find waves that a design names as visiting the same units and that are not there, or are the wave itself."""
    for wave in draft.waves:
        file = f"surveys/{wave}/design.toml"
        for number, other in texts_in(draft.raw(file, "same_psus")):
            if other == wave or other not in draft.waves:
                hint = suggest(other, [one for one in draft.waves if one != wave], "name the folder of another wave")
                yield draft.at_key(file, ("same_psus", number), f"`{other}` is no other wave of this case", hint)


CHECKS = (check_nets, check_batteries, check_same_units)
