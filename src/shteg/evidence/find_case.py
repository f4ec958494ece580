"""Finding cases by name or path, and making a new one from the shipped example."""

import re
import shutil
from importlib.resources import files
from pathlib import Path

from shteg.errors import UsageError
from shteg.evidence.book.living import is_book, unpacked
from shteg.evidence.files.case_languages import FOLDERS as LANGUAGE_FOLDERS
from shteg.evidence.records.base import is_file_name, is_id
from shteg.evidence.records.files import LEDGER
from shteg.hints import nearest
from shteg.keeping import work_folder
from shteg.languages import package_languages

EXAMPLE = "demo"
"""The shipped case from which new cases are made."""
_MARK = """\
# EDIT ME: this file comes from a made-up example. Replace what it says by your own facts,
# then run `shteg check`. docs/case-format.md explains every key.
"""
_NOTES = """\
# {name}: a case to start from

Everything in this folder is made up: the countries, the organisation, the surveys and the sources. It builds as it is,
so that you can see what each file does. Replace one file after the other, and run `shteg check` after each.

1. `case.toml` says who wants to join what. Change the title, the countries, the authors and the day.
2. `sources.toml` lists your documents; every row of every table names one of them, with a grade.
3. The tables (`members.csv`, `acts.csv`, `ladder.csv` …) hold the facts. Delete what you have no facts for.
4. `pathways.toml` and `recommendations.toml` hold the assumptions and the measures, each with its range.
5. `text/` holds the prose in each language; numbers stand in it as `{{{{ value.… }}}}`.

Delete this file when the case is yours.
"""


def default_case() -> str:
    """Give the name of the shipped case that is built when none is named (the file `DEFAULT` beside the cases)."""
    for folder in _case_folders():
        if (folder / "DEFAULT").is_file():
            return (folder / "DEFAULT").read_text(encoding="utf-8").strip()
    raise UsageError("no case is shipped with this installation", "name a case folder")


def _case_folders() -> tuple[Path, Path]:
    package = Path(str(files("shteg")))
    return package / "cases", package.parent.parent / "cases"


def shipped_file(name: str) -> Path | None:
    """Give a file that lies beside the shipped cases, or None where the installation has none of this name."""
    return next((folder / name for folder in _case_folders() if (folder / name).is_file()), None)


def shipped_cases() -> dict[str, Path]:
    """Give the cases that come with shteg, by name."""
    found: dict[str, Path] = {}
    for folder in _case_folders():
        if folder.is_dir():
            for case in sorted(folder.iterdir()):
                if (case / "case.toml").is_file():
                    found.setdefault(case.name, case)
    return dict(sorted(found.items()))


def find_case(name_or_path: str | Path, *, to_write: bool = False) -> Path:
    """Find a case folder: a path that exists, or else the name of a shipped case.

    A case may also live as a workbook of `shteg case to-xlsx`: then its files are kept in the cache of the user.

    Parameters
    ----------
    name_or_path : str or Path
        A folder, a workbook (.xlsx), or the name of a shipped case.
    to_write : bool
        Whether its files are to be changed, which a workbook does not allow.

    Returns
    -------
    Path

    Raises
    ------
    UsageError
        There is neither such a folder nor such a shipped case; or it is a workbook that cannot be read, or written.
    """
    path = Path(name_or_path)
    if is_book(path) and not path.is_dir():
        if to_write:
            raise UsageError(
                "the case lives as a workbook, and this command writes into its files",
                f"make a folder of it first: shteg case from-xlsx {path} FOLDER --write",
                path.name,
            )
        return unpacked(path)
    if path.is_dir():
        return path
    shipped = shipped_cases()
    name = str(name_or_path)
    if name in shipped:
        return shipped[name]
    near = nearest(name, shipped)
    hint = f"did you mean `{near}`? " if near else ""
    listed = ", ".join(shipped) or "none"
    raise UsageError(f"there is no case `{name}`", f"{hint}give a folder, or the name of a shipped case: {listed}")


def new_case(name: str, folder: Path) -> Path:
    """Make `folder`, a small valid case with the id `name` to start from, in the languages of the program.

    What editions of the example said is left out.

    It is written beside its place and renamed at the end, so that an interruption leaves nothing half made.

    Raises
    ------
    UsageError
        The name is not an id, or the folder exists already.
    """
    require_free(name, folder)
    example = find_case(shipped_cases().get(EXAMPLE, Path(EXAMPLE)))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with work_folder(folder) as work:
        draft = work / name
        left_out = shutil.ignore_patterns(*LEDGER, *LANGUAGE_FOLDERS)
        shutil.copytree(example, draft, copy_function=shutil.copyfile, ignore=left_out)
        _keep_languages(draft)
        _mark(draft, name)
        draft.rename(folder)
    return folder


def require_free(name: str, folder: Path) -> None:
    """Refuse a name that cannot be the id of a case, and a folder that exists.

    Raises
    ------
    UsageError
        One of the two.
    """
    if not is_id(name):
        raise UsageError(f"`{name}` cannot be the name of a case", "use letters, digits, '-', '_' and '.'")
    if not is_file_name(name):
        raise UsageError(
            f"`{name}` cannot be the name of a case", "choose another: Windows keeps this one for a device"
        )
    if folder.exists():
        raise UsageError(f"{folder} exists already", "choose another name: nothing is overwritten")


def _keep_languages(case: Path) -> None:
    """Keep the languages of the program alone: another one needs its messages, which the example shows how to give."""
    for folder in (case / "text").iterdir():
        if folder.name not in package_languages():
            shutil.rmtree(folder)
    header = case / "case.toml"
    spoken = ", ".join(f'"{language}"' for language in package_languages())
    text = re.sub(r"^languages = \[.*\]$", f"languages = [{spoken}]", header.read_text(encoding="utf-8"), flags=re.M)
    header.write_text(text, encoding="utf-8")


def _mark(case: Path, name: str) -> None:
    for file in sorted(case.rglob("*.toml")):
        text = file.read_text(encoding="utf-8")
        if file.name == "case.toml":
            text = text.replace(f'id = "{EXAMPLE}"', f'id = "{name}"', 1)
        file.write_text(_MARK + text, encoding="utf-8", newline="\n")
    (case / "NOTES.md").write_text(_NOTES.format(name=name), encoding="utf-8", newline="\n")
