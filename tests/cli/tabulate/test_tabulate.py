"""`shteg tabulate` as its users call it."""

import json
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner, Result

from shteg.cli.tabulate.command import command
from shteg.errors import ShtegError
from shteg.evidence import find_case

DEMO = find_case("demo") / "surveys" / "2025"


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has its own log of printed tables."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def run(*words: str) -> Result:
    result = CliRunner().invoke(command, list(words))
    if isinstance(result.exception, ShtegError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result


def test_a_wave_of_a_case_its_folder_and_its_file_agree() -> None:
    common = ("--items", "joining", "--by", "community", "--json")
    named = json.loads(run("demo/2025", *common).output)
    assert json.loads(run(str(DEMO), *common).output) == named
    design = ("--stratum", "stratum", "--psu", "psu", "--weight", "weight")
    form = ("--questionnaire", str(DEMO / "questionnaire.toml"))
    file = json.loads(run(str(DEMO / "respondents.csv"), *design, *form, *common).output)
    assert [one["estimate"] for one in sorted(file, key=str) if one["domain"] == "all"] == pytest.approx(
        [one["estimate"] for one in sorted(named, key=str) if one["domain"] == "all"]
    )


@pytest.mark.parametrize(("form", "count"), [("xlsx", 3), ("html", 3), ("csv", 1), ("parquet", 1)])
def test_files_in_each_language(tmp_path: Path, form: str, count: int) -> None:
    done = run("demo/2025", "--by", "community*sex", "--letters", "--out", str(tmp_path / f"t.{form}"))
    written = [Path(line) for line in done.output.split()]
    assert len(written) == count
    assert all(path.is_file() for path in written)


def test_a_folder_has_one_file_for_each_table(tmp_path: Path) -> None:
    run("demo/2025", "--format", "csv", "--out", str(tmp_path / "tables"))
    assert sorted(path.name for path in (tmp_path / "tables").iterdir()) == [
        "joining.csv",
        "shared-patrol.csv",
        "trust-guard.csv",
    ]


def test_printed_in_albanian() -> None:
    assert "Komuniteti i kodrave" in run("demo/2025", "--by", "community", "--language", "sq").output


def test_an_spss_file_brings_its_labels(tmp_path: Path) -> None:
    frame = pl.DataFrame({"q": [1.0, 2.0, 9.0] * 30, "g": [1.0, 2.0] * 45})
    labels = {"q": {1: "Po", 2: "Jo", 9: "S'e di"}, "g": {1: "Gra", 2: "Burra"}}
    path = tmp_path / "w.sav"
    pyreadstat.write_sav(
        frame, path, variable_value_labels=labels, missing_ranges={"q": [9]}, column_labels={"q": "Pyetja"}
    )
    run(str(path), "--items", "q", "--by", "g", "--out", str(tmp_path / "t.csv"))
    found = pl.read_csv(tmp_path / "t.csv")
    assert found["n"].max() == 60
    assert set(found["row_label_sq"]) == {"Po", "Jo"}
    assert set(found["domain_label_en"]) == {"All", "Gra", "Burra"}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("demo/2026",), "has no wave '2026'"),
        (("nowhere.sav",), "there is no data file"),
        (("demo/2025", "--items", "joinin"), "did you mean 'joining'"),
        (("demo/2025", "--by", "sexx"), "has no column .sexx"),
        (("demo/2025", "--percent", "row", "--letters"), "row percentages need columns"),
        (("demo/2025", "--language", "fr"), "no language 'fr'"),
        (("demo/2025", "--out", "t.pdf"), "not written as .pdf"),
        (("demo/2025", "--out", "t.csv", "--format", "xlsx"), "make them agree"),
        (("demo/2025", "--psu", "psu"), "design.toml and questionnaire.toml say this"),
        (("demo/2025", "--weight", "sex"), "column 'sex', row 1: the weight"),
        ((str(DEMO / "respondents.csv"),), "does not say which columns are items"),
        (("demo/2025", "demo/2025"), "stands twice"),
    ],
)
def test_mistakes_are_named(words: tuple[str, ...], error: str) -> None:
    with pytest.raises(ShtegError, match=error):
        run(*words)


def test_two_weightings_side_by_side(tmp_path: Path) -> None:
    data = pl.read_csv(DEMO / "respondents.csv", infer_schema=False).with_columns(pl.lit("1").alias("one"))
    data.write_csv(tmp_path / "d.csv")
    words = (
        "--weight",
        "weight",
        "--weight",
        "one",
        "--stratum",
        "stratum",
        "--psu",
        "psu",
        "--items",
        "joining",
        "--json",
    )
    found = json.loads(run(str(tmp_path / "d.csv"), *words).output)
    assert {one["source"] for one in found} == {"weight", "one"}
