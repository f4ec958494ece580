"""`[weights]` of design.toml: the build meets the targets, with the variance of calibrated weights."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from shteg.evidence import find_case, read_case
from shteg.survey import estimate_proportions, post_stratify, rake, read_wave
from shteg.survey.waves.check_waves import check_wave
from shteg.survey.weights.residuals import Calibration
from tests.cli.in_process import run

KEY = """
[weights]
source = "barometer-2025"
{more}
[weights.targets]
sex = {{ women = {women}, men = 48.8 }}
age_group = {{ 18-34 = 32, 35-54 = 38, "{last}" = 30 }}

[domains]"""


def weighted_case(folder: Path, more: str = "", women: float = 51.2, last: str = "55+") -> Path:
    case = folder / "case"
    copytree(find_case("demo"), case)
    design = case / "surveys/2025/design.toml"
    text = design.read_text(encoding="utf-8")
    design.write_text(text.replace("\n[domains]", KEY.format(more=more, women=women, last=last), 1), encoding="utf-8")
    return case


def test_a_build_meets_the_targets_with_their_variance(tmp_path: Path) -> None:
    case = read_case(weighted_case(tmp_path))
    design = read_wave(case.waves[0])
    plain = read_wave(read_case(find_case("demo")).waves[0])
    size = float(plain.weight.sum())
    raked = rake(
        plain,
        {
            "sex": {"women": 0.512 * size, "men": 0.488 * size},
            "age_group": {"18-34": 0.32 * size, "35-54": 0.38 * size, "55+": 0.3 * size},
        },
    )
    assert isinstance(design.calibration, Calibration)
    one, two = (estimate_proportions(each, ["sex", "joining"]).to_frame() for each in (design, raked))
    assert one["estimate"].to_list() == pytest.approx(two["estimate"].to_list(), rel=1e-9)
    assert one["std_error"].to_list() == pytest.approx(two["std_error"].to_list(), rel=1e-9, abs=1e-12)
    women = one.filter((pl.col("item") == "sex") & (pl.col("option") == "women"))
    assert women["estimate"].item() == pytest.approx(0.512, rel=1e-9)
    assert women["std_error"].item() == pytest.approx(0.0, abs=1e-9)  # a known margin has no sampling error


def test_limits_are_kept(tmp_path: Path) -> None:
    design = read_wave(read_case(weighted_case(tmp_path, "trim = [0.8, 1.2]")).waves[0])
    mean = design.weight.mean()
    assert design.weight.min() >= 0.8 * mean * (1 - 1e-9)
    assert design.weight.max() <= 1.2 * mean * (1 + 1e-9)


@pytest.mark.parametrize(
    ("more", "women", "last", "words"),
    [
        ("", 51.2, "56+", "the data have no category '56+'"),
        ("", 41.2, "55+", "neither to 1, nor to 100"),
        ("trim = [0.999, 1.001]", 51.2, "55+", "within the bounds"),
        ("bounds = [0.5, 2.0]", 51.2, "55+", "raking has no bounds"),
    ],
)
def test_check_names_the_key(tmp_path: Path, more: str, women: float, last: str, words: str) -> None:
    folder = weighted_case(tmp_path, more, women, last)
    problems = check_wave(read_case(folder).waves[0], folder)
    assert [one.file for one in problems] == ["surveys/2025/design.toml"]
    assert words in problems[0].problem
    assert problems[0].line > 1
    done = run("check", folder, "--evidence-only")
    assert done.returncode == 1
    assert words in done.stdout


def test_check_names_the_line_of_a_target(tmp_path: Path) -> None:
    folder = weighted_case(tmp_path, last="56+")
    (problem,) = check_wave(read_case(folder).waves[0], folder)
    lines = (folder / problem.file).read_text(encoding="utf-8").splitlines()
    assert lines[problem.line - 1][problem.column - 1 :].startswith('"56+"')


SCHEME = """
[weights]
scheme = "{scheme}"
{more}
[domains]"""


def counted_case(folder: Path, scheme: str = "census-2024", more: str = "") -> Path:
    case = folder / "case"
    copytree(find_case("demo"), case)
    design = case / "surveys/2025/design.toml"
    text = design.read_text(encoding="utf-8")
    design.write_text(text.replace("\n[domains]", SCHEME.format(scheme=scheme, more=more), 1), encoding="utf-8")
    return case


def test_counts_of_a_scheme_are_targets(tmp_path: Path) -> None:
    """Counted are “Lake community” and women: what the codes are called, and a code."""
    case = read_case(counted_case(tmp_path))
    shares = estimate_proportions(read_wave(case.waves[0]), ["sex", "community"]).to_frame()
    found = {row["option"]: row["estimate"] for row in shares.to_dicts()}
    assert found["women"] == pytest.approx(0.51, rel=1e-9)
    assert found["lake"] == pytest.approx(442800 / 540000, rel=1e-9)
    assert float(read_wave(case.waves[0]).weight.sum()) == pytest.approx(540000.0, rel=1e-9)


def test_post_stratification_meets_one_variable(tmp_path: Path) -> None:
    case = read_case(counted_case(tmp_path, more='variables = ["sex"]\nmethod = "post-stratify"\n'))
    plain = read_wave(read_case(find_case("demo")).waves[0])
    known = post_stratify(plain, "sex", {"women": 275400.0, "men": 264600.0})
    one, two = (estimate_proportions(each, "joining").to_frame() for each in (read_wave(case.waves[0]), known))
    assert one["estimate"].to_list() == pytest.approx(two["estimate"].to_list(), rel=1e-12)
    assert one["std_error"].to_list() == pytest.approx(two["std_error"].to_list(), rel=1e-9)


def test_a_wave_weighted_to_counts_that_were_not_there_is_passed_over(tmp_path: Path) -> None:
    case = read_case(counted_case(tmp_path))
    early = case.as_of(date(2025, 12, 1))
    assert [one.id for one in early.waves] == ["2025"]
    kept = tuple(one for one in case.population if one.category != "women")
    assert replace(case, population=kept).as_of(date(2025, 12, 1)).waves  # nothing was lost by the day
    late = tuple(one.model_copy(update={"reference_year": 2030}) for one in case.population)
    assert replace(case, population=late).as_of(date(2025, 12, 1)).waves == ()


@pytest.mark.parametrize(
    ("scheme", "more", "words"),
    [
        ("census-2012", 'variables = ["sex"]', "`census-2012` does not count by `sex`"),
        ("census-2025", "", "census-2025"),
        ("census-2024", "targets = { sex = { women = 51, men = 49 } }", "targets twice"),
        ("census-2024", 'method = "post-stratify"', "post-stratification meets one margin, not 2 (community, sex)"),
    ],
)
def test_check_names_what_a_scheme_does_not_count(tmp_path: Path, scheme: str, more: str, words: str) -> None:
    done = run("check", counted_case(tmp_path, scheme, f"{more}\n"), "--evidence-only")
    assert done.returncode == 1
    assert words in done.stdout
    assert "surveys/2025/design.toml:" in done.stdout


def test_targets_need_a_source(tmp_path: Path) -> None:
    folder = weighted_case(tmp_path)
    design = folder / "surveys/2025/design.toml"
    text = design.read_text("utf-8")
    design.write_text(text.replace('[weights]\nsource = "barometer-2025"', "[weights]"), "utf-8")
    done = run("check", folder, "--evidence-only")
    assert done.returncode == 1
    assert "`source` is missing" in done.stdout
    design.write_text(
        text.replace("[weights.targets]", "").split("sex = {")[0] + "\n[domains]" + text.split("[domains]")[1], "utf-8"
    )
    assert "the weights have no targets" in run("check", folder, "--evidence-only").stdout


def test_another_weight_is_taken_as_it_stands(tmp_path: Path) -> None:
    folder = weighted_case(tmp_path)
    words = ("tabulate", f"{folder}/2025", "--items", "joining", "--json")
    assert run(*words).stdout != run(*words, "--weight", "weight").stdout
