"""A file that a command is asked to write is refused before anything is computed, not after."""

import os
from pathlib import Path

from shteg.errors import UsageError


def check_output(path: Path, option: str, *, make_folders: bool = False) -> None:
    """Refuse a file that cannot be written.

    Parameters
    ----------
    path : Path
        The file, or a folder for several.
    option : str
        The option that names it.
    make_folders : bool
        Folders that are missing will be made.

    Raises
    ------
    UsageError
        The folder is not there, is none, or cannot be written to; or the name is a link that leads nowhere.
    """
    folder = path if path.is_dir() else path.parent
    while make_folders and not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not os.path.lexists(folder):
        raise UsageError(f"there is no folder {folder}", "make it first, or name another place", option)
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name another place", option)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"nothing may be written in {folder}", "change its permissions, or name another place", option)
    if path.is_symlink() and not path.exists():
        raise UsageError(f"the link {path} leads nowhere", "name another file", option)
