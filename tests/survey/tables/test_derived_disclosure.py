"""What nets, boxes, the rest and tests of tables tell of hidden figures: nothing."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from shteg.survey.tables import Grid, Net, QualityRules, Tables, tabulate
from tests.survey.tables.wave import TRUST, by, frame, source, trust

FEW = 30


def sparse() -> pl.DataFrame:
    """A frame in which few of region s gave one answer, so that its relative error is large."""
    rare = (pl.col("region") == "s") & (pl.col("trust") == "none") & (pl.int_range(pl.len()) % 4 != 0)
    return frame(600).with_columns(pl.when(rare).then(pl.lit("little")).otherwise("trust").alias("trust"))


def shown(found: Tables, domain: str) -> dict[tuple[str, str], bool]:
    cells = found.frame.filter((pl.col("domain") == domain) & (pl.col("domain_variable") != "all"))
    return {(row["row_kind"], row["option"]): not row["suppressed"] for row in cells.to_dicts()}


@pytest.mark.parametrize("boxes", [None, 1, 2])
def test_a_net_does_not_give_its_hidden_part_away(boxes: int | None) -> None:
    rules = QualityRules(suppress_above_relative_error=0.3)
    nets = (Net(name="low", codes=("little", "none")), Net(name="all-but", codes=("fully", "rather", "little")))
    item = trust(nets=nets, boxes=boxes, scores={}, favourable=("fully",))
    made = tabulate([source(sparse())], [item], [by("region")], rules=rules)
    cells = made.frame.filter((pl.col("domain") == "s") & (pl.col("option") == "none"))
    assert cells["suppressed"].to_list() == ["relative_error"]
    known = shown(made, "s")
    assert not known[("combined", "all-but")]  # one minus it
    assert not (known[("option", "little")] and known[("combined", "low")])
    if boxes == 1:
        assert not known[("bottom", "")]
    if boxes == 2:
        assert not (known[("option", "little")] and known[("bottom", "")])


def test_a_net_asked_for_later_does_not_give_away_what_was_hidden() -> None:
    rules = QualityRules(suppress_above_relative_error=0.3)
    item = trust(ordered=False, scores={})
    of = [source(sparse(), sample="s")]
    first = tabulate(of, [item], [by("region")], rules=rules)
    assert not shown(first, "s")[("option", "none")]
    later = replace(item, nets=(Net(name="all-but", codes=("fully", "rather", "little")),))
    second = tabulate(of, [later], [by("region")], earlier=first.printed)  # the rule is lifted, what is told stays
    printed = second.printed["s"][0]
    assert [net.name for net in printed.item.nets] == ["all-but"]
    again = tabulate(of, [later], [by("region")], rules=rules, earlier=first.printed)
    assert not shown(again, "s")[("combined", "all-but")]


def rare_region(answer: str) -> pl.DataFrame:
    """The few of region w all give one answer."""
    return frame().with_columns(pl.when(pl.col("region") == "w").then(pl.lit(answer)).otherwise("trust").alias("trust"))


def test_marks_and_tests_do_not_depend_on_hidden_columns() -> None:
    """Whatever the few say who are hidden: what is compared among the others stays the same."""
    found = []
    for answer in ("fully", "none"):
        made = tabulate(
            [source(rare_region(answer))],
            [trust()],
            [by("region")],
            minimum_base=FEW,
            letters="holm",
            rest=True,
            p_values=True,
        )
        hidden = set(made.frame.filter(pl.col("suppressed") != "")["domain"])
        assert "w" in hidden
        assert len(hidden) == 2
        assert not set(made.tests["domain"]) & hidden
        assert not set(made.tests["against"]) & hidden
        found.append(made)
    one, other = found
    assert one.tests.height > 0
    assert one.tests.equals(other.tests)
    marks = [made.frame.filter(pl.col("domain_variable") == "region").select("letters", "rest") for made in found]
    assert marks[0].equals(marks[1])


def test_a_grid_shows_no_more_than_its_items() -> None:
    data = sparse().with_columns(pl.col("trust").alias("again"))
    items = [trust(), replace(trust(), column="again")]
    rules = QualityRules(suppress_above_relative_error=0.3)
    plain = tabulate([source(data)], items, [by("region")], rules=rules)
    grid = tabulate(
        [source(data)], items, [by("region")], rules=rules, grids=[Grid(name="g", items=("trust", "again"))]
    )
    assert grid.frame.equals(plain.frame)
    hidden = plain.frame.filter(pl.col("suppressed") != "")
    assert hidden["estimate"].null_count() == hidden.height > 0


def test_the_note_says_what_hides_a_column_of_many() -> None:
    """One respondent without a sex hides a whole column: the note says so."""
    from shteg.survey.tables.output.layout import lay_out
    from tests.survey.tables.wave import EN, SQ

    data = frame().with_columns(pl.when(pl.int_range(pl.len()) == 3).then(None).otherwise("sex").alias("sex"))
    made = tabulate([source(data)], [trust()], [by("sex")], minimum_base=20)
    gone = made.frame.filter(pl.col("suppressed") != "")["domain"].unique().to_list()
    assert len(gone) == 1
    english, albanian = (" ".join(lay_out(made, words)[0].remarks) for words in (EN, SQ))
    assert f"sex: {gone[0]} not shown, although enough respondents answered: 1 respondent who answered" in english
    assert "1 i anketuar që u përgjigj nuk i përket asnjë kolone" in albanian


def test_changes_of_sorted_tables_are_those_of_unsorted_ones() -> None:
    sources = [source(frame(300, seed), name=f"w{seed}") for seed in (1, 2)]
    item = trust(nets=(Net(name="low", codes=TRUST[2:]),))
    plain, ordered = (
        tabulate(sources, [item], [by("sex")], changes="both", sort=sort).frame  # type: ignore[arg-type]
        for sort in ("questionnaire", "size")
    )
    keys = ["source", "row_kind", "option", "domain_variable", "domain"]
    assert ordered.sort(keys).equals(plain.sort(keys))
    assert np.isfinite(plain.filter(pl.col("source") == "w2")["previous_change"].to_numpy()).all()
