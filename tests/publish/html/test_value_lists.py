"""Lists of values: a long kind is divided, what belongs together stays together, and every value is found."""

from collections import Counter
from pathlib import Path

from shteg.publish import printed
from shteg.publish.printed import FULL, MANY, Voice, _divide


def ids(kind: str, parts: dict[str, int]) -> list[str]:
    return [f"{kind}.{part}.{number:04d}" for part, times in parts.items() for number in range(times)]


def lists_of(found: list[str]) -> dict[str, str]:
    firsts, names = _divide(found)
    assert list(firsts) == sorted(firsts)
    return {one: names[max(0, printed.bisect_right(firsts, one) - 1)] for one in found}


def test_a_short_kind_is_one_list() -> None:
    assert set(lists_of([*ids("a", {"x": 20, "y": 30}), "b", "b.c"]).values()) == {"a", "b"}


def test_many_with_two_parts_in_common_have_a_list_of_their_own() -> None:
    found = lists_of(ids("a", {"m": 20, "n": MANY, "o": 30}))
    assert {one.split(".")[1]: name for one, name in found.items()} == {"m": "a", "n": "a.n", "o": "a"}


def test_what_is_left_of_a_long_kind_is_divided_between_parts() -> None:
    found = lists_of(ids("a", {f"p{number:02d}": 60 for number in range(8)}))
    sizes = Counter(found.values())
    assert sorted(sizes) == ["a", "a.2", "a.3"]
    assert max(sizes.values()) <= FULL
    for part in {one.split(".")[1] for one in found}:
        assert len({name for one, name in found.items() if one.split(".")[1] == part}) == 1


def test_each_value_of_the_edition_stands_in_the_list_that_links_lead_to(english: Voice, site: Path) -> None:
    for page in sorted((site / "en").glob("values-*.html")):
        text = page.read_text(encoding="utf-8")
        listed = [one for one in english.edition.values if f'id="value-{one}"' in text]
        assert listed
        assert {english.values_page(one) for one in listed} == {page.name}
