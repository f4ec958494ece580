"""Options of a past day: which days are refused, and what an edition without texts is called."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shteg.edition import Options, build_edition
from shteg.errors import UsageError
from shteg.evidence import Case, find_case, read_case, shipped_cases


@pytest.mark.parametrize("name", shipped_cases())
def test_days_of_which_nothing_is_known_are_refused_with_the_days_that_go(name: str) -> None:
    case = read_case(find_case(name))
    first = min(member.member_since.last for member in case.members)
    with pytest.raises(UsageError, match="nothing is known on 1900-01-01") as caught:
        Options(as_of=date(1900, 1, 1)).filter(case)
    assert str(first) in caught.value.hint
    assert caught.value.where == "--as-of"
    with pytest.raises(UsageError, match="lies after"):
        Options(as_of=date(case.header.as_of.year + 1, 1, 1)).filter(case)
    with pytest.raises(UsageError, match="beyond the horizon"):
        Options(as_of=date(2199, 1, 1)).filter(case)
    assert Options(as_of=first).filter(case).members


def test_an_edition_without_texts_is_named_so_and_ordinary_ones_are_not(case: Case) -> None:
    assert Options().named(case) == {"as_of": "2026-06-30", "verified_only": "false"}
    assert Options(text=False).named(case)["text"] == "false"
    assert Options(text=False).filter(case).texts == {}
    assert Options().filter(case).texts == case.texts


def test_an_edition_of_a_past_day_tells_what_it_leaves_out(case: Case, few_origins: None, tmp_path: Path) -> None:
    options = Options(as_of=date(2010, 2, 2), text=False, cache=None, threads=1)
    small = case.pathways.model_copy(update={"draws": 20, "worlds_per_draw": 5})
    folder = build_edition(replace(case, pathways=small), tmp_path / "edition", options)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["options"]["text"] == "false"
    assert not (folder / "text").exists()
    assert manifest["left_out"]["acts"] > 0
    assert manifest["left_out_imprecise"] == {"acts": 1}
    assert {"measure", "wave"} <= {one["kind"] for one in manifest["passed_over"]}
