"""Room for words: measured by the widest font, broken so that each line fits."""

import pytest

from shteg.report.layout.frames import PAGE, PHONE
from shteg.report.layout.lettering import lines_of, width_of


@pytest.mark.parametrize("size", [PHONE.size, PAGE.size])
def test_lines_fit_and_lose_no_letter(size: float) -> None:
    text = "Partneri kontribues i një qendre të ekselencës: Bundesverfassungsgerichtsentscheidungsgründe, a/b–c"
    for room in (60.0, 120.0, 300.0):
        lines = lines_of(text, size, room)
        assert all(width_of(line, size) <= room for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert lines_of(text, size, 5000) == [text]
    assert lines_of("a\nb", size, 5000) == ["a", "b"]


def test_width_knows_letters_of_every_language() -> None:
    assert width_of("ëçšđčćžЉГΩ", 10) < 10 * 10
    assert width_of("漢", 10) >= 10  # unknown: as wide as its size
    assert width_of("i", 10) < width_of("m", 10) < width_of("m", 10, bold=True)
