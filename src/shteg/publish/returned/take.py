"""Take a Word file back: everything that was changed in it, judged, and the file of the text as it would read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shteg.publish.returned.apply import against_today, applied
from shteg.publish.returned.compare import Comparison, compare, judge_blocks
from shteg.publish.returned.docx import Returned, open_returned
from shteg.publish.returned.new_blocks import judge_moved, judge_new
from shteg.publish.returned.result import Comment, Result
from shteg.publish.returned.source import read_source
from shteg.publish.word.embedded import Embedded
from shteg.publish.word.reading import takes_all


def take_back(
    content: bytes,
    name: str,
    *,
    today: Callable[[Embedded], tuple[str, Sequence[str]]],
    takes: Callable[[str], bool] = takes_all,
    removing: bool = False,
    new_ids: Sequence[str] = (),
) -> Result:
    """Judge what was changed in a Word file.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        How errors call it.
    today : callable
        For what the file carries: the Markdown of its text in the case, and the languages of the case; it may refuse.
    takes : callable
        Whether the changes that an author tracked are taken.
    removing : bool
        Numbers may go with the words around them.
    new_ids : sequence of str
        Ids for new blocks, in their order.

    Returns
    -------
    Result

    Raises
    ------
    UsageError
        It is no Word file of shteg, or one that cannot be read.
    """
    returned = open_returned(content, name, takes)
    markdown, languages = today(returned.embedded)
    made = compare(returned, removing=removing, languages=languages)
    source = read_source(markdown)
    current = [block.id for block in source.blocks]
    changes = [*judge_blocks(made), *judge_moved(made), *judge_new(made, new_ids, current)]
    changes = against_today(changes, made.source, source)
    embedded = returned.embedded
    return Result(
        case=embedded.case,
        language=embedded.language,
        text=embedded.text,
        edition=embedded.edition,
        changes=tuple(changes),
        comments=_comments(made, returned),
        notes=_notes(returned),
        markdown=applied(markdown, changes),
    )


def _comments(made: Comparison, returned: Returned) -> tuple[Comment, ...]:
    found = []
    for note in returned.notes:
        places = [at for at, part in enumerate(returned.parts) if note.id in part.comments]
        mate = next((made.mates[at] for at in places if made.mates[at] is not None), None)
        found.append(
            Comment(
                author=note.author,
                day=note.day,
                text=note.text,
                block="" if mate is None else made.block_of(mate),
                quoted=note.quoted,
                resolved=note.resolved,
            )
        )
    return tuple(found)


def _notes(returned: Returned) -> tuple[str, ...]:
    if not returned.authors:
        return ()
    return (f"tracked changes by {', '.join(returned.authors)}",)
