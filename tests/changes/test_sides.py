"""What may stand on either side: an edition in a folder, a site, a zip; a case; a day. Nothing else."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from shteg.changes.sides import open_side, same_code
from shteg.edition import Options
from shteg.edition.inputs import INPUTS, READS, pack_inputs, unpack_inputs
from shteg.edition.stages import stage_keys
from shteg.errors import EditionError, UsageError
from shteg.evidence import Case

NOTHING_KEPT = Options()


@pytest.fixture
def copy(demo_edition: Path, tmp_path: Path) -> Path:
    """A copy of the edition, in the place where a site has it."""
    return Path(shutil.copytree(demo_edition, tmp_path / "site" / "edition"))


def pack(folder: Path, file: Path) -> Path:
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder.parent).as_posix())
    return file


def test_a_folder_a_site_and_a_zip_of_it_are_the_same_side(copy: Path, tmp_path: Path) -> None:
    sides = [
        open_side(str(place), NOTHING_KEPT) for place in (copy, copy.parent, pack(copy.parent, tmp_path / "a.zip"))
    ]
    for one in sides:
        assert one.values == sides[0].values
        assert one.inputs == sides[0].inputs
        assert {name: frame.height for name, frame in one.tables.items()} == {
            name: frame.height for name, frame in sides[0].tables.items()
        }
        assert same_code(one, "pool")
        assert [str(language) for language in one.languages] == ["en", "sq", "sr"]
        assert one.languages[2].known  # the messages of the case came with it
        assert "forecast.association.2036" in one.quoted


def test_frozen_inputs_give_the_keys_of_the_stages_and_hold_no_data_of_a_wave(demo: Case, demo_edition: Path) -> None:
    seen = Options().filter(demo)
    raw = (demo_edition / INPUTS).read_bytes()
    assert raw == pack_inputs(seen)
    keys = stage_keys(unpack_inputs(raw, INPUTS))
    made = json.loads((demo_edition / "manifest.json").read_text(encoding="utf-8"))["stages"]
    for stage in ("stance", "accession", "consent", "pathways", "recommendations", "evaluation", "pool"):
        assert keys[stage] == made[stage], stage
    assert not {"waves", "published", "questions", "labels"} & set(READS)


def test_what_is_changed_after_it_was_frozen_is_refused(copy: Path) -> None:
    (copy / "values.json").write_text("[]\n", encoding="utf-8")
    with pytest.raises(EditionError, match=r"values.json is not what the edition froze\nHint: take an unchanged copy"):
        open_side(str(copy), NOTHING_KEPT)


def test_inputs_of_another_version_are_refused() -> None:
    with pytest.raises(EditionError, match=r"cannot be read .*\nHint: they were written by another version"):
        unpack_inputs(b"not gzip", "here")


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ("demo@2026-13-01", r"2026-13-01 is no day\nHint: write it as"),
        ("demo@2030-01-01", r"lies after .*\nHint: give a day up to"),
        ("no-such-case", "no-such-case"),
    ],
)
def test_what_is_no_side_is_refused_with_a_hint(given: str, match: str) -> None:
    with pytest.raises((UsageError, Exception), match=match):
        open_side(given, NOTHING_KEPT)


def test_a_file_that_is_no_edition_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("nothing", encoding="utf-8")
    with pytest.raises(UsageError, match=r"neither an edition nor a case\nHint: give a folder"):
        open_side(str(file), NOTHING_KEPT)
