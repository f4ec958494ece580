"""Waves side by side, nets, grids, Word files and charts, as users of `shteg tabulate` ask for them."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree
from zipfile import ZipFile

import docx
import numpy as np
import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from shteg.cli.tabulate.chart import write_charts
from shteg.errors import ShtegError
from shteg.survey import Design
from shteg.survey.tables import Grid, QualityRules, Source, TableItem, tabulate
from tests.cli.tabulate.test_tabulate import _own_log as _own_log
from tests.cli.tabulate.test_tabulate import run

DESIGN = ("--stratum", "stratum", "--psu", "psu", "--weight", "weight")
OPTIONS = "".join(
    f'{code} = {{ en = "{en}", sq = "{sq}" }}\n'
    for code, en, sq in (
        (1, "Not at all", "Aspak"),
        (2, "Little", "Pak"),
        (3, "So-so", "Deri diku"),
        (4, "Rather", "Mjaft"),
        (5, "Fully", "Plotësisht"),
    )
)
ITEM = """[items.{name}]
title = {{ en = "Trust in the {name}", sq = "Besimi: {name}" }}
wording = {{ en = "How much?", sq = "Sa?" }}
ordered = true
favourable = ["4", "5"]
scores = {{ 1 = 1, 2 = 2, 3 = 3, 4 = 4, 5 = 5 }}
[items.{name}.nets.agree]
title = {{ en = "Trusting", sq = "Besojnë" }}
codes = ["4", "5"]
[items.{name}.options]
"""
BATTERY = """[batteries.trust]
title = { en = "Trust in two bodies", sq = "Besimi te dy organe" }
items = ["police", "courts"]
"""


@pytest.fixture
def waves(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Three waves of one panel of villages, with a questionnaire beside them."""
    paths = []
    for number, year in enumerate((2021, 2023, 2025)):
        draw = np.random.default_rng(year)
        psu = np.arange(400) * 40 // 400
        shares = np.array([0.1, 0.2, 0.3 - 0.1 * number, 0.25 + 0.1 * number, 0.15])
        answers = {name: draw.choice([1, 2, 3, 4, 5], 400, p=shares) for name in ("police", "courts", "media")}
        data = {
            "stratum": [f"h{one // 10}" for one in psu],
            "psu": [f"p{one:02}" for one in psu],
            "weight": draw.uniform(0.5, 3, 400).round(3),
            "second": draw.uniform(0.5, 3, 400).round(3),
            "sex": draw.choice(["f", "m"], 400),
        }
        path = tmp_path / f"w{year}.csv"
        pl.DataFrame(data | answers).write_csv(path)
        paths.append(path)
    form = "".join(ITEM.format(name=name) + OPTIONS for name in ("police", "courts")) + BATTERY
    (tmp_path / "form.toml").write_text(form, encoding="utf-8")
    return paths[0], paths[1], paths[2]


def form(waves: tuple[Path, ...]) -> tuple[str, ...]:
    return ("--questionnaire", str(waves[0].parent / "form.toml"), *DESIGN)


def cells(*words: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run(*words, "--json").output)
    return found


def test_three_waves_are_compared_with_the_one_before_and_the_first(waves: tuple[Path, ...]) -> None:
    files = [str(path) for path in waves]
    found = cells(*files, "--items", "police", *form(waves), "--changes")
    last = next(one for one in found if one["source"] == "w2025" and one["option"] == "4")
    figures = {one["source"]: one["estimate"] for one in found if one["option"] == "4"}
    assert (last["previous_source"], last["first_source"]) == ("w2023", "w2021")
    assert last["previous_change"] == pytest.approx(figures["w2025"] - figures["w2023"])
    assert last["first_change"] == pytest.approx(figures["w2025"] - figures["w2021"])
    assert last["first_mark"] == "up"
    shared = cells(*files, "--items", "police", *form(waves), "--changes", "previous", "--same-psus")
    one = next(one for one in shared if one["source"] == "w2025" and one["option"] == "4")
    assert one["previous_change"] == last["previous_change"]
    assert one["previous_std_error"] != last["previous_std_error"]
    assert "first_change" not in one


def test_changes_of_several_weights(waves: tuple[Path, ...]) -> None:
    files = [str(path) for path in waves[1:]]
    found = cells(*files, "--items", "police", *form(waves), "--weight", "second", "--changes", "previous")
    pairs = {(one["source"], one["previous_source"]) for one in found if one["previous_source"]}
    assert len(pairs) == 2
    for now, before in pairs:
        assert now.rpartition(":")[2] == before.rpartition(":")[2]
        assert now.startswith(files[1])
        assert before.startswith(files[0])


@pytest.mark.parametrize(("language", "said"), [("en", "significantly higher"), ("sq", "domethënës më e lartë")])
def test_a_page_says_in_words_what_its_signs_say(
    waves: tuple[Path, ...], tmp_path: Path, language: str, said: str
) -> None:
    words = ("--items", "police", "--by", "sex", *form(waves), "--changes", "--rest", "--letters", "--p-values")
    run(*map(str, waves), *words, "--language", language, "--out", str(tmp_path / "t.html"))
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    assert f'<span aria-hidden="true">▲</span><span class="said">{said}</span>' in page
    assert "Rao–Scott" in page
    assert "<script" not in page


def test_a_word_file_has_real_tables_with_repeated_headings(waves: tuple[Path, ...], tmp_path: Path) -> None:
    words = ("--items", "police", "--by", "sex", *form(waves), "--changes", "--letters", "--p-values")
    for name in ("a", "b"):
        run(*map(str, waves), *words, "--language", "sq", "--out", str(tmp_path / f"{name}.docx"))
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    document = docx.Document(str(tmp_path / "a.docx"))
    first = document.tables[0]
    texts = [[cell.text for cell in row.cells] for row in first.rows]
    assert texts[0][1:] == ["w2021"] * 3 + ["w2023"] * 3 + ["w2025"] * 3
    assert texts[2][0] == "Përgjigjja"
    assert any(text.startswith("w2023: ▲ +") for row in texts for cell in row for text in cell.split("\n"))
    with ZipFile(tmp_path / "a.docx") as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                Tree.fromstring(archive.read(name))
        xml = archive.read("word/document.xml").decode()
        assert not any("customXml" in name for name in archive.namelist())
    head = xml[xml.index("<w:tbl>") : xml.index("</w:tbl>")]
    assert head.count("<w:tblHeader/>") == 3
    assert 'w:gridSpan w:val="3"' in head
    styles = [one.style.name for one in document.paragraphs]
    assert "Caption" in {name.capitalize() for name in styles}
    told = [one.text for one in document.paragraphs]
    assert any("SEQ" in one or one.startswith("Tabela 1.") for one in told)
    assert "Rao–Scott" in " ".join(told)


def test_a_wide_banner_stands_in_parts(waves: tuple[Path, ...], tmp_path: Path) -> None:
    data = pl.read_csv(waves[0]).with_columns((pl.int_range(pl.len()) % 25).cast(pl.String).alias("district"))
    data.write_csv(tmp_path / "wide.csv")
    run(str(tmp_path / "wide.csv"), "--items", "police", "--by", "district,sex", *DESIGN, "--minimum-base", "1",
        "--language", "en", "--out", str(tmp_path / "w.docx"))  # fmt: skip
    tables = docx.Document(str(tmp_path / "w.docx")).tables
    assert len(tables) == 4  # everyone; nine, nine and seven districts with both sexes
    assert all(len(table.columns) <= 10 for table in tables)
    heads = [cell.text for table in tables for cell in table.rows[1].cells[1:]]
    assert [text for text in heads if text in {str(one) for one in range(25)}] == [str(one) for one in range(25)]


def test_a_workbook_holds_changes_as_numbers(waves: tuple[Path, ...], tmp_path: Path) -> None:
    words = ("--items", "police", "--by", "sex", *form(waves), "--changes", "previous", "--rest", "--p-values")
    run(*map(str, waves), *words, "--language", "en", "--out", str(tmp_path / "t.xlsx"))
    found = cells(*map(str, waves), *words[:-1], "--forget")
    rows = CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_name("police").to_python()
    line = next(row for row in rows if row[:2] == ["Rather", "Change from the wave before"])
    expected = [one["previous_change"] for one in found if one["option"] == "4"]
    assert line[2:] == [pytest.approx(one) if one is not None else "–" for one in expected]
    marks = next(row for row in rows if row[:2] == ["Rather", "Change: differs"])
    assert "significantly higher" in marks
    assert any(row[:1] == ["p values"] for row in rows)


def test_csv_and_parquet_have_the_tests_beside_them(waves: tuple[Path, ...], tmp_path: Path) -> None:
    words = ("--items", "police", "--by", "sex", *form(waves), "--changes", "--letters", "--p-values")
    run(*map(str, waves), *words, "--out", str(tmp_path / "t.csv"))
    run(*map(str, waves), *words, "--out", str(tmp_path / "t.parquet"))
    with (tmp_path / "t.p-values.csv").open(encoding="utf-8") as file:
        tests = list(csv.DictReader(file))
    assert {one["test"] for one in tests} == {"association", "pair", "previous", "first"}
    flat = pl.read_parquet(tmp_path / "t.p-values.parquet")
    assert flat.height == len(tests)
    assert {"previous_change", "first_mark"} <= set(pl.read_csv(tmp_path / "t.csv").columns)


def test_a_battery_of_the_questionnaire_is_one_table(waves: tuple[Path, ...]) -> None:
    out = run(str(waves[2]), *form(waves), "--language", "sq").output
    assert "Besimi te dy organe" in out
    assert "Besojnë" in out
    assert "Besimi te dy organe" not in run(str(waves[2]), "--items", "police", *form(waves), "--language", "sq").output
    by_row = run(str(waves[2]), "--by", "sex", "--percent", "row", *form(waves), "--language", "sq").output
    assert "Besimi te dy organe" not in by_row


def test_a_grid_of_a_file_without_a_questionnaire(waves: tuple[Path, ...]) -> None:
    words = (str(waves[2]), "--grid", "Both=police,media", "--net", "High=4,5", *DESIGN, "--language", "en")
    out = run(*words, "--bases", "n,effective").output
    assert re.search(r"Both\s", out)
    assert "High" in out
    assert "Effective number" in out
    found = cells(*words)
    assert {one["item"] for one in found} == {"police", "media"}
    net = next(one for one in found if one["row_kind"] == "combined" and one["item"] == "police")
    parts = [one["estimate"] for one in found if one["item"] == "police" and one["option"] in ("4", "5")]
    assert net["estimate"] == pytest.approx(sum(parts))


def test_boxes_of_any_size_and_a_net_of_one_item(waves: tuple[Path, ...]) -> None:
    found = cells(str(waves[2]), *form(waves), "--boxes", "1", "--net", "police:Low=1,2")
    top = next(one for one in found if one["item"] == "police" and one["row_kind"] == "top")
    five = next(one for one in found if one["item"] == "police" and one["option"] == "5")
    assert top["estimate"] == pytest.approx(five["estimate"])
    assert {one["item"] for one in found if one["option"] == "Low"} == {"police"}


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--changes", "--weight", "second", "--same-psus"), "one wave shares its primary units with nobody"),
        (("--net", "Agree"), "'Agree' names no net"),
        (("--net", "Agree=7"), "no item has all the answers 7"),
        (("--grid", "police,media"), "'police,media' names no grid"),
        (("--grid", "Both=police,medya"), "no column 'medya'"),
        (("--grid", "Both=police,sex"), "'sex' has other options than 'police'"),
        (("--boxes", "2"), "none of the items is a scale with a known direction"),
        (("--bases", "m"), "there is no base 'm'"),
        (("--chart", "t.gif"), "'t.gif' is no name of a chart"),
        (("--format", "docx", "--out", "t.xlsx"), "make them agree"),
    ],
)
def test_mistakes_are_named(waves: tuple[Path, ...], words: tuple[str, ...], error: str) -> None:
    with pytest.raises(ShtegError, match=error):
        run(str(waves[2]), "--items", "police", *DESIGN, *words)


def test_waves_without_a_shared_unit_are_no_panel(waves: tuple[Path, ...], tmp_path: Path) -> None:
    other = pl.read_csv(waves[2]).with_columns(("x" + pl.col("psu")).alias("psu"))
    other.write_csv(tmp_path / "other.csv")
    with pytest.raises(ShtegError, match="no primary unit in common"):
        run(str(waves[1]), str(tmp_path / "other.csv"), "--items", "police", *DESIGN, "--changes", "--same-psus")


STARTS = {"svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "html": b"<!doc"}


@pytest.mark.parametrize(("kind", "start"), STARTS.items())
def test_charts_of_every_kind(waves: tuple[Path, ...], tmp_path: Path, kind: str, start: bytes) -> None:
    words = (str(waves[2]), "--items", "police", "--net", "police:Low=1,2", *form(waves), "--language", "sq")
    done = run(*words, "--chart", str(tmp_path / f"c.{kind}"))
    files = [Path(line) for line in done.output.splitlines()]
    assert files
    assert all(path.read_bytes().startswith(start) for path in files)
    if kind in ("svg", "html"):
        text = "".join(path.read_text(encoding="utf-8") for path in files)
        assert all(label in text for label in ("Plotësisht", "Deri diku", "Besojnë", "intervalet 95%"))


@pytest.mark.parametrize("kind", ["svg", "png", "pdf", "html"])
def test_a_chart_is_the_same_bytes_in_every_process(waves: tuple[Path, ...], tmp_path: Path, kind: str) -> None:
    words = [str(one) for one in (*waves[:2], "--items", "police", "--by", "sex", *DESIGN, "--language", "en")]
    made = []
    for number in range(3):
        out = tmp_path / f"{number}.{kind}"
        command = [sys.executable, "-m", "shteg.cli", "tabulate", *words, "--chart", str(out)]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
        made.append(out.read_bytes())
    assert made[0] == made[1] == made[2]


def test_a_chart_draws_nothing_that_is_hidden(waves: tuple[Path, ...], tmp_path: Path) -> None:
    first = pl.int_range(pl.len()) < 8
    few = pl.read_csv(waves[2]).with_columns(pl.when(first).then(pl.lit("x")).otherwise("sex").alias("sex"))
    few.write_csv(tmp_path / "few.csv")
    words = (str(tmp_path / "few.csv"), "--items", "police", "--by", "sex", *DESIGN, "--language", "en")
    shown = [one for one in cells(*words) if one["estimate"] is not None]
    run(*words, "--chart", str(tmp_path / "c.svg"))
    svg = (tmp_path / "c.svg").read_text(encoding="utf-8")
    told = re.findall(r'data-row="(\d+)"', svg)
    assert len(set(told)) == len(shown)
    assert "sex: x :" in svg
    assert "not shown" in svg


def test_a_bar_with_a_hidden_part_is_left_empty(waves: tuple[Path, ...], tmp_path: Path) -> None:
    most = (pl.col("courts") == 5) & (pl.int_range(pl.len()) % 12 != 0)
    data = pl.read_csv(waves[2]).with_columns(pl.when(most).then(4).otherwise("courts").alias("courts"))
    design = Design.from_frame(data, stratum="stratum", psu="psu", weight="weight")
    options: dict[str, dict[str, str]] = {str(code): {} for code in range(1, 6)}
    items = [TableItem(column=name, title={"en": name}, options=options) for name in ("police", "courts")]
    made = tabulate(
        [Source(id="w", title={}, design=design)],
        items,
        grids=[Grid(name="g", items=("police", "courts"))],
        rules=QualityRules(suppress_above_relative_error=0.4),
    )
    assert made.frame.filter(pl.col("suppressed") != "")["item"].unique().to_list() == ["courts"]
    (path,) = write_charts(made, tmp_path / "g.svg", ["en"])
    assert len(set(re.findall(r'data-row="(\d+)"', path.read_text(encoding="utf-8")))) == 5  # those of the police alone
