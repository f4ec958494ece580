"""An edition repeats byte for byte, is a valid data package, and knows where each value comes from."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from shteg.edition import Options, build_edition, run_stages
from shteg.edition.cache import StageCache
from shteg.errors import EditionError
from shteg.evidence import Case, find_case, read_case


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(find_case("demo"))


def test_kept_results_give_the_same_bytes(edition: Path, cache: Path, case: Case, tmp_path: Path) -> None:
    again = build_edition(case, tmp_path / "edition", Options(cache=cache, threads=1))
    assert bytes_of(again) == bytes_of(edition)


def test_computing_anew_with_other_threads_gives_the_same_bytes(edition: Path, case: Case, tmp_path: Path) -> None:
    again = build_edition(case, tmp_path / "edition", Options(cache=None, threads=1))
    fresh, first = bytes_of(again), bytes_of(edition)
    assert sorted(fresh) == sorted(first)
    assert [name for name in first if fresh[name] != first[name]] == []


def test_an_earlier_day_gives_another_edition(edition: Path, cache: Path, case: Case, tmp_path: Path) -> None:
    earlier = build_edition(case, tmp_path / "edition", Options(cache=cache, as_of=date(2024, 1, 1)))
    rows = {folder: len(pl.read_parquet(folder / "tables" / "evidence.acts.parquet")) for folder in (edition, earlier)}
    assert rows[earlier] < rows[edition]
    manifest = json.loads((earlier / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["as_of"] == "2024-01-01"
    assert manifest["options"] == {"as_of": "2024-01-01", "verified_only": "false"}


def test_the_data_package_is_valid(edition: Path) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own use of old libraries is not ours to mend
        from frictionless import Package

        report = Package(str(edition / "datapackage.json")).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]


def test_csv_and_parquet_say_the_same(edition: Path) -> None:
    package = json.loads((edition / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        path = edition / resource["path"]
        parquet = pl.read_parquet(path.with_suffix(".parquet"))
        csv = pl.read_csv(path, schema=parquet.schema)
        assert csv.equals(parquet), resource["name"]
        assert [field["name"] for field in resource["schema"]["fields"]] == parquet.columns


def test_every_value_names_sources_of_the_case(edition: Path) -> None:
    sources = json.loads((edition / "sources.json").read_text(encoding="utf-8"))
    values = json.loads((edition / "values.json").read_text(encoding="utf-8"))
    assert len(values) > 50
    for value in values:
        assert value["source_ids"], value["id"]
        assert set(value["source_ids"]) <= set(sources), value["id"]


def test_the_manifest_holds_every_file_and_input(edition: Path, case: Case) -> None:
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    written = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == written - {"manifest.json"}
    assert manifest["inputs"] == dict(case.files)
    assert manifest["seed"] == case.header.seed


def test_a_source_the_case_lacks_stops_the_build(case: Case, cache: Path, tmp_path: Path) -> None:
    from dataclasses import replace

    gone = sorted(case.sources)[0]
    poor = replace(case, sources={name: source for name, source in case.sources.items() if name != gone})
    with pytest.raises(EditionError, match=r"sources\.toml"):
        build_edition(poor, tmp_path / "edition", Options(cache=cache))


def test_only_the_stages_asked_for_are_run(case: Case, cache: Path) -> None:
    results = run_stages(case, StageCache(cache), until="accession")
    assert sorted(results.by_stage) == ["accession"]
