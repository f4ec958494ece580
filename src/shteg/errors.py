"""Errors that say what is wrong, where, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass

A_FAULT = "this is a fault of shteg, not of your files: please report it, with the command and what it printed"
"""The hint where nothing that a user wrote can be the cause."""


class ShtegError(Exception):
    """Base of all errors that shteg raises on purpose.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence.
    hint : str
        How to mend it.
    where : str, optional
        File and line, table and row, or the name of the quantity.
    """

    def __init__(self, problem: str, hint: str, where: str = "") -> None:
        super().__init__(problem, hint, where)  # positional: stays picklable for worker processes
        self.problem, self.hint, self.where = problem, hint, where

    def __str__(self) -> str:
        return f"{f'{self.where}: ' if self.where else ''}{self.problem}\nHint: {self.hint}"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file that a person edits; line and column count from 1, 0 means the whole file."""

    file: str
    line: int
    column: int
    problem: str
    hint: str

    def __str__(self) -> str:
        place = self.file + (f":{self.line}" if self.line else "") + (f":{self.column}" if self.column else "")
        return f"{place}: {self.problem}\n  Hint: {self.hint}"


class CaseError(ShtegError, ValueError):
    """The case folder has problems; `problems` lists every one of them, in file and line order."""

    def __init__(
        self, problems: Sequence[Problem], hint: str = "mend the lines above and run `shteg check` again"
    ) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in the case\n" + "\n".join(map(str, self.problems)), hint
        )

    def __reduce__(self) -> tuple[type["CaseError"], tuple[tuple[Problem, ...], str]]:
        return type(self), (self.problems, self.hint)


class ParityError(CaseError):
    """The language editions disagree, or a text holds something that is bound to no value."""


class DesignError(ShtegError, ValueError):
    """The sampling design does not allow the estimate asked for."""


class DataError(DesignError):
    """A data file has several defects; `problems` lists them in file and line order, as many as are worth reading.

    Parameters
    ----------
    problems : sequence of Problem
        At least one; line and column count from 1, 0 where the whole file or row is meant.
    more : int
        Further defects that were found and are not listed.
    """

    def __init__(self, problems: Sequence[Problem], more: int = 0) -> None:
        self.problems, self.more = tuple(sorted(problems)), more
        first, count = self.problems[0], len(self.problems) + more
        place = f"{first.file}, line {first.line}" if first.line else first.file
        if count == 1:
            super().__init__(first.problem, first.hint, place)
            return
        listed = "\n".join(map(str, self.problems)) + (f"\n… and {more} more" if more else "")
        super().__init__(
            f"{count} problems\n{listed}", "mend the lines above in the file, or export it again", first.file
        )

    def __reduce__(self) -> tuple[type["DataError"], tuple[tuple[Problem, ...], int]]:
        return type(self), (self.problems, self.more)


class ModelError(ShtegError, ValueError):
    """The data or the parameters do not allow the model asked for."""


class EditionError(ShtegError, ValueError):
    """An edition is incomplete, damaged, or does not hold what is asked of it."""


class PublishError(ShtegError, RuntimeError):
    """A page, a chart or a document could not be made from the edition."""


class UsageError(ShtegError, ValueError):
    """A command or a function was called with an option that does not exist."""
