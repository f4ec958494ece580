"""What tables of a wave need of its files: nets and last answers that are options, earlier waves that exist."""

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


def check_same_units(draft: Draft) -> Iterator[Problem]:
    """Find waves that a design names as visiting the same units and that are not there, or are the wave itself."""
    for wave in draft.waves:
        file = f"surveys/{wave}/design.toml"
        for number, other in texts_in(draft.raw(file, "same_psus")):
            if other == wave or other not in draft.waves:
                hint = suggest(other, [one for one in draft.waves if one != wave], "name the folder of another wave")
                yield draft.at_key(file, ("same_psus", number), f"`{other}` is no other wave of this case", hint)


CHECKS = (check_nets, check_same_units)
