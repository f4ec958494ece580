"""Every file that a case may hold, as the records declare them."""

from shteg.evidence.records import base, case, commitments, editions, facts, images, ledger, model, objections, surveys
from shteg.evidence.records.declarations import declared_files

_DECLARED = declared_files(case, base, facts, model, objections, surveys, ledger, images, commitments, editions)
FILES = tuple(one for one in _DECLARED if not one.of_wave)
"""The files of a case outside its survey waves and texts."""
TABLES = tuple(one for one in FILES if one.kind == "csv")
"""The tables of facts among them."""
LEDGER = tuple(one.path for one in FILES if one.chained or one.record is ledger.Reaches)
"""The files that only editions of the past are written into: what an edition itself says does not rest on them."""
WAVE_FILES = tuple(one for one in _DECLARED if one.of_wave)
"""The files of one wave of microdata, beside the data file that design.toml names."""
TEXT_FILE = ("text/<language>/<name>.md", "A text, once in each language.")
"""The path of a text, and what it is."""
ALLOWED = ("README.md", "NOTES.md", "LICENSE")
"""Files that a case may hold and that are not read."""
