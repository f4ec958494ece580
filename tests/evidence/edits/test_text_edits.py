"""A change of a text leaves the bytes of every line that stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.errors import UsageError
from shteg.evidence.edits.text_edits import MOST_LINES, changed_text, difference, shown_text


def test_line_ends_and_mark_are_kept() -> None:
    raw = b"\xef\xbb\xbfone\r\ntwo\nthree\r\nfour"
    assert shown_text(raw) == "one\ntwo\nthree\nfour"
    assert changed_text(raw, "one\ntwo\nthree\nfour") == raw
    assert changed_text(raw, "one\nnew\ntwo\nthree\nfour") == b"\xef\xbb\xbfone\r\nnew\r\ntwo\nthree\r\nfour"
    assert changed_text(raw, "one\ntwo\nthree\nfour\n") == b"\xef\xbb\xbfone\r\ntwo\nthree\r\nfour\r\n"
    assert changed_text(b"", "a\n") == b"a\n"


@given(st.text("ab\n", max_size=40), st.text("ab\n", max_size=40))
def test_any_text_reads_back_as_written(before: str, after: str) -> None:
    assert shown_text(changed_text(before.replace("\n", "\r\n").encode(), after)) == after


def test_what_is_not_utf8_is_not_shown() -> None:
    with pytest.raises(UsageError, match="save it as UTF-8"):
        shown_text(b"\xff\xfea")


def test_differences_are_told_line_by_line_and_not_without_end() -> None:
    told = difference(b"a\nb\nc\n", b"a\nx\nc\n", "acts.csv")
    assert "-b" in told
    assert "+x" in told
    long = difference(b"", "\n".join(map(str, range(2000))).encode(), "acts.csv")
    assert len(long.splitlines()) == MOST_LINES + 1
    assert long.endswith("…")
