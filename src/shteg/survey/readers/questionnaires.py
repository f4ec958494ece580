"""Which reader reads which questionnaire, told by the name of the file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pydantic import ValidationError

from shteg.errors import DesignError
from shteg.evidence.records.surveys import Questionnaire
from shteg.survey.readers.limesurvey.questionnaire import read_limesurvey
from shteg.survey.readers.xlsform.form import SUFFIXES, read_xlsform

OTHER_FORMS = (".xls", ".ods", ".csv", ".md")
"""Files in which forms are kept too, and which are not read."""

STRUCTURES = (".lss", ".txt")
"""Files in which LimeSurvey keeps the structure of a survey."""


def read_questionnaire(path: Path | str, *, language: str | None = None) -> Questionnaire:
    """Read a questionnaire outside a case; inside one, `shteg.evidence.read_case` reads it and lists every problem.

    Parameters
    ----------
    path : Path or str
        A `questionnaire.toml` (docs/case-format.md), an XLSForm (.xlsx) or the structure of a LimeSurvey survey (.lss,
        tab-separated .txt); the last two come with `notes`.
    language : str, optional
        Of an XLSForm, the language of which every label is needed; see `read_xlsform`. Of a LimeSurvey survey, the only
        one to read.

    Returns
    -------
    Questionnaire

    Raises
    ------
    DesignError
        The file is not there, is of another kind, or a key is missing or unknown.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind in SUFFIXES:
        return read_xlsform(path, language=language)
    if kind in STRUCTURES:
        return read_limesurvey(path, language=language)
    if kind != ".toml":
        hint = "give questionnaire.toml, a structure of LimeSurvey (.lss, .txt), or an XLSForm"
        hint += f" saved as .xlsx (not {kind})" if kind in OTHER_FORMS else " (.xlsx)"
        raise DesignError("this is not a kind of questionnaire", hint, path.name)
    try:
        return Questionnaire.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
    except OSError as error:
        raise DesignError("the file cannot be read", "check the name", path.name) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignError(f"the file is not TOML: {error}", "mend it there", path.name) from error
    except ValidationError as errors:
        first = errors.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        hint = "docs/case-format.md explains every key"
        raise DesignError(
            f"{first['msg'].lower()} ({errors.error_count()} in all)", hint, f"{path.name}, {place}"
        ) from None
