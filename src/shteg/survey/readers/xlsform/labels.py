"""Labels of questions and choices in every language of a form, and what stands for those that are missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shteg.errors import DesignError
from shteg.survey.readers.xlsform.sheets import ASK_FOR_LANGUAGE, Languages, Sheet, name_languages, shorten_codes

_REFERENCE = re.compile(r"\$\{[^}]+\}")


@dataclass(slots=True)
class Labels:
    """Gives the labels of a row by language.

    `languages` are all of the form; where `wanted` is given, only it must be complete, else every one. `incomplete`
    holds the first place where each of the others lacks a label. A row without any label is called by its name.
    """

    languages: tuple[str, ...]
    wanted: str | None
    columns: Mapping[str, Mapping[str, str]]
    notes: list[str]
    incomplete: dict[str, str] = field(default_factory=dict)
    nameless: dict[str, list[str]] = field(default_factory=dict)

    def of(self, sheet: Sheet, row: int, cells: Mapping[str, str], name: str) -> dict[str, str]:
        """Give the labels of a row.

        Parameters
        ----------
        sheet : Sheet
            Where the row stands.
        row : int
            Its number, for errors.
        cells : mapping of column to str
            Its cells.
        name : str
            Stands for a label where the form has none.

        Returns
        -------
        dict
            Language → label.

        Raises
        ------
        DesignError
            A language that must be complete has no label where another has one.
        """
        columns = self.columns[sheet.where]
        found = {code: cells[column] for code, column in columns.items() if cells.get(column)}
        if not found:
            names = self.nameless.setdefault(sheet.where, [])
            names += [name] if name not in names else []
            return dict.fromkeys(self.languages, name)
        for code in self.languages:
            if code not in found:
                place = f"{sheet.where}, row {row}"
                if self.wanted in (None, code):
                    hint = f"fill in the column {columns.get(code, f'label::… ({code})')!r}, or {ASK_FOR_LANGUAGE}"
                    raise DesignError(f"there is no label in language {code!r}", hint, place)
                self.incomplete.setdefault(code, place)
        return found

    def complete(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Keep the languages in which nothing is missing anywhere."""
        return {code: texts[code] for code in self.languages if code not in self.incomplete}

    def remarks(self) -> list[str]:
        """Tell which languages are left out, and where a name stands for a label."""
        told = list(self.notes)
        for code, place in self.incomplete.items():
            told.append(f"{place}: there is no label in language {code!r}, which is left out")
        for where, names in self.nameless.items():
            listed = ", ".join(names[:10]) + (" …" if len(names) > 10 else "")
            told.append(f"{where}: names stand for labels that are missing: {listed}")
        return told


def read_labels(sheets: Sequence[Sheet], default: str | None, wanted: str | None) -> Labels:
    """Find the languages of the sheets that are used.

    Parameters
    ----------
    sheets : sequence of Sheet
        Those that hold labels.
    default : str, optional
        Language of the column `label`, as the form's settings say.
    wanted : str, optional
        Language asked for.

    Returns
    -------
    Labels

    Raises
    ------
    DesignError
        The language of a column cannot be told, there is no label in the language that is wanted, or none at all.
    """
    named = shorten_codes({sheet.where: name_languages(sheet, default, wanted) for sheet in sheets})
    languages = tuple(dict.fromkeys(code for one in named.values() for code in one.columns))
    if not languages and not wanted:
        hint = f"add `label::English (en)`, or {ASK_FOR_LANGUAGE}: names then stand for the labels"
        raise DesignError("there is no column of labels", hint, f"{sheets[0].where}, header")
    if wanted and languages and wanted not in languages:
        near = [code for code in languages if code == wanted.partition("-")[0]]
        if not near:
            listed = ", ".join(languages)
            raise DesignError(f"the form has no labels in language {wanted!r}", f"it has {listed}", sheets[0].where)
        wanted = near[0]
    notes = [note for one in named.values() for note in one.notes]
    columns = {where: one.columns for where, one in named.items()}
    return Labels(languages=languages or (wanted or "",), wanted=wanted, columns=columns, notes=notes)


def with_references(texts: Mapping[str, str]) -> bool:
    """Tell whether a label shows an answer of the respondent: `${name}`."""
    return any(_REFERENCE.search(text) for text in texts.values())


__all__ = ["Labels", "Languages", "read_labels", "with_references"]
