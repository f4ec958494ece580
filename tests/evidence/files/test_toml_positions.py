"""Where keys stand: every key that tomllib finds has a place, and the place is right."""

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.evidence.files.toml_positions import Path, find_keys, too_deep
from tests.evidence.demo_copy import DEMO

EXAMPLE = '''\
# comment [not.a.table]
id = "demo"  # more
"quoted key" = 'lit [x] # no comment'
a.b."c.d" = 1
text = """
[nor.this]
x = 1 ""\\" still
"""
raw = \'\'\'
y = "2"
\'\'\'
list = [
  1,  # one
  { k = "v", n = { deep = [true, false] } },
  [],
]
when = 1979-05-27 07:32:00
[table]
k = 1
[table.inner]
k = -1.5e3
[[rows]]
k = "first"
[rows.sub]
x = 1
[[rows]]
k = "second"
[[rows.nested]]
z = 0
'''


def paths_of(value: Any, path: Path = ()) -> list[Path]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, one in value.items():
            found += paths_of(one, (*path, key))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            found += paths_of(one, (*path, number))
    return found


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("id",), (2, 1)),
        (("quoted key",), (3, 1)),
        (("a", "b", "c.d"), (4, 5)),
        (("text",), (5, 1)),
        (("list", 0), (13, 3)),
        (("list", 1, "n", "deep"), (14, 20)),
        (("list", 1, "n", "deep", 1), (14, 34)),
        (("when",), (17, 1)),
        (("table", "inner"), (20, 1)),
        (("table", "inner", "k"), (21, 1)),
        (("rows", 1, "k"), (27, 1)),
        (("rows", 1, "nested", 0, "z"), (29, 1)),
        (("rows", 0, "sub", "x"), (25, 1)),
    ],
)
def test_a_key_stands_where_it_stands(path: Path, place: tuple[int, int]) -> None:
    assert find_keys(EXAMPLE)[path] == place


def test_no_key_is_missed_and_none_is_invented() -> None:
    assert sorted(map(str, find_keys(EXAMPLE))) == sorted(map(str, paths_of(tomllib.loads(EXAMPLE))))


@pytest.mark.parametrize("file", sorted(path.relative_to(DEMO).as_posix() for path in DEMO.rglob("*.toml")))
def test_every_key_of_the_demo_case_has_a_place(file: str) -> None:
    text = (DEMO / file).read_text(encoding="utf-8")
    assert set(find_keys(text)) == set(paths_of(tomllib.loads(text)))


@given(st.text(alphabet="ab.[]{}=\"'#\n ,\\1", max_size=60))
def test_any_text_is_walked_to_an_end(text: str) -> None:
    found = find_keys(text)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(found) == set(paths_of(raw))


def test_nesting_is_counted_outside_texts_and_comments() -> None:
    assert too_deep('a = "[[[[" # [[[[\nb = [[1], [2]]', 2) is None
    assert too_deep("a = [[[1]]]", 2) == 6
    assert too_deep("a.b.c.d = 1", 2) == 0
    assert too_deep("a = [0.1, 0.2, 0.3, 0.4]", 2) is None
