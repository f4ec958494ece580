"""Every problem of a case with the data of its waves, and what stopped a build as a problem of a file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from shteg.edition.lexicon import build_lexicon
from shteg.errors import CaseError, Problem, ShtegError
from shteg.evidence import Inspection, Wave, read_case

_CASE_FILE = re.compile(r"[\w./-]+\.(?:toml|csv)\b")


def wave_problems(waves: Iterable[Wave], folder: Path, subgroups: frozenset[str]) -> set[Problem]:
    """Check the data of waves whose own files are valid, whatever else is wrong with the case.

    Parameters
    ----------
    waves : iterable of Wave
        Such as those of an inspection.
    folder : Path
        The case.
    subgroups : frozenset of str
        The parts of a population that labels.toml names.

    Returns
    -------
    set of Problem
    """
    found: set[Problem] = set()
    for wave in waves:
        from shteg.survey.waves.check_waves import check_wave

        found |= set(check_wave(wave, folder.resolve(), subgroups))
    return found


def evidence_problems(inspection: Inspection, folder: Path) -> set[Problem]:
    """Give what is wrong with the files of a case, with the data of its waves and, if nothing is, with its names."""
    problems = {*inspection.problems, *wave_problems(inspection.waves, folder, inspection.subgroups)}
    return problems or name_problems(folder)


def name_problems(folder: Path) -> set[Problem]:
    """Check that nothing has two names: the words of all files come together in one lexicon."""
    try:
        build_lexicon(read_case(folder))
    except ShtegError as error:
        return set(problems_of(error, folder))
    return set()


def problems_of(error: ShtegError, folder: Path) -> tuple[Problem, ...]:
    """Turn what stopped a build into problems of the files that it names, else of the case as a whole."""
    if isinstance(error, CaseError):
        return error.problems
    named = [name for name in _CASE_FILE.findall(error.where) if (folder / name).is_file()]
    where = "" if not error.where or error.where in named else f"{error.where}: "
    return (Problem(named[0] if named else "case.toml", 0, 0, f"{where}{error.problem}", error.hint),)
