"""Files kept for later runs: folders are removed whole, and nothing that a link leads to."""

from pathlib import Path

import pytest

from shteg.keeping import MANY, remove


@pytest.mark.parametrize("count", [3, 2 * MANY])
def test_a_folder_goes_and_what_its_links_lead_to_stays(count: int, tmp_path: Path) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "folder"
    kept.mkdir()
    (kept / "file").touch()
    for number in range(count):
        (folder / str(number % 7)).mkdir(parents=True, exist_ok=True)
        (folder / str(number % 7) / f"{number}.html").touch()
    (folder / "link").symlink_to(kept)
    (folder / "0" / "link").symlink_to(kept / "file")
    remove(folder)
    assert not folder.exists()
    assert (kept / "file").is_file()
    remove(folder)  # nothing there: nothing to do
