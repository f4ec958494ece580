"""The public names and their signatures: a change is always deliberate."""

import inspect
import re
from pathlib import Path

import pytest

import shteg

SIGNATURES = {
    "build_edition": "(case, folder, options, progress=None, compare=None, archived=())",
    "check_case": "(folder)",
    "estimate_accession": "(case)",
    "estimate_opinion": "(case, *, design_effect=1.5)",
    "estimate_stances": "(case, *, progress=None)",
    "find_case": "(name_or_path, *, to_write=False)",
    "ideal_points": "(matrix, *, method='auto', prior=None, anchors=None, scale='prior', seed=0, chains=4, "
    "iterations=2000, threads=None, progress=None)",
    "open_edition": "(folder)",
    "publish_site": "(edition_folder, out, *, cache=None, progress=None, threads=None, gate=None, kept=None)",
    "rank_measures": "(case, pathways, *, target=None)",
    "read_case": "(folder)",
    "read_votes": "(path, *, columns=None, coding=None, abstain_as='level', sessions=None)",
    "rollcall": "(votes, *, actors=None, items=None, yea=(1,), nay=(0,), abstain=(), missing=(-1,), "
    "abstain_as='level')",
    "simulate_pathways": (
        "(case, stance, accession, consent=None, *, measures=frozenset(), scenario=None, settings=None, answers=True,"
        " threads=None, progress=None, executor=None, on_interrupt='raise')"
    ),
}


@pytest.mark.parametrize("name", sorted(SIGNATURES))
def test_signature(name: str) -> None:
    signature = inspect.signature(getattr(shteg, name))
    bare = signature.replace(
        parameters=[one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()],
        return_annotation=inspect.Signature.empty,
    )
    assert str(bare) == SIGNATURES[name]


def test_names() -> None:
    assert set(shteg.__all__) == {*SIGNATURES, "Design", "__version__"}
    for name in shteg.__all__:
        assert getattr(shteg, name) is not None


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'estimate'"):
        _ = shteg.estimate  # type: ignore[attr-defined]


def test_type_checkers_see_every_name() -> None:
    """Names are found when they are first used; `if TYPE_CHECKING` tells their types, which tests/typing holds."""
    source = Path(shteg.__file__).read_text(encoding="utf-8")
    seen = re.findall(r"^    from ([\w.]+) import (\w+) as \2$", source, re.MULTILINE)
    assert {name: home for home, name in seen} == shteg._PLACES
    typed = (Path(__file__).parent / "typing" / "api.py").read_text(encoding="utf-8")
    assert [name for name in shteg.__all__ if f"shteg.{name}" not in typed] == []
