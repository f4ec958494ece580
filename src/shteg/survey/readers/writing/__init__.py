"""A data file written again with columns added, in the format that its name says."""

from shteg.survey.readers.writing.write import FORMATS, write_responses

__all__ = ["FORMATS", "write_responses"]
