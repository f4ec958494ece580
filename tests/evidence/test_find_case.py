"""Cases are found by path or by name, and new ones are made from the shipped example."""

from pathlib import Path

import pytest

from shteg.errors import UsageError
from shteg.evidence import check_case, find_case, new_case, read_case, shipped_cases
from tests.evidence.demo_copy import DEMO


def test_a_path_that_exists_is_the_case(tmp_path: Path) -> None:
    assert find_case(tmp_path) == tmp_path
    assert find_case(str(tmp_path)) == tmp_path


def test_a_name_is_a_shipped_case() -> None:
    assert find_case("demo").resolve() == DEMO
    assert "demo" in shipped_cases()


def test_an_unknown_name_lists_the_shipped_cases() -> None:
    with pytest.raises(UsageError, match=r"did you mean `demo`\? .*shipped case: .*demo"):
        find_case("demmo")


@pytest.mark.parametrize("name", ["../demo", "/nowhere", "", "a/b"])
def test_what_is_no_case_is_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if not name:
        assert find_case(name) == Path()
        return
    with pytest.raises(UsageError, match="shipped case"):
        find_case(name)


def test_a_new_case_is_valid_and_says_that_it_is_to_be_edited(tmp_path: Path) -> None:
    folder = new_case("my-case", tmp_path / "deep" / "my-case")
    assert check_case(folder) == ()
    case = read_case(folder)
    assert case.header.id == "my-case"
    assert [one.member for one in case.members] == [one.member for one in read_case(DEMO).members]
    assert "made up" in (folder / "NOTES.md").read_text(encoding="utf-8")
    assert all("EDIT ME" in path.read_text(encoding="utf-8") for path in folder.rglob("*.toml"))
    assert [path.name for path in folder.parent.iterdir()] == ["my-case"]


def test_a_new_case_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(UsageError, match="nothing is overwritten"):
        new_case("mine", tmp_path / "mine")


@pytest.mark.parametrize("name", ["", "../x", "a b", "-x", "x\n"])
def test_a_name_must_be_an_id(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="letters, digits"):
        new_case(name, tmp_path / "case")


def test_the_wave_of_the_demo_case_is_what_the_generator_gives() -> None:
    from tests.golden.make_demo_wave import COLUMNS, TARGET, make_wave

    lines = [",".join(row[name] for name in COLUMNS) for row in make_wave()]
    assert TARGET.read_text(encoding="utf-8").splitlines() == [",".join(COLUMNS), *lines]
