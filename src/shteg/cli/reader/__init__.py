"""The language of the reader: what the program says at the terminal, found in English and given in another language."""

from shteg.cli.reader.help_pages import ReaderContext, tell_click_error, with_reader
from shteg.cli.reader.language import LANGUAGES, reader_language, windows_locale
from shteg.cli.reader.speak import render_error, speak, speaking, speaks_other

__all__ = [
    "LANGUAGES",
    "ReaderContext",
    "reader_language",
    "render_error",
    "speak",
    "speaking",
    "speaks_other",
    "tell_click_error",
    "windows_locale",
    "with_reader",
]
