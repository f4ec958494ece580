"""`shteg weight`: from a sheet to a file with weights, and nothing written where something is wrong."""

import json
from pathlib import Path
from shutil import copytree

import polars as pl
import pyreadstat
import pytest

from shteg.evidence import find_case
from shteg.survey.readers import read_responses
from tests.cli.in_process import assert_plain_error, run

TARGETS = "variable;category;target\nsex;women;51,2\n;men;48,8\nage_group;18-34;32\n;35-54;38\n;55+;30\n"


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    path = tmp_path / "targets.csv"
    path.write_text(TARGETS, encoding="utf-8")
    return path


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """An SPSS file with labels, a missing code, days, and a text with zeros in front."""
    frame = pl.DataFrame(
        {
            "id": ["007", "012", "100", "101"] * 25,
            "sex": [1, 2, 2, 1] * 25,
            "q": [1, 2, 9, 5] * 25,
            "w": [1.5, 0.75, 1.0, 2.25] * 25,
            "day": pl.Series(["2025-10-01", "2025-10-02", None, "2025-10-04"] * 25).str.to_date(),
        }
    )
    path = tmp_path / "survey.sav"
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"sex": "Gjinia", "q": "Pyetja ë"},
        variable_value_labels={"sex": {1: "Burra", 2: "Gra"}, "q": {1: "Po", 2: "Jo", 9: "Pa përgjigje"}},
        missing_ranges={"q": [9]},
    )
    return path


def test_a_report_and_a_file_are_written(tmp_path: Path, targets: Path) -> None:
    out, page = tmp_path / "w.csv", tmp_path / "report.html"
    done = run("weight", "demo/2025", "--targets", targets, "--out", out, "--report", page, "--trim", "0.3,3")
    assert done.returncode == 0, done.stderr
    assert "51.2%" in done.stdout
    assert "Effective number" in done.stdout
    pages = sorted(one.name for one in tmp_path.glob("report.*.html"))
    assert pages == ["report.en.html", "report.sq.html", "report.sr.html"]
    assert "Cena ponderisanja" in (tmp_path / "report.sr.html").read_text(encoding="utf-8")
    assert "Sa kushtojnë peshat" in (tmp_path / "report.sq.html").read_text(encoding="utf-8")
    data, before = read_responses(out).frame, read_responses(find_case("demo") / "surveys/2025/respondents.csv").frame
    assert data.drop("w_final").equals(before)
    weights = data.with_columns(pl.col("w_final").cast(pl.Float64))
    shares = weights.group_by("sex").agg(pl.col("w_final").sum()).sort("sex")["w_final"]
    assert shares[1] / shares.sum() == pytest.approx(0.512, rel=1e-9)


def test_counts_of_a_case_are_targets(tmp_path: Path) -> None:
    sheet, out = find_case("demo") / "surveys/population.csv", tmp_path / "w.csv"
    words = ("weight", "demo/2025", "--targets", sheet, "--out", out)
    assert_plain_error(run(*words), "--scheme", "2 schemes", "census-2012, census-2024")
    done = run(*words, "--scheme", "census-2024", "--json")
    assert done.returncode == 0, done.stderr
    after = {one["category"]: one["after"] for one in json.loads(done.stdout)["margins"]}
    assert after["women"] == pytest.approx(275400.0)
    assert after["Lake community"] == pytest.approx(442800.0)


def test_a_report_is_in_the_words_of_the_case(tmp_path: Path) -> None:
    sheet, page = tmp_path / "t.csv", tmp_path / "report.html"
    rows = "sex;women;51,2\n;men;48,8\nsex*age_group;women*18-34;20\n;women*35-54;20\n;women*55+;11,2\n"
    sheet.write_text("variable;category;target\n" + rows + ";men*18-34;15\n;men*35-54;20\n;men*55+;13,8\n", "utf-8")
    done = run("weight", "demo/2025", "--targets", sheet, "--report", page, "--language", "sq")
    assert done.returncode == 0, done.stderr
    for text in (page.read_text("utf-8"), done.stdout):
        for word in ("Gjinia", "Gratë", "51,2%", "Gjinia × Mosha", "Gratë × 55+"):
            assert word in text
        assert "women" not in text


def test_an_spss_file_keeps_what_it_says(tmp_path: Path, survey: Path) -> None:
    sheet = tmp_path / "t.csv"
    sheet.write_text("variable,category,count\nsex,Burra,900\n,Gra,1100\n", encoding="utf-8")
    out = tmp_path / "weighted.sav"
    done = run("weight", survey, "--targets", sheet, "--weight", "w", "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert [one["after"] for one in told["margins"]] == pytest.approx([900.0, 1100.0])
    one, two = read_responses(survey), read_responses(out)
    assert two.frame.drop("w_final").equals(one.frame)
    assert two.labels | {"w_final": two.labels["w_final"]} == {**one.labels, "w_final": "Weight (t.csv)"}
    assert two.value_labels == one.value_labels
    assert two.missing == one.missing
    assert two.frame["w_final"].cast(pl.Float64).sum() == pytest.approx(2000.0)
    assert run("tabulate", out, "--weight", "w_final", "--items", "q", "--by", "sex").returncode == 0


def test_ranges_measures_and_texts_of_spss_stay(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "sex": [1.0, 2.0] * 20,
            "age": [18.0, 97.0, 99.0, 500.0] * 10,
            "o": [1.0, 2.0, -99.0, 9.0] * 10,
            "low": [-5.0, 1.0, 2.0, 3.0] * 10,
            "s": ["1", "2", "9", "1"] * 10,
        }
    )
    path, sheet, out = tmp_path / "a.sav", tmp_path / "t.csv", tmp_path / "b.sav"
    pyreadstat.write_sav(
        frame,
        path,
        variable_value_labels={"o": {1.0: "low", 2.0: "high"}},
        missing_ranges={
            "age": [{"lo": 98, "hi": 999}], "o": [{"lo": -999, "hi": -1}, 9], "low": [{"lo": float("-inf"), "hi": 0}],
            "s": ["9"],
        },
        variable_measure={"sex": "nominal", "age": "scale", "o": "ordinal", "low": "scale", "s": "nominal"},
    )  # fmt: skip
    sheet.write_text("variable,category,count\nsex,1,900\n,2,1100\n", encoding="utf-8")
    assert run("weight", path, "--targets", sheet, "--out", out).returncode == 0
    (one, before), (two, after) = (
        pyreadstat.read_sav(each, user_missing=True, output_format="polars") for each in (path, out)
    )
    assert two.drop("w_final").equals(one)
    assert after.missing_ranges == before.missing_ranges
    assert {name: after.variable_measure[name] for name in frame.columns} == dict(before.variable_measure)
    assert after.variable_measure["w_final"] == "scale"


def test_who_did_not_answer_needs_no_category_and_leaves_the_weight(tmp_path: Path) -> None:
    rows = ["id,sex,region,came,w"]
    for number in range(120):
        came = number % 3 != 0
        rows.append(f"{number},{('f', 'm')[number % 2] if came else ''},{('n', 's')[number // 60]},{int(came)},2")
    path, sheet, out = tmp_path / "a.csv", tmp_path / "t.csv", tmp_path / "b.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    sheet.write_text("variable,category,percent\nsex,f,52\n,m,48\n", encoding="utf-8")
    words = ("--targets", sheet, "--weight", "w", "--responded", "came", "--classes", "region", "--out", out)
    done = run("weight", path, *words, "--json")
    assert done.returncode == 0, done.stderr
    data = pl.read_csv(out)
    assert data.filter(pl.col("came") == 0)["w_final"].to_list() == [0.0] * 40
    assert data["w_final"].sum() == pytest.approx(240.0)
    assert data.filter(pl.col("sex") == "f")["w_final"].sum() == pytest.approx(0.52 * 240)


def test_a_wave_of_a_case_goes_out_with_its_words(tmp_path: Path, targets: Path) -> None:
    out = tmp_path / "w.sav"
    assert run("weight", "demo/2025", "--targets", targets, "--out", out, "--language", "sq").returncode == 0
    found = read_responses(out)
    assert found.labels["joining"] == "A jeni për anëtarësimin e Torvalës në Paktin e Liqenit, apo kundër tij?"
    assert found.value_labels["sex"] == {"women": "Gratë", "men": "Burrat"}
    assert found.missing["joining"] == ("refused",)


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_names_of_a_field_tool_are_written_as_the_format_takes_them(tmp_path: Path, suffix: str) -> None:
    path, sheet, out = tmp_path / "kobo.csv", tmp_path / "t.csv", tmp_path / f"w{suffix}"
    rows = [f"{n},{'fm'[n % 2]},{'tv' if n % 3 else 'tv web'},1,{int(n % 3 == 0)},uuid{n}" for n in range(60)]
    path.write_text("\n".join(["_id,who/sex,q/media,q/media/tv,q/media/web,_uuid", *rows, ""]), "utf-8")
    sheet.write_text("variable,category,percent\nsex,f,52\n,m,48\n", "utf-8")
    done = run("weight", path, "--targets", sheet, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "media/tv is media_tv" in done.stderr
    found = read_responses(out)
    assert {"media_tv", "media_web", "sex", "w_final"} <= set(found.frame.columns)
    if suffix == ".sav":
        assert found.sets["media"].columns == ("media_tv", "media_web")
        assert run("tabulate", out, "--items", "media", "--weight", "w_final").returncode == 0


@pytest.mark.parametrize("suffix", [".xlsx", ".parquet", ".csv", ".zsav"])
def test_every_format_holds_the_same_codes(tmp_path: Path, survey: Path, suffix: str) -> None:
    sheet = tmp_path / "t.csv"
    sheet.write_text("variable,category,count\nsex,1,900\n,2,1100\n", encoding="utf-8")
    out = tmp_path / f"weighted{suffix}"
    assert run("weight", survey, "--targets", sheet, "--out", out).returncode == 0
    assert read_responses(out).frame.drop("w_final").equals(read_responses(survey).frame)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--out", "demo.txt"], ["--out", ".sav"]),
        (["--bounds", "2"], ["--bounds", "0.3,3"]),
        (["--trim", "3,1"], ["--trim"]),
        (["--name", "weight"], ["--name", "already"]),
        (["--stratum", "stratum"], ["--stratum", "design.toml"]),
        (["--weight", "nothing"], ["--weight", "nothing"]),
        (["--classes", "sex"], ["responded"]),
        (["--responded", "came", "--classes", "sex"], ["came"]),
        (["--bounds", "0.5,2"], ["raking has no bounds", "calibrate"]),
        (["--scale-to", "sex"], ["sex", "numbers of persons"]),
        (["--language", "xx"], ["--language"]),
        (["--name", ""], ["--name"]),
        (["--name", "9 bad name!"], ["9 bad name!"]),
        (["--size", "-1"], ["--size"]),
        (["--size", "nan"], ["--size"]),
        (["--trim", "0.999,1.001"], ["Hint"]),
        (["--method", "post-stratify"], ["--method", "post-stratification meets one margin, not 2", "sex*age"]),
        (["--method", "post-stratify", "--bounds", "0.5,2"], ["--bounds", "post-stratification has no bounds"]),
        (["--scheme", "census-2024"], ["--scheme", "no column of schemes"]),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    tmp_path: Path, targets: Path, words: list[str], parts: list[str]
) -> None:
    out = ["--out", str(tmp_path / "out.sav"), "--report", str(tmp_path / "r.xlsx")]
    before = sorted(tmp_path.iterdir())
    asked = out if "--out" not in words else []
    assert_plain_error(run("weight", "demo/2025", "--targets", targets, *asked, *words, cwd=tmp_path), *parts)
    assert sorted(tmp_path.iterdir()) == before


def test_what_is_read_is_never_replaced(tmp_path: Path, survey: Path, targets: Path) -> None:
    before = survey.read_bytes()
    assert_plain_error(run("weight", survey, "--targets", targets, "--out", survey), "--out", "is read")
    assert survey.read_bytes() == before
    case = tmp_path / "case"
    copytree(find_case("demo"), case)
    own = case / "surveys/2025/respondents.csv"
    before = own.read_bytes()
    for place in (own, case / "surveys/2025/new.csv"):
        assert_plain_error(run("weight", f"{case}/2025", "--targets", targets, "--out", place), "--out", "Hint")
    assert own.read_bytes() == before
    both = tmp_path / "both.csv"
    assert_plain_error(
        run("weight", "demo/2025", "--targets", targets, "--out", both, "--report", both), "--report", "the same file"
    )
    assert not both.exists()


def test_a_sheet_names_its_cell(tmp_path: Path) -> None:
    sheet = tmp_path / "t.csv"
    sheet.write_text("variable,category,target\nsex,women,51\n,men,half\n", encoding="utf-8")
    assert_plain_error(run("weight", "demo/2025", "--targets", sheet), "t.csv, line 3", "'half' is no number", "Hint")
    assert_plain_error(run("weight", "demo/2025", "--targets", tmp_path / "none.csv"), "--targets")
