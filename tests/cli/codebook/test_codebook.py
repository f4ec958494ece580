"""`shteg codebook` of waves and data files: what it says, in which languages, and what it keeps to itself."""

import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as Tree

import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner, Result
from docx import Document

from shteg.cli.codebook.command import command
from shteg.cli.tabulate.command import command as tabulate
from shteg.errors import ShtegError
from shteg.evidence import find_case
from shteg.publish.codebooks.ddi import NAMESPACE
from tests.publish.citable.ddi_form import faults

DDI = {"d": NAMESPACE}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def call(*words: object) -> Result:
    result = CliRunner().invoke(command, [str(word) for word in words])
    if isinstance(result.exception, ShtegError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result


@pytest.fixture
def sav(tmp_path: Path) -> Path:
    """200 respondents: a labelled question with a missing code, a place that few live in, a number, a text."""
    frame = pl.DataFrame(
        {
            "w": [1.0 + i % 2 for i in range(200)],
            "q": [float(1 + i % 3) if i % 10 else 9.0 for i in range(200)],
            "village": ["Kodër" if i < 3 else "Fushë" for i in range(200)],
            "age": [float(18 + i % 60) for i in range(200)],
            "said": [f"answer {i}" for i in range(200)],
        }
    )
    path = tmp_path / "wave.sav"
    pyreadstat.write_sav(
        frame,
        str(path),
        column_labels=["Weight", "Join?", "Village", "Age", "In your own words"],
        variable_value_labels={"q": {1.0: "Yes", 2.0: "No", 3.0: "Not sure", 9.0: "Refused"}},
        missing_ranges={"q": [9.0]},
    )
    return path


def test_codebooks_have_the_form_of_ddi(sav: Path, tmp_path: Path) -> None:
    for number, words in enumerate((("demo/2025",), (sav, "--weight", "w"))):
        out = tmp_path / f"{number}.xml"
        call(*words, "--out", out)
        assert faults(out.read_bytes()) == []


def _variables(path: Path) -> dict[str, Tree.Element]:
    root = Tree.parse(path).getroot()
    return {str(one.get("name")): one for one in root.findall(".//d:var", DDI)}


def test_a_wave_is_told_in_every_language_of_its_case(tmp_path: Path) -> None:
    call("demo/2025", "--out", tmp_path / "book.xml")
    variables = _variables(tmp_path / "book.xml")
    assert list(variables)[:3] == ["joining", "trust_guard", "shared_patrol"]
    assert variables["weight"].get("wgt") == "wgt"
    asked = variables["joining"]
    spoken = {one.get(LANG): one.text for one in asked.findall("d:qstn/d:qstnLit", DDI)}
    assert set(spoken) == {"en", "sq", "sr"}
    assert spoken["sq"] == "A jeni për anëtarësimin e Torvalës në Paktin e Liqenit, apo kundër tij?"
    answers = pl.read_csv(find_case("demo") / "surveys" / "2025" / "respondents.csv")
    valid = answers.filter(pl.col("joining") != "refused")
    for category in asked.findall("d:catgry", DDI):
        code = category.findtext("d:catValu", namespaces=DDI)
        stats = {one.get("type"): float(str(one.text)) for one in category.findall("d:catStat", DDI)}
        assert stats["freq"] == (answers["joining"] == code).sum()
        if category.get("missing") == "Y":
            assert code == "refused"
            assert "percent" not in stats
        else:
            share = valid.filter(pl.col("joining") == code)["weight"].sum() / valid["weight"].sum()
            assert stats["percent"] == pytest.approx(100 * share, rel=1e-8)
    assert asked.findtext("d:sumStat", namespaces=DDI) == str(valid.height)


def test_pages_and_word_files_one_for_each_language(tmp_path: Path) -> None:
    written = json.loads(call("demo/2025", "--out", tmp_path / "book.html", "--json").stdout)
    assert [Path(one).name for one in written] == ["book.en.html", "book.sq.html", "book.sr.html"]
    page = (tmp_path / "book.sq.html").read_text(encoding="utf-8")
    assert '<html lang="sq">' in page
    assert "80,2%" in page
    assert "Libri i kodeve" in page
    call("demo/2025", "--out", tmp_path / "book.docx", "--language", "sq")
    document = Document(str(tmp_path / "book.docx"))
    heads = [one.text for one in document.paragraphs if one.style is not None and one.style.name == "heading 2"]
    words = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "joining: A duhet të anëtarësohet Torvala në Pakt?" in (heads or [one.text for one in document.paragraphs])
    assert {"in_favour", "Për", "459", "80,2%"} <= set(words)
    with zipfile.ZipFile(tmp_path / "book.docx") as archive:
        assert not any(name.startswith("customXml") for name in archive.namelist())
    first = (tmp_path / "book.docx").read_bytes()
    call("demo/2025", "--out", tmp_path / "book.docx", "--language", "sq")
    assert (tmp_path / "book.docx").read_bytes() == first


def test_a_data_file_with_its_labels_and_missing_codes(tmp_path: Path, sav: Path) -> None:
    call(sav, "--weight", "w", "--out", tmp_path / "book.xml")
    variables = _variables(tmp_path / "book.xml")
    assert list(variables) == ["w", "q", "village", "age", "said"]
    assert {name: one.get("nature") for name, one in variables.items()} == {
        "w": "interval",
        "q": "nominal",
        "village": "nominal",
        "age": "interval",
        "said": "other",
    }
    found = {
        one.findtext("d:catValu", namespaces=DDI): one.findtext("d:catStat", namespaces=DDI)
        for one in variables["q"].findall("d:catgry", DDI)
    }
    assert found == {"1": "60", "2": "60", "3": "60", "9": "20"}


def test_what_few_said_is_not_told(tmp_path: Path, sav: Path) -> None:
    for name in ("book.xml", "book.html"):
        call(sav, "--weight", "w", "--out", tmp_path / name)
    whole = "".join(one.read_text(encoding="utf-8") for one in tmp_path.glob("book*"))
    assert "Kodër" not in whole  # three persons live there, and nobody labelled the place
    assert "answer 7" not in whole
    assert "too few respondents" in whole
    assert not _variables(tmp_path / "book.xml")["age"].findall("d:catgry", DDI)
    assert not re.search(r"<(min|max|mean)\b", whole)


def test_a_small_file_has_a_codebook_without_figures(tmp_path: Path) -> None:
    pl.DataFrame({"q": ["1"] * 6 + ["2"] * 6}).write_csv(tmp_path / "small.csv")
    call(tmp_path / "small.csv", "--out", tmp_path / "book.xml")
    variable = _variables(tmp_path / "book.xml")["q"]
    assert variable.find("d:sumStat", DDI) is None
    assert variable.find(".//d:catStat", DDI) is None


def test_the_figures_of_a_codebook_count_as_printed(tmp_path: Path, sav: Path) -> None:
    call(sav, "--weight", "w", "--out", tmp_path / "book.xml")
    logs = [
        one for one in (tmp_path / "cache").rglob("*") if one.is_file() and '"q"' in one.read_text("utf-8", "replace")
    ]
    assert logs
    result = CliRunner().invoke(tabulate, [str(sav), "--weight", "w", "--items", "q", "--by", "village", "--json"])
    assert result.exit_code == 0, result.output
    cells = json.loads(result.stdout)
    assert all(one["estimate"] is None for one in cells if one["domain"] == "Kodër")
    assert all(
        one["estimate"] is None for one in cells if one["domain"] == "Fushë"
    )  # with the whole it gives the few away


def test_what_is_wrong_is_said_and_nothing_written(tmp_path: Path, sav: Path) -> None:
    for words, said in (
        (("demo/2025",), "written to a file"),
        (("demo/2025", "--out", tmp_path / "a.pdf"), r"not written as \.pdf"),
        (("demo/2030", "--out", tmp_path / "a.xml"), "has no wave '2030'"),
        ((tmp_path / "none.sav", "--out", tmp_path / "a.xml"), "there is no data file"),
        ((sav, "--weight", "v", "--out", tmp_path / "a.xml"), "no column 'v'"),
        (("demo/2025", "--out", tmp_path / "a.xml", "--language", "fr"), "no language 'fr'"),
    ):
        with pytest.raises(ShtegError, match=said):
            call(*words)
    assert not list(tmp_path.glob("a*"))
