"""The public surface as a type checker sees it: `mypy --strict` reads this file, nothing runs it.

A wrong call carries `# type: ignore[…]`; if mypy stops finding it wrong, it says that the ignore is not needed.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import polars as pl

import shteg
from shteg.edition import Options
from shteg.errors import Problem, ShtegError
from shteg.estimates import Draws, StageResult, Table, Value
from shteg.evidence import Case
from shteg.report import EditionView
from shteg.stance.rollcall import IdealPoints, RollCall


def case_and_stages(folder: Path) -> None:
    """A case, its stages one after the other."""
    assert_type(shteg.__version__, str)
    assert_type(shteg.find_case("demo"), Path)
    assert_type(shteg.check_case(folder), tuple[Problem, ...])
    case = shteg.read_case(folder)
    assert_type(case, Case)
    opinion = shteg.estimate_opinion(case, design_effect=2)
    assert_type(opinion, StageResult)
    stance = shteg.estimate_stances(case, progress=lambda done, total: None)
    accession = shteg.estimate_accession(case)
    pathways = shteg.simulate_pathways(case, stance, accession, measures={"m"}, settings={"a": 1}, on_interrupt="keep")
    assert_type(shteg.rank_measures(case, pathways, target=("member", 2040)), StageResult)
    shteg.read_case("demo")  # type: ignore[arg-type]
    shteg.estimate_opinion(case, 2.0)  # type: ignore[call-arg]
    shteg.simulate_pathways(case, stance, accession, on_interrupt="stop")  # type: ignore[arg-type]
    shteg.rank_measures(case, pathways, target="member")  # type: ignore[arg-type]


def results(found: StageResult) -> None:
    """What a stage hands over."""
    assert_type(found.tables, Mapping[str, Table])
    assert_type(found.tables["published"].frame, pl.DataFrame)
    assert_type(found.values, tuple[Value, ...])
    assert_type(found.draws, Mapping[str, Draws])
    for value in found.values:
        assert_type(value.id, str)
        assert_type(value.low, float | None)
        assert_type(value.source_ids, tuple[str, ...])
    found.stage = "survey"  # type: ignore[misc]


def publication(case: Case, folder: Path) -> None:
    """From a case to pages."""
    options = Options(threads=2, cache=None)
    edition = shteg.build_edition(case, folder / "edition", options, lambda stage, done, total: None)
    assert_type(edition, Path)
    assert_type(shteg.open_edition(edition), EditionView)
    assert_type(shteg.publish_site(edition, folder), tuple[Path, ...])
    Options(threads="2")  # type: ignore[arg-type]


def votes(file: Path) -> None:
    """Roll calls."""
    matrix = shteg.rollcall([[1, 0], [0, 1]], actors=["a", "b"])
    assert_type(matrix, RollCall)
    assert_type(shteg.read_votes(file, sessions=[1, "2"]), RollCall)
    assert_type(shteg.ideal_points(matrix, method="laplace"), IdealPoints)
    shteg.read_votes(file, abstain_as="yea")  # type: ignore[arg-type]
    shteg.ideal_points(matrix, method="wnominate")  # type: ignore[arg-type]


def surveys(answers: pl.DataFrame) -> None:
    """A survey from a frame."""
    design = shteg.Design.from_frame(answers, weight="weight", stratum="region", psu="village")
    assert_type(design, shteg.Design)
    shteg.Design.from_frame(answers, lonely_psu="ignore")  # type: ignore[arg-type]


def errors() -> None:
    """What every error says."""
    try:
        shteg.find_case("none")
    except ShtegError as error:
        assert_type(error.problem, str)
        assert_type(error.hint, str)
