"""Country codes (ISO 3166-1 alpha-3) and their names as CLDR has them; a case may add codes and override names."""

from functools import cache

from shteg.errors import UsageError

USER_ASSIGNED = ("AAA", "QMA", "XAA", "ZZA")
"""First codes of the ranges ISO leaves to users: AAA–AAZ, QMA–QZZ, XAA–XZZ, ZZA–ZZZ."""
_PSEUDO = frozenset({"XA", "XB"})
"""What CLDR calls pseudo-accents and pseudo-bidi, to test programs with: no countries."""


@cache
def alpha2_by_alpha3() -> dict[str, str]:
    """Map every ISO 3166-1 alpha-3 code that CLDR knows to its alpha-2 code."""
    from babel.core import get_global

    aliases = get_global("territory_aliases")
    return {
        code: targets[0]
        for code, targets in aliases.items()
        if len(code) == 3
        and code.isalpha()
        and len(targets) == 1
        and len(targets[0]) == 2
        and targets[0] not in _PSEUDO
    }


def is_user_assigned(code: str) -> bool:
    """Tell whether ISO 3166-1 leaves this alpha-3 code to its users."""
    return (
        len(code) == 3
        and code.isascii()
        and code.isupper()
        and code.isalpha()
        and (code[:2] == "AA" or "QM" <= code[:2] <= "QZ" or code[0] == "X" or code[:2] == "ZZ")
    )


def is_country(code: str) -> bool:
    """Tell whether `code` is an alpha-3 code of ISO 3166-1 or one that ISO leaves to users."""
    return code in alpha2_by_alpha3() or is_user_assigned(code)


def country_name(code: str, locale: str) -> str:
    """Give the CLDR name of a country in a locale ("sq", "en_GB").

    Raises
    ------
    UsageError
        CLDR has no such country: the case must name it under `[names.CODE]`.
    """
    from babel import Locale

    alpha2 = alpha2_by_alpha3().get(code)
    name = Locale.parse(locale).territories.get(alpha2) if alpha2 else None
    if name is None:
        raise UsageError(f"no name is known for country {code}", f"name it in case.toml under [names.{code}]", code)
    return str(name)
