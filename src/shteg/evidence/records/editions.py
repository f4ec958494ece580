"""Records of `editions.toml` and `errata.toml`: earlier editions of the publication, and what was wrong in them."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from shteg.evidence.records.base import Address, Id, Localised, OptionalText
from shteg.evidence.records.declarations import Ahead, Record, refers, toml_file


class EarlierEdition(Record):
    """An edition that was published before this one."""

    day: date = Field(description="The day as of which it stood.")
    edition: Id | None = Field(default=None, description="Its name of twelve digits, as its manifest has it.")
    folder: OptionalText = Field(
        default=None,
        description="Where its site lies, seen from the case folder: it is kept at `editions/<id>/` of the new site.",
    )
    address: Address = Field(default=None, description="Where it stands, if it is kept elsewhere.")
    note: Localised | None = Field(default=None, description="What a reader should know about it, in a sentence.")


@toml_file("editions.toml", "The editions that were published before this one.")
class EarlierEditions(Record):
    """The editions that were published before this one."""

    editions: dict[Id, EarlierEdition] = Field(
        min_length=1, description="The earlier editions, by an id that names their folder in the archive."
    )


class Erratum(Record):
    """Something that was printed wrongly, and what is right."""

    id: Id = Field(description="Short id of the entry.")
    published_on: Annotated[date, Ahead()] = Field(description="The day on which the error was made public.")
    edition: Annotated[Id | None, refers("edition", "editions.toml#editions")] = Field(
        default=None, description="Id in editions.toml of the edition that has the error; empty: all before this one."
    )
    pages: tuple[Id, ...] = Field(
        min_length=1, description="Pages of the site on which it stood, such as `path`: they carry a notice."
    )
    value: Id | None = Field(default=None, description="Id of the figure that was wrong, as values.json has it.")
    block: Id | None = Field(
        default=None, description="Id of the block of text that was wrong, where it was no figure."
    )
    wrong: Localised = Field(description="What was printed.")
    right: Localised = Field(
        description="What is right; of a figure exactly what this edition prints, or the build stops."
    )
    text: Localised = Field(description="How the error came about, and what rests on it.")

    @model_validator(mode="after")
    def _names_one(self) -> "Erratum":
        if (self.value is None) == (self.block is None):
            raise ValueError("an erratum names either a figure (`value`) or a block of text (`block`)")
        if self.wrong == self.right:
            raise ValueError("`wrong` and `right` say the same")
        return self


@toml_file("errata.toml", "What was printed wrongly in earlier editions, and what is right.")
class Errata(Record):
    """What was printed wrongly in earlier editions, and what is right."""

    errata: tuple[Erratum, ...] = Field(min_length=1, description="The entries, in any order.")
