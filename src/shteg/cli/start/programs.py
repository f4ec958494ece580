"""The programs beside Python that `shteg doctor` looks for, and the fonts of the PDFs; a build needs the fonts."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from shteg.cli.start.verdict import BROKEN, MISSING, OK, Verdict

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
OFFICES = ("soffice", "libreoffice")
_PLACES = {
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    ),
    "win32": (
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r"C:\Program Files\LibreOffice\program\soffice.exe",
    ),
}
"""Where these systems put programs that are on no path."""
_SPARK_JAVA = 17
_PATIENCE = 20


def check_programs() -> Iterator[Verdict]:
    """Look at the fonts, a browser, Java and LibreOffice."""
    yield _fonts()
    browser = _find(BROWSERS)
    if browser:
        yield Verdict("browser", OK, browser)
    else:
        hint = "no Chromium or Chrome was found: a build works without, the tests of the pages are left out"
        yield Verdict("browser", MISSING, "not found", hint)
    yield _java()
    office = _find(OFFICES)
    if office:
        yield Verdict("LibreOffice", OK, office)
    else:
        hint = "a build writes Word files without it; only the tests that open them are left out"
        yield Verdict("LibreOffice", MISSING, "not found", hint)


def _fonts() -> Verdict:
    """Ask typst for a page in the fonts that come with it: the machine's own are never used."""
    from shteg.report.text.paper_signs import PAPER_FONT, unprintable

    try:
        missing = unprintable(["Shqipëria, Çekia, Đorđe, Ελλάδα, Україна, 1–2 × ½"])
    except Exception as error:  # noqa: BLE001 - a library in another language
        return Verdict("fonts of the PDF", BROKEN, str(error).splitlines()[0], "install typst anew with pip")
    if missing:
        hint = "the fonts come with typst: install it anew with pip"
        return Verdict("fonts of the PDF", BROKEN, f"no letter {' '.join(sorted(missing))}", hint)
    return Verdict("fonts of the PDF", OK, f"{PAPER_FONT}, and others that come with typst")


def _find(names: Sequence[str]) -> str:
    for name in names:
        if found := shutil.which(name):
            return found
    places = _PLACES.get(sys.platform, ())
    return next((place for place in places if Path(place).name.split(".")[0].lower() in _lowered(names, place)), "")


def _lowered(names: Sequence[str], place: str) -> set[str]:
    known = {*names, "google chrome"} if "chrome" in names else set(names)
    return known if Path(place).is_file() else set()


def _java() -> Verdict:
    home = os.environ.get("JAVA_HOME")
    there = Path(home, "bin", "java.exe" if sys.platform == "win32" else "java") if home else None
    java = str(there) if there and there.is_file() else shutil.which("java")
    use = f"only shteg[spark] needs Java {_SPARK_JAVA} or newer; everything else works without"
    if not java:
        return Verdict("Java", MISSING, "not found", use)
    try:
        done = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Verdict("Java", MISSING, f"{java} does not start ({error})", use)
    found = re.search(r'version "(?:1\.)?(\d+)', done.stderr + done.stdout)
    if found is None or int(found[1]) < _SPARK_JAVA:
        return Verdict("Java", MISSING, f"{java}, version {found[1] if found else 'unknown'}", use)
    return Verdict("Java", OK, f"version {found[1]} ({java})")
