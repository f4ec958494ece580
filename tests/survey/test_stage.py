"""The survey stage on the demo case, and on cases without this or that."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from shteg.errors import DesignError
from shteg.evidence.case import Case
from shteg.evidence.reading import read_case
from shteg.report.language.messages import PLACEHOLDER, catalog_files
from shteg.survey import Design, estimate_opinion, estimate_proportions
from tests.survey.factories import figure, margins, schemes

DEMO = Path(__file__).parents[2] / "cases" / "demo"


@pytest.fixture(scope="module")
def demo() -> Case:
    return read_case(DEMO)


def test_every_table_is_there_even_without_surveys(demo: Case) -> None:
    bare = replace(demo, published=(), designs=(), population=(), schemes={}, waves=())
    result = estimate_opinion(bare)
    assert result.values == ()
    assert all(table.frame.height == 0 for table in result.tables.values())
    full = estimate_opinion(demo)
    for name, table in full.tables.items():
        assert table.frame.schema == result.tables[name].frame.schema
        assert table.frame.height > 0


def test_each_figure_is_a_value_as_printed(demo: Case) -> None:
    values = {value.id: value for value in estimate_opinion(demo).values}
    for one in demo.published:
        value = values[f"survey.{one.id}"]
        assert one.percent is not None
        assert value.number == one.percent / 100
        assert value.label == "observed"
        assert value.source_ids == (one.source,)
        assert (value.low is None) == (one.n is None and "design_effect" not in value.details)


def test_values_have_sources_and_their_messages_their_arguments(demo: Case) -> None:
    english = catalog_files("en")["survey"]
    for value in estimate_opinion(demo).values:
        assert set(value.source_ids) <= set(demo.sources)
        assert set(PLACEHOLDER.findall(english[value.label_key])) <= set(value.label_args), value.id


def test_messages_are_the_same_in_both_languages() -> None:
    english, albanian = catalog_files("en")["survey"], catalog_files("sq")["survey"]
    assert english.keys() == albanian.keys()
    for key, text in english.items():
        assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(albanian[key])), key


def test_every_column_and_every_table_has_a_name(demo: Case) -> None:
    english = catalog_files("en")["survey"]
    for name, table in estimate_opinion(demo).tables.items():
        assert f"table.survey.{name}.title" in english
        for column in table.columns:
            assert f"column.{column.name}" in english


def test_a_repeated_run_gives_the_same_bytes(demo: Case) -> None:
    one, two = estimate_opinion(demo), estimate_opinion(demo)
    assert one.values == two.values
    for name, table in one.tables.items():
        assert table.frame.equals(two.tables[name].frame)


def test_the_wave_equals_the_plain_estimates(demo: Case) -> None:
    result = estimate_opinion(demo)
    (wave,) = demo.waves
    data = pl.read_csv(wave.data_path, infer_schema=False)
    plan = wave.design
    design = Design.from_frame(data, stratum=plan.stratum, psu=plan.psu, weight=plan.weight)
    by = list(plan.domains)
    for item, asked in wave.questionnaire.items.items():
        options = [option for option in asked.options if option not in asked.missing]
        direct = estimate_proportions(design, item, by=by, options={item: options}, missing={item: asked.missing})
        shown = result.tables["wave_estimates"].frame.filter(
            pl.col("wave_item") == item, pl.col("option").is_in(options), pl.col("suppressed") == ""
        )
        joined = shown.join(direct.to_frame(), on=["domain_variable", "domain", "option"], suffix="_direct")
        assert joined.height == shown.height > 0
        for column in ("estimate", "std_error", "ci_low", "n", "deff"):
            assert joined[column].to_list() == joined[f"{column}_direct"].to_list()


def test_small_cells_are_hidden_and_not_quoted(demo: Case) -> None:
    header = demo.header.model_copy(update={"minimum_base": 150})
    result = estimate_opinion(replace(demo, header=header))
    cells = result.tables["wave_estimates"].frame
    communities = cells.filter(pl.col("domain_variable") == "community")
    assert set(communities["suppressed"]) == {"primary", "complementary"}
    hidden = cells.filter(pl.col("suppressed") != "")
    numbers = ["estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff"]
    assert hidden.select(numbers).null_count().row(0) == (hidden.height,) * len(numbers)
    quoted = [value.id for value in result.values if value.id.startswith("survey.wave.")]
    assert quoted
    assert not any("community" in one for one in quoted)


def test_the_pair_and_its_schemes_are_quotable(demo: Case) -> None:
    """92 and 99.5 per cent: at most about 1 % for all others under one census, about 18 % under another."""
    case = replace(
        demo,
        published=(figure(92, id="join.alpha.2022.all"), figure(99.5, "hill", id="join.alpha.2022.hill")),
        population=(*margins("old", hill=92.93, rest=7.07), *margins("new", hill=90.80, rest=9.20)),
        schemes=schemes("old", "new"),
        waves=(),
    )
    values = {value.id: value for value in estimate_opinion(case).values}
    old, new = (values[f"coherence.membership.alpha.2022.{name}.rest"] for name in ("old", "new"))
    assert old.low == 0
    assert old.high == pytest.approx(0.011, abs=0.001)
    assert new.number == pytest.approx(0.18, abs=0.005)
    assert values["coherence.findings"].number == 1
    assert old.details["outcome"] == "only_by_rounding"
    assert new.label_args["scheme"] == "scheme:new"
    assert old.source_ids == ("alpha-2022", "census-2011")


def test_no_share_that_fits_is_said_in_words(demo: Case) -> None:
    case = replace(
        demo,
        published=(figure(50, id="a.b"), figure(80, "hill", id="a.c")),
        population=tuple(margins("old", hill=90, rest=10)),
        schemes=schemes("old"),
        waves=(),
    )
    (value,) = [one for one in estimate_opinion(case).values if one.id.endswith(".rest")]
    assert (value.number, value.unit, value.low) == ("no-share-fits", "text", None)
    assert f"text.{value.number}" in catalog_files("sq")["survey"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", r"respondents.csv: the file is empty"),
        (b"stratum,psu,psu,weight\na,1,1,1\n", r"respondents.csv, header: the column 'psu' occurs twice"),
        ("stratum,psu\nç,1\n".encode("cp1252"), r"respondents.csv, line 2: the file is not UTF-8"),
        (b"stratum,psu,wait\na,1,1\n", r"respondents.csv, column 'weight'"),
        (b"stratum,psu,weight\na,1,-1\n", r"respondents.csv, column 'weight', row 1: the weight '-1' is negative"),
    ],
)
def test_bad_data_files(demo: Case, tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "respondents.csv"
    path.write_bytes(content)
    case = replace(demo, waves=(replace(demo.waves[0], data_path=path),))
    with pytest.raises(DesignError, match=problem):
        estimate_opinion(case)


def test_parquet_and_csv_give_the_same(demo: Case, tmp_path: Path) -> None:
    wave = demo.waves[0]
    frame = pl.read_csv(wave.data_path)
    frame.write_parquet(tmp_path / "respondents.parquet")
    case = replace(demo, waves=(replace(wave, data_path=tmp_path / "respondents.parquet"),))
    one, two = estimate_opinion(demo), estimate_opinion(case)
    assert one.tables["wave_estimates"].frame.equals(two.tables["wave_estimates"].frame)


def test_a_missing_file_and_another_kind_of_file(demo: Case, tmp_path: Path) -> None:
    wave = demo.waves[0]
    with pytest.raises(DesignError, match="there is no such file"):
        estimate_opinion(replace(demo, waves=(replace(wave, data_path=tmp_path / "no.csv"),)))
    other = tmp_path / "wave.docx"
    other.write_bytes(b"PK")
    with pytest.raises(DesignError, match=r"\.docx is not a kind of data file"):
        estimate_opinion(replace(demo, waves=(replace(wave, data_path=other),)))
    broken = tmp_path / "wave.parquet"
    broken.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(DesignError, match="the file is damaged or cut off"):
        estimate_opinion(replace(demo, waves=(replace(wave, data_path=broken),)))
