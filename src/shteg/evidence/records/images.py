"""Record of `images.toml`: the pictures that texts, the cover and the logo show."""

from pydantic import Field

from shteg.evidence.records.base import Id, Localised, OptionalTexts, SourceId, Text
from shteg.evidence.records.declarations import Record, toml_file


class Picture(Record):
    """A picture of the case: the file, who made it, who may use it, what it shows."""

    file: Text = Field(
        description="The file, such as `images/lake.jpg`: JPEG, PNG, or SVG without scripts; up to 2 MiB."
    )
    source: SourceId = Field(description="Id in sources.toml of where it comes from.")
    licence: Text = Field(description="Licence under which it may be shown, such as `CC-BY-4.0`.")
    credit: Text = Field(description="Who made it, as it is to be named.")
    alt: Localised = Field(description="What it shows, for those who do not see it: a sentence.")
    caption: OptionalTexts = Field(default=None, description="What stands below it, if something does.")


@toml_file("images.toml", "The pictures that texts, the cover and the logo show; the files lie in images/.")
class Images(Record):
    """The pictures of the case."""

    images: dict[Id, Picture] = Field(min_length=1, description="The pictures, by id.")
