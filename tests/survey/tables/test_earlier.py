"""What one call hides, later calls do not give away: attacks on everything that several calls print together."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, UsageError
from shteg.evidence.records.surveys import QualityRules
from shteg.survey.designs.design import Design
from shteg.survey.one_pass.domains import JOINT
from shteg.survey.tables import Grouping, PrintedTable, Source, TableItem, Tables, tabulate
from shteg.survey.tables.protect import from_json, to_json
from tests.survey.tables.wave import TRUST, both, by, frame, media, source, trust

MINIMUM = 20
RECOVERED = 1e-7
PLAIN = {"ordered": False, "scores": {}}
Figure = tuple[str, str, str, str]


def figures(data: pl.DataFrame, table: Tables) -> dict[Figure, np.ndarray]:
    """What every cell counts, (n,), straight from the data."""
    found: dict[Figure, np.ndarray] = {}
    for cell in table.frame.iter_rows(named=True):
        if cell["row_kind"] not in ("option", "all"):
            continue
        column, variable = cell["item"], cell["domain_variable"]
        missing = next(item.missing for item in table.items if item.column == column)
        answered = (data[column].is_not_null() & ~data[column].is_in(list(missing))).to_numpy()
        chosen = (
            answered
            if cell["row_kind"] == "all"
            else answered & (data[column] == cell["option"]).fill_null(value=False).to_numpy()
        )
        inside = np.ones(data.height, bool)
        grouped = inside
        if variable != "all":
            names = data.select(pl.concat_str(variable.split(JOINT), separator=JOINT)).to_series()
            inside = (names == cell["domain"]).fill_null(value=False).to_numpy()
            grouped = names.is_not_null().to_numpy()
        base = {"column": answered & inside, "row": chosen & grouped, "total": answered & grouped}[table.percent]
        key = (column, cell["option"], variable, cell["domain"])
        found[key] = (chosen & inside).astype(float)
        found[("base", *key)] = base.astype(float)  # type: ignore[index]
    return found


def given_away(data: pl.DataFrame, calls: list[Tables]) -> list[Figure]:
    """Cells of small domains, hidden in some call, that are a linear combination of what all calls show."""
    shown, hidden = [], {}
    for table in calls:
        counts = figures(data, table)
        for cell in table.frame.filter(pl.col("row_kind").is_in(["option", "all"])).iter_rows(named=True):
            key = (cell["item"], cell["option"], cell["domain_variable"], cell["domain"])
            if not cell["suppressed"]:
                shown += [counts[key], counts[("base", *key)]]  # type: ignore[index]
            elif cell["suppressed"] == "n" and counts[key].any():
                hidden[key] = counts[key]
    known = np.stack(shown)
    missed = []
    for key, wanted in hidden.items():
        answer = np.linalg.lstsq(known.T, wanted, rcond=None)[0]
        if np.linalg.norm(known.T @ answer - wanted) < RECOVERED * np.linalg.norm(wanted):
            missed.append(key)
    return missed


def call_in_turn(data: pl.DataFrame, requests: list[dict[str, object]]) -> list[Tables]:
    """Make tables one call after the other, each knowing what those before it printed."""
    printed: list[PrintedTable] = []
    calls = []
    for request in requests:
        wave = source(data, str(request.get("weight", "weight")), sample="s")
        table = tabulate(
            [wave],
            request.get("items", [trust(**PLAIN)]),  # type: ignore[arg-type]
            request.get("by", []),  # type: ignore[arg-type]
            percent=request.get("percent", "column"),  # type: ignore[arg-type]
            minimum_base=MINIMUM,
            earlier={"s": printed},
        )
        printed += table.printed["s"]
        calls.append(table)
    return calls


CROSSED, SEX, REGION = by("region", "sex"), by("sex"), by("region")
SEQUENCES: dict[str, list[dict[str, object]]] = {
    "crossed first": [{"by": [CROSSED]}, {"by": [SEX]}],
    "crossed last": [{"by": [SEX]}, {"by": [CROSSED]}],
    "one by one": [{"by": [REGION]}, {"by": [SEX]}, {"by": [CROSSED]}],
    "the other way round": [{"by": [by("sex", "region")]}, {"by": [REGION]}, {"by": [SEX]}],
    "other percentages": [{"by": [CROSSED], "percent": "total"}, {"by": [SEX], "percent": "row"}, {"by": [REGION]}],
    "another weight": [{"by": [CROSSED]}, {"by": [SEX], "weight": "other"}],
    "missing is an answer": [
        {"by": [CROSSED]},
        {"by": [SEX], "items": [trust(**PLAIN, options={c: both(c) for c in (*TRUST, "dk")}, missing=())]},
    ],
    "options left to the data": [{"by": [CROSSED]}, {"by": [SEX], "items": [trust(**PLAIN, options=None)]}],
}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("requests", SEQUENCES.values(), ids=SEQUENCES)
def test_calls_in_turn_give_nothing_away(requests: list[dict[str, object]], seed: int) -> None:
    data = frame(400, seed)
    calls = call_in_turn(data, requests)
    assert any((one.frame["suppressed"] == "n").any() for one in calls)
    assert given_away(data, calls) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_same_calls_without_memory_do_give_something_away(seed: int) -> None:
    data = frame(400, seed)
    calls = [
        tabulate([source(data)], [trust(**PLAIN)], groupings, minimum_base=MINIMUM) for groupings in ([CROSSED], [SEX])
    ]
    assert given_away(data, calls) != []


def test_a_table_made_again_is_the_same() -> None:
    data = frame(400, 1)
    once = call_in_turn(data, [{"by": [SEX]}, {"by": [CROSSED]}])
    again = call_in_turn(data, [{"by": [SEX]}, {"by": [CROSSED]}, {"by": [SEX]}, {"by": [CROSSED]}])
    for first, second in zip(once, again[2:], strict=True):
        assert first.frame.drop("suppressed").equals(second.frame.drop("suppressed"))


def test_the_cause_is_named_where_an_earlier_table_hides_something() -> None:
    first, second = call_in_turn(frame(400, 1), [{"by": [CROSSED]}, {"by": [SEX]}])
    assert {cause.kind for cause in second.causes} == {"earlier"}
    assert second.causes[0].few == ("trust: region × sex",)
    assert "earlier" not in {cause.kind for cause in first.causes}


def test_tables_that_hide_nothing_change_nothing() -> None:
    data = frame(1000, 2).with_columns(region=pl.col("region").replace("w", "s"))
    first, second = call_in_turn(data, [{"by": [CROSSED]}, {"by": [SEX]}])
    assert set(first.frame["suppressed"]) | set(second.frame["suppressed"]) == {""}
    assert second.causes == ()


def test_a_filtered_question_does_not_tell_who_passed_the_filter() -> None:
    """The base of a question asked of those who said "a" is the number who said so, in another table."""
    draw = np.random.default_rng(8)
    region = np.repeat(["w", "s", "e", "n"], [15, 24, 60, 300])
    first = draw.choice(["a", "b"], region.size)
    follow = [draw.choice(["x", "y"]) if one == "a" else None for one in first]
    data = pl.DataFrame({"region": region, "q": first, "f": follow, "weight": np.ones(region.size)})
    data = data.with_columns(pl.lit("h").alias("stratum"), pl.int_range(pl.len()).cast(pl.String).alias("psu"))
    items = [TableItem(column="q", title={}), TableItem(column="f", title={})]
    together = tabulate([source(data, sample="s")], items, [REGION], minimum_base=MINIMUM)
    assert given_away(data, [together]) == []
    calls = call_in_turn(data, [{"items": items[:1], "by": [REGION]}, {"items": items[1:], "by": [REGION]}])
    assert given_away(data, calls) == []


def test_a_box_asked_alone_does_not_tell_about_its_set() -> None:
    data = frame(400, 3)
    parts = [
        pl.when(pl.col("media") != "")
        .then(pl.col("media").str.contains(code).cast(pl.Int8).cast(pl.String))
        .alias(f"media/{code}")
        for code in ("tv", "web", "radio")
    ]
    data = data.with_columns(parts).drop("media")
    alone = TableItem(column="media/tv", title={})
    _, second = call_in_turn(data, [{"items": [media()], "by": [CROSSED]}, {"items": [alone], "by": [SEX]}])
    assert set(second.frame.filter(pl.col("domain_variable") == "sex")["suppressed"]) == {"earlier"}


def test_the_mean_of_many_numbers_is_protected_across_calls() -> None:
    data = frame(400, 1).with_columns(pl.int_range(1000, 1000 + pl.len()).cast(pl.String).alias("age"))
    item = TableItem(column="age", title={}, form="number")
    _, second = call_in_turn(data, [{"items": [item], "by": [CROSSED]}, {"items": [item], "by": [SEX]}])
    assert "" not in set(second.frame.filter(pl.col("domain_variable") == "sex")["suppressed"])


def test_districts_within_regions_are_nested_without_being_crossed() -> None:
    """Two hidden districts of one region number seven: the region may not be shown beside its other districts."""
    district = np.repeat(["a1", "a2", "a3", "b1", "b2"], [3, 4, 90, 80, 25])
    draw = np.random.default_rng(1)
    data = pl.DataFrame({"district": district, "region": [one[0] for one in district]})
    data = data.with_columns(pl.Series("q", draw.choice(["x", "y"], data.height)), pl.lit(1.0).alias("weight"))
    data = data.with_columns(pl.lit("h").alias("stratum"), pl.int_range(pl.len()).cast(pl.String).alias("psu"))
    found = tabulate([source(data)], [TableItem(column="q", title={})], [by("district"), REGION], minimum_base=MINIMUM)
    shown = {
        (variable, domain)
        for variable, domain, why in found.frame.select("domain_variable", "domain", "suppressed").rows()
        if not why
    }
    assert not {("district", "a3"), ("region", "a")} <= shown
    calls = call_in_turn(
        data,
        [
            {"items": [TableItem(column="q", title={})], "by": [by("district")]},
            {"items": [TableItem(column="q", title={})], "by": [REGION]},
        ],
    )
    assert ("a", "") not in calls[1].frame.select("domain", "suppressed").rows() or "a3" not in [
        domain for domain, why in calls[0].frame.select("domain", "suppressed").rows() if not why
    ]


def test_notes_survive_being_written_down() -> None:
    (table,) = call_in_turn(frame(400, 1), [{"by": [replace(CROSSED, missing={"sex": ("x",)})]}])
    for note in table.printed["s"]:
        assert from_json(to_json(note)) == note
        assert "estimate" not in to_json(note)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"item":1,"percent":"column"}', "[" * 100_000])
def test_a_note_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        from_json(text)


def test_a_note_of_other_data_is_refused() -> None:
    (table,) = call_in_turn(frame(400, 1), [{"by": [CROSSED]}])
    note = json.loads(to_json(table.printed["s"][0]))
    note["hidden"] = [["option", "fully", "region × sex", "nowhere × f", "n"]]
    earlier = {"s": [from_json(json.dumps(note))]}
    with pytest.raises(DesignError, match="does not fit the data\nHint: forget"):
        tabulate([source(frame(400, 1), sample="s")], [trust()], [SEX], minimum_base=MINIMUM, earlier=earlier)


def test_row_percentages_hide_one_further_row_and_no_more() -> None:
    answers = ["a"] * 57 + ["c"] * 3 + ["b"] * 60
    data = pl.DataFrame({"q": answers, "sex": ["f", "m"] * 60, "weight": [1.0] * 120, "stratum": ["h"] * 120})
    data = data.with_columns(pl.int_range(pl.len()).cast(pl.String).alias("psu"))
    item = TableItem(column="q", title={})
    found = tabulate([source(data)], [item], [SEX], percent="row", minimum_base=MINIMUM).frame
    hidden = found.filter(pl.col("suppressed") != "")
    assert set(hidden.select("option", "domain").rows()) == {("c", "f"), ("c", "m"), ("b", "f"), ("b", "m")}
    assert hidden.filter(pl.col("option") == "c")["suppressed"].to_list() == ["n", "n"]
    assert found.filter(pl.col("row_kind") == "all")["estimate"].null_count() == 0


@pytest.mark.parametrize("percent", ["column", "row", "total"])
@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_hidden_that_could_be_shown_alone(percent: str, seed: int) -> None:
    """Each cell hidden by the audit is needed: shown again, it would help to give a hidden one away."""
    data = frame(300, seed)
    rules = QualityRules(suppress_above_relative_error=0.25)
    found = tabulate(
        [source(data)],
        [trust(**PLAIN)],
        [Grouping(variables=("sex",), titles={})],
        percent=percent,  # type: ignore[arg-type]
        rules=rules,
    )
    counts = figures(data, found)
    cells = list(found.frame.iter_rows(named=True))
    keys = [(cell["item"], cell["option"], cell["domain_variable"], cell["domain"]) for cell in cells]
    secret = [counts[key] for key, cell in zip(keys, cells, strict=True) if cell["suppressed"] == "relative_error"]
    for number, cell in enumerate(cells):
        if cell["suppressed"] != "complementary":
            continue
        shown = [
            counts[name]  # type: ignore[index]
            for other, key in enumerate(keys)
            if other == number or not cells[other]["suppressed"]
            for name in (key, ("base", *key))
        ]
        known = np.stack(shown)
        leaks = [
            np.linalg.norm(known.T @ np.linalg.lstsq(known.T, one, rcond=None)[0] - one) < RECOVERED for one in secret
        ]
        assert any(leaks), keys[number]


def many_calls(data: pl.DataFrame, draw: np.random.Generator) -> list[dict[str, object]]:
    """Three requests for tables of one sample, drawn at random."""
    media_by = TableItem(column="media", title={})
    items = [[trust(**PLAIN)], [media_by], [trust(**PLAIN), media_by]]
    groupings = [[SEX], [REGION], [CROSSED], [SEX, REGION], [REGION, CROSSED]]
    percents = ["column", "column", "total", "row"]
    return [
        {"items": items[draw.integers(3)], "by": groupings[draw.integers(5)], "percent": percents[draw.integers(4)]}
        for _ in range(3)
    ]


@pytest.mark.parametrize("seed", [1, 3, 6, 11])
def test_a_table_made_again_is_the_same_whatever_came_between(seed: int) -> None:
    sex = pl.when(pl.int_range(pl.len()) % 45 == 0).then(None).otherwise(pl.col("sex"))
    data = frame(400, seed).with_columns(sex=sex, media=pl.col("media").replace("", None))
    requests = many_calls(data, np.random.default_rng(seed))
    calls = call_in_turn(data, [*requests, *requests])
    for first, second in zip(calls[:3], calls[3:], strict=True):
        assert first.frame.drop("suppressed").equals(second.frame.drop("suppressed"))


def test_what_a_smaller_minimum_has_shown_hides_nothing_else() -> None:
    """Fifteen respondents were shown at a minimum of 5: at 20 nobody is protected by hiding the whole."""
    data = pl.DataFrame({"income": [100, 200, -99] * 30, "group": ["a", "b", "c", "d", "e", None] * 15})
    design = Design.from_frame(data.with_columns(pl.col("income").cast(pl.Int64)))
    wave = Source(id="w", title={}, design=design, sample="s")
    item = TableItem(column="income", title={}, form="number")
    known = TableItem(column="income", title={}, form="number", missing=("-99",))
    first = tabulate([wave], [item], [by("group")], minimum_base=5)
    assert set(first.frame["suppressed"]) == {""}
    second = tabulate([wave], [known], minimum_base=20, earlier=first.printed)
    assert second.frame.select("suppressed", "estimate", "n").rows() == [("", 150.0, 60)]
