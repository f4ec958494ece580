"""Hints at what was probably meant, the names there are, and how many of a thing."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

MOST_LISTED = 12
"""Of more names than this a hint lists the first only, and how many there are."""


def nearest(word: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """Give the known name most like a word.

    Parameters
    ----------
    word : str
        As it was written.
    known : iterable of str
        The names there are.
    cutoff : float
        How alike they must be, from 0 (anything) to 1 (the same).

    Returns
    -------
    str
        One of `known`: the nearest as written, else the nearest in lower case; "" where none is near.
    """
    names = list(known)
    if found := get_close_matches(word, names, 1, cutoff):
        return found[0]
    folded: dict[str, str] = {}
    for one in names:
        folded.setdefault(one.casefold(), one)
    found = get_close_matches(word.casefold(), list(folded), 1, cutoff)
    return folded[found[0]] if found else ""


def suggest(word: str, known: Iterable[str], otherwise: str = "", cutoff: float = 0.6) -> str:
    """Make the hint for a word that is not known.

    Parameters
    ----------
    word : str
        As it was written.
    known : iterable of str
        The names there are.
    otherwise : str
        The hint where none of them is near, such as `list_names(known, "the columns are")`.
    cutoff : float
        How alike they must be, from 0 (anything) to 1 (the same).

    Returns
    -------
    str
        "did you mean 'name'?", or `otherwise`.
    """
    near = nearest(word, known, cutoff)
    return f"did you mean {near!r}?" if near else otherwise


def list_names(known: Collection[str], are: str, none: str = "there are none", most: int = MOST_LISTED) -> str:
    """List the names there are for a hint.

    Parameters
    ----------
    known : collection of str
        The names, in the order in which they are listed.
    are : str
        What comes before them: "the columns are", "allowed:".
    none : str
        What is said where there is no name.
    most : int
        How many are listed; of more, the first so many and the number of all.

    Returns
    -------
    str
        "the columns are age, sex", "the columns are age, sex … (40 in all)", or `none`.
    """
    names = list(known)
    more = f" … ({len(names)} in all)" if len(names) > most else ""
    return f"{are} {', '.join(names[:most])}{more}" if names else none


def counted(number: int, one: str, many: str = "") -> str:
    """Say how many of a thing, in the number that English has for it.

    Parameters
    ----------
    number : int
        How many.
    one : str
        The thing alone: "problem", "such row".
    many : str, optional
        Several of it, where that is not `one` with an s: "entries".

    Returns
    -------
    str
        "1 problem", "3 problems", "0 entries".
    """
    return f"{number} {one if number == 1 else many or f'{one}s'}"
