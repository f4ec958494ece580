"""How many members must consent under each decision rule."""

SOME_SUFFICE: frozenset[str] = frozenset({"two_thirds", "majority"})
"""Rules under which some of those who vote are enough, whoever they are."""


def votes_needed(rule: str, electors: int) -> int:
    """Give how many of the `electors` must consent under a `Rule` of the records; 0 where nobody need consent.

    Electors are the members, or the named sponsors. More than half of none is one vote, which nobody can give.
    """
    if rule == "none":
        return 0
    if rule == "two_thirds":
        return -(-2 * electors // 3)
    if rule == "majority":
        return electors // 2 + 1
    return electors
