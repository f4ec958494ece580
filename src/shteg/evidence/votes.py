"""How many members must consent under each decision rule."""

SOME_SUFFICE: frozenset[str] = frozenset({"two_thirds", "majority"})
"""Rules under which some of those who vote are enough, whoever they are."""


def votes_needed(rule: str, electors: int) -> int:
    """Give how many of those who vote must consent.

    Parameters
    ----------
    rule : str
        `all`, `two_thirds`, `majority`, `sponsors` or `none`: a `Rule` of the records.
    electors : int
        Those who vote under it: the members, or the named sponsors.

    Returns
    -------
    int
        0 where nobody need consent. More than half of no electors is one vote, which nobody can give.
    """
    if rule == "none":
        return 0
    if rule == "two_thirds":
        return -(-2 * electors // 3)
    if rule == "majority":
        return electors // 2 + 1
    return electors
