"""A language that the package does not know, given by a case: built, checked and published from end to end."""

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from shteg.edition import Options, build_edition
from shteg.edition.folders.lock import locked
from shteg.evidence import read_case
from shteg.publish.language import Place, write_language
from shteg.publish.printed import Voice
from shteg.report import EditionView, check_texts, open_edition
from shteg.report.language.locale import plural
from shteg.report.language.values import format_value
from shteg.report.language.words import Words
from tests.languages.conftest import CODE, MARK


@pytest.fixture
def edition(translated: Path, kept: Path, tmp_path: Path) -> EditionView:
    """The edition of the case in that language; the case is gone: publishing reads the edition and nothing else."""
    case = read_case(translated)
    with locked(kept / "demo.lock"):
        folder = build_edition(case, tmp_path / "edition", Options(cache=kept))
    shutil.rmtree(translated)
    return open_edition(folder)


def test_a_language_of_a_case_is_published(edition: EditionView, kept: Path, tmp_path: Path) -> None:
    assert check_texts(edition) == ()
    written = write_language(
        edition, CODE, Place(out=tmp_path, edition_path="../edition", cache=kept / "drawings"), lambda: None
    )
    assert {path.parent.name for path in written} == {CODE}
    pages = {path.stem: path.read_text(encoding="utf-8") for path in written if path.suffix == ".html"}
    for slug in ("index", "report"):
        (said,) = re.findall(r'<p class="warning">(.*?)</p>', pages[slug], re.DOTALL)
        assert said.startswith(f"{MARK}This text is not yet in")
        assert re.findall(r'href="\.\./(\w+)/(\w+)\.html"', said) == [("en", slug), ("sq", slug)]
    assert f"{MARK}Members" in pages["members"]
    assert f"{MARK}Accession plan" in pages["path"]
    assert "2026-06-30" in pages["index"], "dates as the language writes them"


def test_its_numbers_are_counted_and_spelled_in_its_way(edition: EditionView) -> None:
    voice = Voice(edition, CODE)
    assert sorted(("Aldora", "Galdia", "Hestland"), key=voice.sort_key) == ["Hestland", "Galdia", "Aldora"]
    members = edition.value("case.members")
    assert format_value(members, voice.language, style="words") == "aštuoni"
    assert [plural(Decimal(number), voice.language) for number in ("1", "2", "1.5", "10", "21")] == [
        "one", "few", "many", "other", "one"
    ]  # fmt: skip
    assert voice.text("unit.years.many", number="1,5") == f"{MARK}1,5 years"
    assert voice.column("evidence.chronicle", f"title_{CODE}").startswith(f"{MARK}{MARK}Title (")


def test_two_editions_with_another_language_of_one_code_do_not_mix(edition: EditionView, tmp_path: Path) -> None:
    shutil.copytree(edition.folder, tmp_path / "other")
    path = tmp_path / "other" / "messages" / f"{CODE}.json"
    messages = json.loads(path.read_text(encoding="utf-8"))
    messages["label.observed"] = "kitaip"
    messages["language"]["numbers"]["units"][8] = "kitas"
    path.write_text(json.dumps(messages), encoding="utf-8")
    views = (edition, open_edition(tmp_path / "other"), edition)
    assert [Words(view, CODE).label("observed") for view in views] == [f"{MARK}observed", "kitaip", f"{MARK}observed"]
    spelled = [format_value(view.value("case.members"), Words(view, CODE).language, style="words") for view in views]
    assert spelled == ["aštuoni", "kitas", "aštuoni"]


def test_an_edition_that_lacks_messages_is_not_published(edition: EditionView) -> None:
    path = edition.folder / "messages" / f"{CODE}.json"
    messages = json.loads(path.read_text(encoding="utf-8"))
    del messages["label.observed"], messages["unit.days.few"]
    path.write_text(json.dumps(messages), encoding="utf-8")
    (found,) = check_texts(open_edition(edition.folder))
    assert "2 messages are missing in language `lt`: " in found.problem
    assert "unit.days.few" in found.problem
    path.unlink()
    (found,) = check_texts(open_edition(edition.folder))
    assert found.problem == "pages cannot be printed in `lt`: there is no message in it"
