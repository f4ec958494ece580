"""What somebody answers before a case is begun."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """The answers from which a case is begun.

    Attributes
    ----------
    name : str
        Id of the case, and name of its folder.
    languages : tuple of str
        Languages of the program, at least one.
    aspirant : str
        Country code.
    organisation_id : str
        Short id.
    organisation, short : mapping
        Full and short name, by language.
    members : mapping
        For each country code when it joined, as the case writes dates; "" where nobody said.
    rule : str
        Who must consent to membership, a decision rule of steps.toml.
    as_of : date
        The day of the case.
    names : mapping
        For codes that CLDR does not name, or that the case calls differently: name by language.
    minimal : bool
        The smallest set of files: no empty tables to fill, no notes.
    """

    name: str
    languages: tuple[str, ...]
    aspirant: str
    organisation_id: str
    organisation: Mapping[str, str]
    short: Mapping[str, str]
    members: Mapping[str, str]
    rule: str
    as_of: date
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    minimal: bool = False
