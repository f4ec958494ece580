"""A page made on demand is the page of the whole publication, byte for byte."""

from pathlib import Path

import pytest

from shteg.publish.on_demand import LiveSite
from shteg.report import EditionView


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def live(edition: EditionView, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> LiveSite:
    return LiveSite(edition, tmp_path_factory.mktemp("live"), kept / "drawings")


def test_every_file_is_that_of_the_whole_publication(site: Path, live: LiveSite) -> None:
    names = sorted(name for name in files_of(site) if not name.startswith("edition/"))
    assert len(names) > 100
    assert {Path(name).suffix for name in names} >= {".html", ".js", ".pdf", ".docx", ".png", ".xml", ".svg"}
    unlike = []
    for name in names:
        path = live.file(name)
        assert path is not None, name
        if path.read_bytes() != (site / name).read_bytes():
            unlike.append(name)
    assert unlike == []


def test_files_of_the_edition_come_from_the_edition(live: LiveSite) -> None:
    path = live.file("edition/manifest.json")
    assert path is not None
    assert path.is_relative_to(live.edition.folder)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "/etc/passwd",
            "../secret",
            "en/../../secret",
            "en/nothing.html",
            "en/values/nothing.js",
            "xx/index.html",
        ),
        *(
            "edition/../secret",
            "edition/nothing.json",
            "assets/nothing.css",
            "en\\index.html",
            "en/a\0.html",
            "en/x.pdf",
        ),
    ],
)
def test_there_is_nothing_else(live: LiveSite, name: str) -> None:
    live.out.with_name("secret").write_text("outside")
    assert live.file(name) is None


def test_only_what_is_asked_for_is_made(edition: EditionView, kept: Path, tmp_path: Path) -> None:
    live = LiveSite(edition, tmp_path / "site", kept / "drawings")
    assert live.file("en/members.html") is not None
    made = {name for name in files_of(live.out) if not name.startswith("assets/")}
    assert made == {"en/members.html", "en/values/members.js", "en/share/members.png"} | {
        name for name in made if name.startswith("en/charts/")
    }
