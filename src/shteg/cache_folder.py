"""Where this system wants programs to keep what they can make anew."""

from collections.abc import Mapping
from pathlib import Path


def user_cache(platform: str, environment: Mapping[str, str]) -> Path:
    """Give the user's cache folder for shteg.

    Parameters
    ----------
    platform : str
        As in `sys.platform`.
    environment : mapping
        XDG_CACHE_HOME goes before the habit of the system; LOCALAPPDATA is asked on Windows.
    """
    chosen = environment.get("XDG_CACHE_HOME", "")
    if Path(chosen).is_absolute():  # the standard takes no other
        return Path(chosen) / "shteg"
    if platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "shteg" / "Cache"
    home = Path("~").expanduser()
    return home / "Library" / "Caches" / "shteg" if platform == "darwin" else home / ".cache" / "shteg"
