"""Disclosure in crossed groupings: the hidden parts of a shown domain, taken together."""

from __future__ import annotations

from collections.abc import Mapping

from shteg.survey.inference.domains import ALL, JOINT


def hide_in_crossings(reasons: dict[tuple[str, str], str], sizes: Mapping[tuple[str, str], int], fewest: int) -> None:
    """Hide further crossed domains until those hidden inside any shown one number `fewest` together.

    A domain such as "women" shown beside "north × women" … tells how its hidden parts answered together.
    """
    families = _families(sizes)
    changed = True
    while changed:
        changed = False
        for parent, children in families:
            if parent in reasons:
                continue
            shown = sorted((one for one in children if one not in reasons), key=lambda one: (sizes[one], one))
            bases = [sizes[one] for one in children if one in reasons and sizes[one] > 0]
            if (rest := sizes[parent] - sum(sizes[one] for one in children)) > 0:
                bases.append(rest)
            if bases and shown and (sum(bases) < fewest or (len(bases) < 2 and min(bases) < fewest)):
                reasons[shown[0]] = "complementary"
                changed = True


def _families(sizes: Mapping[tuple[str, str], int]) -> list[tuple[tuple[str, str], list[tuple[str, str]]]]:
    """Domains of a grouping variable, each with its parts under a grouping that crosses it with another variable."""
    variables = [one for one in dict.fromkeys(variable for variable, _ in sizes) if one != ALL]
    found = []
    for fine in variables:
        for coarse in variables:
            places = [fine.split(JOINT).index(one) if one in fine.split(JOINT) else -1 for one in coarse.split(JOINT)]
            if coarse == fine or -1 in places:
                continue
            for variable, name in sizes:
                if variable == coarse:
                    parts = [
                        (one, domain)
                        for one, domain in sizes
                        if one == fine and JOINT.join(domain.split(JOINT)[place] for place in places) == name
                    ]
                    found.append(((coarse, name), parts))
    return found
