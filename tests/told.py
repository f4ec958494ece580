"""What a block of code tells the user on the error stream."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shteg import keeping


@contextmanager
def told(caplog: pytest.LogCaptureFixture, words: str) -> Iterator[None]:
    """Fail unless the block warns, once, in these words."""
    caplog.clear()
    keeping._say_once.cache_clear()
    yield
    messages = [record.getMessage() for record in caplog.records if record.name == keeping.__name__]
    assert len(messages) == 1, messages
    assert re.search(words, messages[0])
