"""An edition repeats byte for byte, is a valid data package, and knows where each value comes from."""

import ast
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from shteg.changes.since import comparing, day_compared
from shteg.edition import STAGES, Options, build_edition, run_stages
from shteg.edition.build import Compare
from shteg.edition.cache import StageCache
from shteg.edition.evidence_tables import evidence_result
from shteg.edition.freeze import freeze_edition
from shteg.edition.stages import _files_of, code_of, package_hash
from shteg.errors import EditionError
from shteg.evidence import Case
from shteg.report import EditionView
from shteg.source_files import HOUSE
from shteg.spreadsheets import inert_frame


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def small(case: Case) -> Case:
    """The case with few draws, for what is computed anew."""
    return replace(case, pathways=case.pathways.model_copy(update={"draws": 20, "worlds_per_draw": 5}))


def kept_comparison(case: Case, cache: Path) -> Compare:
    """Compare as the shared edition did; what was found then is kept."""
    day = day_compared(case, Options())
    assert day is not None
    return comparing(case, day, Options(cache=cache))


def test_kept_results_give_the_same_bytes(edition: Path, cache: Path, case: Case, tmp_path: Path) -> None:
    again = build_edition(
        case, tmp_path / "edition", Options(cache=cache, threads=1), compare=kept_comparison(case, cache)
    )
    assert bytes_of(again) == bytes_of(edition)


ASKED_LESS = ("tables/evaluation.", "tables/pool.")


def test_computing_anew_with_other_threads_gives_the_same_bytes(
    edition: Path, case: Case, cache: Path, few_origins: None, tmp_path: Path
) -> None:
    again = build_edition(
        case, tmp_path / "edition", Options(cache=None, threads=1), compare=kept_comparison(case, cache)
    )
    fresh, first = bytes_of(again), bytes_of(edition)
    assert sorted(fresh) == sorted(first)
    moved = [name for name in first if fresh[name] != first[name] and not name.startswith(ASKED_LESS)]
    assert moved == ["manifest.json", "values.json"]  # of the evaluation too, which was asked less, and of its weights
    values = [json.loads((one / "values.json").read_text(encoding="utf-8")) for one in (again, edition)]
    others = [[one for one in found if not one["method"].startswith(("evaluation#", "pool#"))] for found in values]
    assert others[0] == others[1]
    assert len(others[0]) > 600


def test_an_earlier_day_gives_another_edition(edition: Path, case: Case, few_origins: None, tmp_path: Path) -> None:
    options = Options(cache=None, threads=1, as_of=date(2024, 1, 1))
    earlier = build_edition(small(case), tmp_path / "edition", options)
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

        package = Package(str(edition / "datapackage.json"))
        report = package.validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])[:5]


def test_the_data_package_keeps_the_rules_of_version_2(edition: Path) -> None:
    package = json.loads((edition / "datapackage.json").read_text(encoding="utf-8"))
    profiles = "https://datapackage.org/profiles/2.0"
    assert package["$schema"] == f"{profiles}/datapackage.json"
    assert "apostrophe" in package["description"]
    assert '"profile"' not in json.dumps(package)  # removed in version 2
    assert all(one["roles"] == ["author"] and one["title"] and "role" not in one for one in package["contributors"])
    assert all(one["name"] for one in package["licenses"])
    assert all(re.match("https?://", one.get("path", "https://")) for one in package["sources"])
    names = [one["name"] for one in package["resources"]]
    assert len(set(names)) == len(names)
    for one in package["resources"]:
        assert (one["$schema"], one["type"]) == (f"{profiles}/dataresource.json", "table")
        assert (one["schema"]["$schema"], one["schema"]["fieldsMatch"]) == (f"{profiles}/tableschema.json", "exact")
        assert (edition / one["path"]).is_file()
        assert set(one["schema"]["primaryKey"]) <= {field["name"] for field in one["schema"]["fields"]}


def test_csv_and_parquet_say_the_same(edition: Path) -> None:
    package = json.loads((edition / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        path = edition / resource["path"]
        parquet = pl.read_parquet(path.with_suffix(".parquet"))
        csv = pl.read_csv(path, schema=parquet.schema)
        assert csv.equals(inert_frame(parquet)), resource["name"]
        assert [field["name"] for field in resource["schema"]["fields"]] == parquet.columns


def test_every_value_names_sources_of_the_case(edition: Path) -> None:
    sources = json.loads((edition / "sources.json").read_text(encoding="utf-8"))
    values = json.loads((edition / "values.json").read_text(encoding="utf-8"))
    assert len(values) > 50
    for value in values:
        assert value["source_ids"], value["id"]
        assert set(value["source_ids"]) <= set(sources), value["id"]


def test_every_name_in_a_value_or_a_table_is_in_the_lexicon(demo_view: EditionView) -> None:
    named = {part for one in demo_view.values.values() for part in (*one.label_args.values(), str(one.number))}
    for table in demo_view.table_names:
        frame = demo_view.table(table)
        for column in {"title_id", "step", "measure", "member", "country", "item", "question"} & set(frame.columns):
            kind = "" if column == "title_id" else f"{column}:"
            named |= {f"{kind}{cell}" for cell in frame[column].drop_nulls()}
    named = {one for one in named if re.match("[a-z-]+:", one)} - {"measure:all"}
    assert len(named) > 50
    for language in demo_view.languages:
        assert [one for one in sorted(named) if not demo_view.lexicon.get(one, {}).get(language)] == []


def test_the_manifest_holds_every_file_and_input(edition: Path, case: Case) -> None:
    manifest = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))
    written = {path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file()}
    assert set(manifest["files"]) == written - {"manifest.json"}
    assert manifest["inputs"] == dict(case.files)
    assert manifest["seed"] == case.header.seed


def test_a_source_the_case_lacks_stops_the_build(case: Case, cache: Path, tmp_path: Path) -> None:
    gone = sorted(case.sources)[0]
    poor = replace(case, sources={name: source for name, source in case.sources.items() if name != gone})
    with pytest.raises(EditionError, match=r"sources\.toml"):
        build_edition(poor, tmp_path / "edition", Options(cache=cache))


def test_only_the_stages_asked_for_are_run(case: Case, cache: Path) -> None:
    results = run_stages(case, StageCache(cache), until="accession")
    assert sorted(results.by_stage) == ["accession"]


def test_an_edition_is_named_by_what_it_is_made_of(
    edition: Path, cache: Path, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = json.loads((edition / "manifest.json").read_text(encoding="utf-8"))["edition"]
    results = run_stages(case, StageCache(cache))
    stance = results["stance"]
    nudged = replace(
        stance,
        values=tuple(
            one if isinstance(one.number, str) else replace(one, number=one.number * (1 + 2**-50))
            for one in stance.values
        ),
    )
    other = replace(results, by_stage={**results.by_stage, "stance": nudged})

    def named(case: Case, options: dict[str, str], place: str) -> str:
        folder = freeze_edition(case, evidence_result(case), other, tmp_path / place, options)
        assert (folder / "values.json").read_bytes() != (edition / "values.json").read_bytes()
        return str(json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["edition"])

    options = Options().named(case)
    assert named(case, options, "same") == name  # only last digits differ
    assert named(replace(case, files={**case.files, "acts.csv": "0" * 64}), options, "input") != name
    assert named(case, {**options, "verified_only": "true"}, "option") != name
    monkeypatch.setattr("shteg.edition.freeze.package_hash", lambda: "0" * 64)
    assert named(case, options, "code") != name


@pytest.mark.parametrize("stage", [one.name for one in STAGES])
def test_the_key_of_a_stage_holds_all_code_it_imports(stage: str) -> None:
    files = {path.relative_to(HOUSE).as_posix() for path in code_of(stage)}
    rooms = {name.split("/")[0] for name in files}
    for name in files:
        if not name.endswith(".py") or name == "__init__.py":  # the front of the house loads no room
            continue
        for node in ast.walk(ast.parse((HOUSE / name).read_text(encoding="utf-8"))):
            modules = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
            modules += [one.name for one in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                parts = module.split(".")
                if parts[0] == "shteg" and len(parts) > 1:
                    assert {parts[1], f"{parts[1]}.py"} & rooms, f"{stage}: {name} imports {module}"
    for room in rooms - {name for name in rooms if name.endswith(".py")}:
        here = {path.relative_to(HOUSE).as_posix() for path in (HOUSE / room).rglob("*") if path.suffix == ".py"}
        assert here <= files


def test_the_code_of_an_edition_holds_the_words_it_prints() -> None:
    before = package_hash()
    assert before == package_hash.__wrapped__()
    words = [path for path in _files_of(HOUSE) if path.suffix in (".toml", ".j2", ".css")]
    assert len(words) > 10
    assert not [path for path in _files_of(HOUSE) if path.suffix in (".pyc", ".kept", ".nbi", ".nbc")]
