"""`shteg tabulate` on data files as they come: missing codes, names, orders, flags, and what earlier calls printed."""

import csv
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pyreadstat
import pytest
from click.testing import CliRunner, Result

from shteg.cli.tabulate.command import command
from shteg.cli.wave import data_file as tabulate_files
from shteg.errors import ShtegError
from shteg.evidence import find_case
from shteg.survey.readers import Responses
from shteg.survey.readers.responses import MultipleSet
from tests.evidence.demo_copy import copy_demo_in_two_languages

DEMO = find_case("demo")


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has its own log of printed tables."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def call(*words: object) -> Result:
    result = CliRunner().invoke(command, [str(word) for word in words])
    if isinstance(result.exception, ShtegError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def cells(*words: object) -> list[dict[str, object]]:
    return list(json.loads(call(*words, "--json").stdout))


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def scale(tmp_path: Path) -> Path:
    """A scale of 1 to 5 with 8 and 9 declared missing, a sex with 3, an income with -99."""
    frame = pl.DataFrame(
        {
            "q": [1.0, 2.0, 3.0, 4.0, 5.0, 8.0, 9.0, 3.0] * 20,
            "sex": ([1.0, 2.0] * 4 + [3.0] * 8) * 10,
            "income": [100.0, 200.0, -99.0, 300.0] * 40,
            "w": [1.0] * 160,
        }
    )
    path = tmp_path / "w.sav"
    pyreadstat.write_sav(frame, path, missing_ranges={"q": [8, 9], "sex": [3], "income": [-99]})
    return path


def questionnaire(path: Path, options: Sequence[str], missing: Sequence[str] = (), more: str = "") -> Path:
    text = '[items.q]\ntitle = { en = "Q", sq = "P" }\nwording = { en = "Q?", sq = "P?" }\n' + more
    text += f"missing = {json.dumps(list(missing))}\n[items.q.options]\n"
    text += "".join(f'"{code}" = {{ en = "o{code}", sq = "o{code}" }}\n' for code in options)
    path.write_text(text, encoding="utf-8")
    return path


def test_means_leave_out_what_the_file_declares_missing(tmp_path: Path) -> None:
    path = scale(tmp_path)
    (mean,) = cells(path, "--means", "q")
    assert (mean["estimate"], mean["n"]) == (3.0, 120)
    (income,) = cells(path, "--means", "income")
    assert (income["estimate"], income["n"]) == (200.0, 120)


def test_means_leave_out_what_the_questionnaire_declares_missing(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", ("q", "sex"), [(one, "fm"[one % 2]) for one in (1, 2, 3, 4, 5, 8, 9, 3)] * 20)
    form = questionnaire(tmp_path / "q.toml", "1234589", "89")
    (mean,) = cells(path, "--questionnaire", form, "--means", "q")
    assert (mean["estimate"], mean["n"]) == (3.0, 120)
    grouped = cells(path, "--questionnaire", form, "--means", "q", "--by", "q")
    assert {one["domain"] for one in grouped} == {"all", "1", "2", "3", "4", "5"}


def test_letters_of_stata_are_missing_in_means_items_and_groups(tmp_path: Path) -> None:
    values = ["a" if i % 6 == 0 else float(i % 3 + 1) for i in range(120)]
    frame = pl.DataFrame({"q": pl.Series(values, dtype=pl.Object), "g": [1.0, 2.0] * 60})
    path = tmp_path / "w.dta"
    labels = {"q": {1: "one", 2: "two", 3: "three", "a": "refused", "b": "not asked"}}
    pyreadstat.write_dta(frame, path, missing_user_values={"q": ["a", "b"]}, variable_value_labels=labels)
    (mean,) = cells(path, "--means", "q")
    assert mean["n"] == 100
    assert {one["option"] for one in cells(path, "--items", "q")} == {"1", "2", "3"}
    assert {one["domain"] for one in cells(path, "--means", "g", "--by", "q")} == {"all", "1", "2", "3"}


def test_user_missing_codes_of_a_grouping_make_no_column(tmp_path: Path) -> None:
    assert {one["domain"] for one in cells(scale(tmp_path), "--items", "q", "--by", "sex")} == {"all", "1", "2"}


def test_weights_declared_missing_are_not_weights(tmp_path: Path) -> None:
    frame = pl.DataFrame({"q": [1.0, 2.0] * 20, "w": [1.0, 999.0] * 20})
    pyreadstat.write_sav(frame, tmp_path / "w.sav", missing_ranges={"w": [999]})
    with pytest.raises(ShtegError, match=r"column 'w', row 2: the weight None"):
        call(tmp_path / "w.sav", "--items", "q", "--weight", "w")


def test_file_and_questionnaire_that_disagree_are_refused(tmp_path: Path) -> None:
    form = questionnaire(tmp_path / "q.toml", "1234589", "8")
    with pytest.raises(ShtegError, match=r"w\.sav: .*'9' in column 'q'\nHint: list them under `missing`"):
        call(scale(tmp_path), "--questionnaire", form, "--items", "q")


def test_a_wave_whose_file_and_questionnaire_disagree_is_refused(tmp_path: Path) -> None:
    base = copy_demo_in_two_languages(tmp_path)
    wave = base / "surveys" / "2025"
    data = pl.read_csv(wave / "respondents.csv", infer_schema=False)
    codes = {"in_favour": 1.0, "against": 2.0, "dont_know": 9.0}
    joining = data["joining"].unique().drop_nulls().to_list()
    number = {code: codes.get(code, float(i + 3)) for i, code in enumerate(sorted(joining))}
    pyreadstat.write_sav(
        data.with_columns(pl.col("joining").replace_strict(number, return_dtype=pl.Float64)),
        wave / "respondents.sav",
        missing_ranges={"joining": [number["against"]]},
    )
    (wave / "respondents.csv").unlink()
    design, form = wave / "design.toml", wave / "questionnaire.toml"
    design.write_text(design.read_text().replace("respondents.csv", "respondents.sav"))
    text, mark, others = form.read_text(encoding="utf-8").partition("[items.trust_guard]")
    for code, one in number.items():
        text = text.replace(f"{code} =", f'"{one:.0f}" =', 1).replace(f'"{code}"', f'"{one:.0f}"')
    form.write_text(text + mark + others, encoding="utf-8")
    with pytest.raises(ShtegError, match=r"respondents\.sav: .*'2' in column 'joining'"):
        call(f"{base}/2025", "--items", "joining")


def test_names_with_commas_stars_and_quotes(tmp_path: Path) -> None:
    header = ("Age, in years", "a*b", 'say "yes"', "w, 1")
    path = write(tmp_path / "d.csv", header, [(20 + i % 5, "xy"[i % 2], "pq"[i % 2], 1) for i in range(60)])
    (mean,) = cells(path, "--means", "Age, in years", "--weight", "w, 1")
    assert (mean["estimate"], mean["n"]) == (22.0, 60)
    found = cells(path, "--items", '"Age, in years",a*b', "--by", "a*b", "--by", 'a*b*"say ""yes"""')
    assert {one["item"] for one in found} == {"Age, in years", "a*b"}
    assert {one["domain_variable"] for one in found} == {"all", "a*b", 'a*b × say "yes"'}


@pytest.mark.parametrize("option", ["--items", "--means", "--by", "--weight", "--stratum", "--psu"])
@pytest.mark.parametrize("with_form", [False, True])
def test_unknown_names_are_named_with_what_there_is(tmp_path: Path, option: str, with_form: bool) -> None:
    path = write(tmp_path / "d.csv", ("id", "q"), [(i, "12"[i % 2]) for i in range(40)])
    words = ["--questionnaire", questionnaire(tmp_path / "q.toml", "12")] if with_form else []
    words += [] if option in ("--items", "--means") else ["--items", "q"]
    with pytest.raises(ShtegError) as told:
        call(path, *words, option, "nosuch")
    if with_form and option == "--items":
        assert str(told.value) == "--items: the questionnaire has no item 'nosuch'\nHint: the items are q"
    else:
        assert str(told.value) == f"{option}: the file d.csv has no column 'nosuch'\nHint: the columns are id, q"


@pytest.mark.parametrize("option", ["--means", "--by", "--weight"])
def test_unknown_names_of_a_wave(option: str) -> None:
    with pytest.raises(ShtegError, match=r"the file respondents\.csv has no column 'nosuch'\nHint: the columns are \w"):
        call("demo/2025", option, "nosuch")


def test_numbers_stand_in_their_order_every_time(tmp_path: Path) -> None:
    codes = ("10", "2", "NaN", "1", "-1", "33")
    path = write(tmp_path / "d.csv", ("q", "g"), [(code, other) for code in codes for other in codes[:4] * 20])
    for _ in range(3):
        found = cells(path, "--items", "q", "--by", "g", "--forget")
        assert list(dict.fromkeys(one["option"] for one in found)) == ["-1", "1", "2", "10", "33", "NaN"]
        assert list(dict.fromkeys(one["domain"] for one in found)) == ["all", "1", "2", "10", "NaN"]


def test_labels_that_name_some_codes_do_not_order_them(tmp_path: Path) -> None:
    frame = pl.DataFrame({"q": [1.0, 2.0, 3.0, 4.0, 5.0] * 30, "g": [5.0, 3.0, 1.0] * 50})
    labels = {"q": {1: "not at all", 5: "fully"}, "g": {5: "five", 1: "one"}}
    pyreadstat.write_dta(frame, tmp_path / "w.dta", variable_value_labels=labels)
    found = cells(tmp_path / "w.dta", "--items", "q", "--by", "g")
    assert list(dict.fromkeys(one["option"] for one in found)) == ["1", "2", "3", "4", "5"]
    assert list(dict.fromkeys(one["domain"] for one in found)) == ["all", "1", "3", "5"]


def test_a_standard_error_of_zero_says_why(tmp_path: Path) -> None:
    rows = [(i // 10, "fm"[i % 2], 1 + 2 * (i % 2)) for i in range(200)]
    path = write(tmp_path / "d.csv", ("psu", "sex", "k"), rows)
    for one in cells(path, "--items", "sex", "--means", "k", "--psu", "psu"):
        assert (one["std_error"], one["ci_low"], one["flag"]) == (0.0, None, "no_spread")
    for language, words in (("en", "Where every primary"), ("sq", "Aty ku çdo njësi")):
        page = call(path, "--items", "sex", "--psu", "psu", "--out", tmp_path / "t.html", "--language", language)
        text = Path(page.stdout.strip()).read_text(encoding="utf-8")
        assert "50.0%†" in text.replace(",", ".")
        assert f"† {words}" in text


@pytest.mark.parametrize(
    ("more", "kinds", "top"),
    [
        ("ordered = true\nscores = { 1 = 1, 2 = 2, 3 = 3, 4 = 4 }\n", ("top", "bottom", "net", "mean"), 0.25),
        ("ordered = true\nscores = { 1 = 4, 2 = 3, 3 = 2, 4 = 1 }\n", ("top", "bottom", "net", "mean"), 0.75),
        ('ordered = true\nfavourable = ["4"]\n', ("top", "bottom", "net"), 0.25),
        ('ordered = true\nfavourable = ["1", "2"]\n', ("top", "bottom", "net"), 0.75),
        ("ordered = true\n", ("first", "last", "difference"), 0.75),
    ],
)
def test_boxes_are_called_after_the_end_that_is_the_top(
    tmp_path: Path, more: str, kinds: tuple[str, ...], top: float
) -> None:
    path = write(tmp_path / "d.csv", ("q",), [(one,) for one in ("1", "1", "2", "3")] * 40)
    form = questionnaire(tmp_path / "q.toml", "1234", more=more)
    found = [one for one in cells(path, "--questionnaire", form, "--items", "q") if one["row_kind"] != "option"]
    assert tuple(one["row_kind"] for one in found) == kinds
    assert found[0]["estimate"] == pytest.approx(top)


def test_scores_that_neither_rise_nor_fall_are_no_scale(tmp_path: Path) -> None:
    path = write(tmp_path / "d.csv", ("q",), [(one,) for one in "1234"] * 20)
    form = questionnaire(tmp_path / "q.toml", "1234", more="ordered = true\nscores = { 1 = 1, 2 = 4, 3 = 3, 4 = 2 }\n")
    with pytest.raises(ShtegError, match="neither rise nor fall"):
        call(path, "--questionnaire", form, "--items", "q")


def test_hints_speak_of_options(tmp_path: Path) -> None:
    rows = [(i % 4, i % 2, "12"[i % 2], "x" if i == 5 else i) for i in range(40)]
    path = write(tmp_path / "d.csv", ("psu", "stratum", "q", "k"), [(0, 1, "1", 1), *rows])
    design = ("--items", "q", "--psu", "psu", "--stratum", "stratum")
    with pytest.raises(ShtegError, match=r"d\.csv, column 'psu'.*\nHint: mend the code, or .*; with --nest"):
        call(path, *design)
    call(path, *design, "--nest")
    with pytest.raises(ShtegError, match=r"is not a finite number .*\nHint: mend it, or declare the code missing"):
        call(path, "--means", "k")
    with pytest.raises(ShtegError, match=r"^--level: "):
        call(path, "--items", "q", "--level", "2")
    lonely = write(tmp_path / "l.csv", ("psu", "stratum", "q"), [(1, 1, "1"), (2, 2, "1"), (3, 2, "2")])
    with pytest.raises(ShtegError, match=r"--lonely-psu to remove"):
        call(lonely, *design)
    with pytest.raises(ShtegError, match=r"^--by: the grouping 'q' stands twice"):
        call(path, "--items", "q", "--by", "q", "--by", "q")
    with pytest.raises(ShtegError, match=r"^--by: 'q' is crossed with itself"):
        call(path, "--items", "q", "--by", "q*q")


def test_the_encoding_of_a_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_bytes(b"sex\n" + "grua\nburrë\n".encode("cp1250") * 30)
    assert {one["option"] for one in cells(path, "--items", "sex", "--encoding", "cp1250")} == {"grua", "burrë"}
    with pytest.raises(ShtegError, match=r"^--encoding: there is no encoding 'nosuch'"):
        call(path, "--items", "sex", "--encoding", "nosuch")
    with pytest.raises(ShtegError, match=r"^--encoding: design\.toml and questionnaire\.toml say this"):
        call("demo/2025", "--encoding", "cp1250")


def test_one_respondent_without_a_group_is_named_as_the_cause(tmp_path: Path) -> None:
    rows = [("" if i == 7 else "fm"[i % 2], "ab"[i % 3 == 0]) for i in range(120)]
    path = write(tmp_path / "d.csv", ("sex", "q"), rows)
    told = " ".join(call(path, "--items", "q", "--by", "sex").stdout.split())
    assert "1 respondent who answered belongs to no column" in told
    told = " ".join(call(path, "--items", "q", "--by", "sex", "--language", "sq").stdout.split())
    assert "1 i anketuar që u përgjigj nuk i përket asnjë kolone" in told


def tiny(tmp_path: Path) -> Path:
    """The shipped wave with four respondents of a tiny community."""
    base = tmp_path / "base"
    shutil.copytree(DEMO, base)
    path = base / "surveys" / "2025" / "respondents.csv"
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    for number in (5, 120, 300, 450):
        rows[number] |= {"community": "tiny", "joining": "against"}
    write(path, list(rows[0]), [list(row.values()) for row in rows])
    return base


@pytest.mark.parametrize("calls", [("community*sex", "sex"), ("sex", "community*sex")])
def test_two_calls_do_not_give_a_hidden_cell_away(tmp_path: Path, calls: tuple[str, str]) -> None:
    base = tiny(tmp_path)
    found = {by: cells(f"{base}/2025", "--items", "joining", "--by", by) for by in calls}
    shown = {
        one["domain"]
        for table in found.values()
        for one in table
        if not one["suppressed"] and one["option"] == "against"
    }
    for sex in ("women", "men"):
        assert f"tiny × {sex}" not in shown
        assert not {sex, f"lake × {sex}", f"hill × {sex}"} <= shown
    told = call(f"{base}/2025", "--items", "joining", "--by", calls[1]).stdout
    assert f"joining: {calls[0].replace('*', ' × ')}" in " ".join(told.split())


def test_the_log_follows_the_content_and_can_be_forgotten(tmp_path: Path) -> None:
    base = tiny(tmp_path)
    design = ("--stratum", "stratum", "--psu", "psu", "--weight", "weight", "--items", "joining")
    call(f"{base}/2025", "--items", "joining", "--by", "community*sex")
    copy = shutil.copy(base / "surveys" / "2025" / "respondents.csv", tmp_path / "copy.csv")
    hidden = {one["domain"] for one in cells(copy, *design, "--by", "sex") if one["suppressed"]}
    assert hidden == {"women", "men"}
    again = {one["domain"] for one in cells(copy, *design, "--by", "sex", "--forget") if one["suppressed"]}
    assert again == set()


def test_a_log_that_is_damaged_or_cannot_be_kept_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "d.csv", ("q",), [("12"[i % 2],) for i in range(60)])
    call(path, "--items", "q")
    (log,) = (tmp_path / "cache").rglob("*.jsonl")
    assert "0.5" not in log.read_text(encoding="utf-8")
    log.write_text("nonsense\n" + log.read_text(encoding="utf-8").replace("column", "kolumn"), encoding="utf-8")
    assert "2 damaged lines in the log of tables printed earlier" in call(path, "--items", "q").stderr
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert "the log of printed tables cannot be written" in call(path, "--items", "q").stderr


def test_sets_of_a_file_are_items(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "tv": ["1", "1", None, "0"] * 20,
            "web": ["1", "0", None, "0"] * 20,
            "first": ["a", "b", None, "a"] * 20,
            "second": ["b", None, None, "c"] * 20,
        }
    )
    sets = {
        "media": MultipleSet(label="Media", kind="dichotomy", counted="1", columns=("tv", "web")),
        "named": MultipleSet(label="", kind="category", counted=None, columns=("first", "second")),
    }
    data = Responses(frame=frame, labels={"tv": "Television"}, sets=sets, name="w.sav")
    monkeypatch.setattr(tabulate_files, "read_responses", lambda *_, **__: data)
    path = tmp_path / "w.sav"
    path.write_bytes(b"stands for the file")
    found = {one["option"]: (one["estimate"], one["n"]) for one in cells(path, "--items", "media")}
    assert found == {"tv": (pytest.approx(2 / 3), 60), "web": (pytest.approx(1 / 3), 60)}
    found = {one["option"]: (one["estimate"], one["n"]) for one in cells(path, "--items", "$named")}
    assert found == {"a": (pytest.approx(2 / 3), 60), "b": (pytest.approx(2 / 3), 60), "c": (pytest.approx(1 / 3), 60)}
    assert "tv belongs to the set media" in call(path, "--items", "tv").stderr


def test_a_questionnaire_names_the_groups_and_means_of_a_data_file_too(tmp_path: Path) -> None:
    path = write(tmp_path / "w.csv", ["q", "x"], [[("1.0", "2.0", "9.0")[i % 3], i % 2 + 1] for i in range(120)])
    form = questionnaire(tmp_path / "q.toml", "219", "9")
    shown = call(path, "--means", "x", "--by", "q", "--questionnaire", form, "--language", "sq").stdout
    assert [line for line in ("P: o2", "P: o1") if line in shown] == ["P: o2", "P: o1"]
    assert shown.index("P: o2") < shown.index("P: o1")
    assert "o9" not in shown
