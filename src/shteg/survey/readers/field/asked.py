"""A question as the form of a field tool has it: where it stands, what it is called, in every language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shteg.evidence.records.surveys import Questionnaire

Words = Mapping[str, str]
"""Language → text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, closed or open.

    Parameters
    ----------
    name : str
        Its column in a plain export.
    titles : mapping
        Its label by language, as a heading with labels writes it.
    short : mapping
        A shorter one, if it has two.
    names : tuple of str
        Other names that a tool gives its column, such as `Q1[SQ001]`.
    groups : tuple of (str, mapping)
        The groups around it, from the outermost: name, and label by language.
    options : mapping
        Code → language → label; empty of an open question.
    multiple : bool
        Several answers are possible.
    boxes : mapping
        Code → other names of the column that says whether it was chosen.
    written : tuple of str
        Options whose column holds what the respondent wrote; whoever wrote has chosen it.
    repeated : bool
        Asked in a repeat: its answers stand in a table of their own.
    """

    name: str
    titles: Words
    short: Words = field(default_factory=dict)
    names: tuple[str, ...] = ()
    groups: tuple[tuple[str, Words], ...] = ()
    options: Mapping[str, Words] = field(default_factory=dict)
    multiple: bool = False
    boxes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    written: tuple[str, ...] = ()
    repeated: bool = False


def asked_of(form: Questionnaire) -> tuple[Asked, ...]:
    """Give the questions of a form; a `questionnaire.toml` has closed questions only, and knows no groups.

    Parameters
    ----------
    form : Questionnaire

    Returns
    -------
    tuple of Asked
    """
    told: tuple[Asked, ...] = getattr(form, "asked", ())
    known = {one.name for one in told}
    return (
        *told,
        *(
            Asked(
                name=name,
                titles=item.wording.root,
                short=item.title.root,
                options={code: label.root for code, label in item.options.items()},
                multiple=item.multiple,
            )
            for name, item in form.items.items()
            if name not in known
        ),
    )
