"""Which language the reader speaks: an option, the environment, the locale of the machine; else English."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

OPTION, VARIABLE = "--speak", "SHTEG_LANGUAGE"
ENGLISH = "en"
LANGUAGES = (ENGLISH, *sorted(one.name for one in Path(__file__).parent.iterdir() if (one / "phrases.toml").is_file()))
"""English, which the source is written in, and every language with a folder of words here."""
LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the locale; the first that is set counts."""


def reader_language(
    words: Sequence[str], environment: Mapping[str, str], of_machine: Callable[[], str] = lambda: ""
) -> tuple[str, str]:
    """Choose the language in which the program speaks.

    Parameters
    ----------
    words : sequence of str
        The words of the command line; `--speak` among them counts before all else.
    environment : mapping of str to str
        `SHTEG_LANGUAGE` counts next, then the locale: LC_ALL, LC_MESSAGES, LANG.
    of_machine : callable
        Gives the locale that the machine is set to, such as "sq_AL"; asked where the environment names none.

    Returns
    -------
    tuple of str
        One of `LANGUAGES`, and what SHTEG_LANGUAGE names where that is none of them, else "".
    """
    asked = _option(words)
    if asked in LANGUAGES:
        return asked, ""
    named = environment.get(VARIABLE, "").strip()
    if named:
        code = _code(named)
        return (code, "") if code in LANGUAGES else (ENGLISH, named)
    locale = next((found for name in LOCALE if (found := environment.get(name, ""))), "") or of_machine()
    code = _code(locale)
    return (code if code in LANGUAGES else ENGLISH), ""


def _option(words: Sequence[str]) -> str:
    """Give what `--speak` says before the command's own words end, with or without an equals sign."""
    for place, word in enumerate(words):
        if word == "--":
            return ""
        if word == OPTION:
            return words[place + 1] if place + 1 < len(words) else ""
        if word.startswith(f"{OPTION}="):
            return word.partition("=")[2]
    return ""


def _code(locale: str) -> str:
    return re.split(r"[_.@-]", locale.strip().lower(), maxsplit=1)[0]


def windows_locale() -> str:
    """Give the language in which Windows speaks, such as "sq_AL"; "" on any other system."""
    import ctypes

    library = getattr(ctypes, "windll", None)
    if library is None:
        return ""
    import locale

    return locale.windows_locale.get(library.kernel32.GetUserDefaultUILanguage(), "")
