"""What the command line keeps between runs: where, and that nothing damaged is believed."""

import random
from pathlib import Path

import pytest

from shteg.cache_folder import user_cache
from shteg.cli.backtest import FolderKeeper
from tests.told import told

PLAIN = {"origin": 2005, "share": 0.1 + 0.2}


def test_each_system_has_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ana")
    home = Path("~").expanduser()
    assert user_cache("linux", {}) == home / ".cache" / "shteg"
    assert user_cache("linux", {"XDG_CACHE_HOME": "/kept"}) == Path("/kept/shteg")
    assert user_cache("linux", {"XDG_CACHE_HOME": "kept"}) == home / ".cache" / "shteg"
    assert user_cache("darwin", {}) == home / "Library" / "Caches" / "shteg"
    assert user_cache("win32", {"LOCALAPPDATA": "/users/ana/local"}) == Path("/users/ana/local/shteg/Cache")


def test_an_origin_comes_back_as_it_was(tmp_path: Path) -> None:
    keeper = FolderKeeper(tmp_path / "kept")
    assert keeper.load(2005) is None
    keeper.store(2005, PLAIN)
    assert keeper.load(2005) == PLAIN


def test_a_damaged_origin_is_made_anew(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    keeper = FolderKeeper(tmp_path)
    for seed in range(30):
        keeper.store(2005, PLAIN)
        (path,) = tmp_path.iterdir()
        raw = bytearray(path.read_bytes())
        raw[random.Random(seed).randrange(len(raw))] ^= 1
        path.write_bytes(raw)
        with told(caplog, "made anew"):
            assert keeper.load(2005) is None


def test_an_origin_that_cannot_be_kept_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("mine")
    keeper = FolderKeeper(tmp_path / "file" / "kept")
    with told(caplog, "nothing is kept here"):
        keeper.store(2005, PLAIN)
    assert keeper.load(2005) is None
