"""`[weights]` of design.toml: the build meets the targets, with the variance of calibrated weights."""

from pathlib import Path
from shutil import copytree

import polars as pl
import pytest

from shteg.evidence import find_case, read_case
from shteg.survey import estimate_proportions, rake, read_wave
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


def test_another_weight_is_taken_as_it_stands(tmp_path: Path) -> None:
    folder = weighted_case(tmp_path)
    words = ("tabulate", f"{folder}/2025", "--items", "joining", "--json")
    assert run(*words).stdout != run(*words, "--weight", "weight").stdout
