"""`shteg import-text`: sentences that were changed in a Word file, back to their blocks."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from shteg.cli.app import EXIT_FINDING
from shteg.cli.options import check_output, json_option
from shteg.errors import UsageError
from shteg.evidence import find_case, inspect_case
from shteg.hints import counted
from shteg.keeping import write_whole
from shteg.publish.returned.result import Change, Comment, Result
from shteg.publish.returned.take import take_back
from shteg.publish.word.embedded import Embedded
from shteg.publish.word.reading import takes_all

_SIGNS = {"changed": "~", "added": "+", "removed": "-", "moved": ">", "elsewhere": "!"}


@click.command("import-text")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--case", "case", help="Folder or name of the case; by default the shipped case that the file names.")
@click.option("--write", is_flag=True, help="Write the changes that are taken; without it they are only shown.")
@click.option("--only-author", "only", multiple=True, help="Take tracked changes of this author only; may be repeated.")
@click.option("--new-id", "new_ids", multiple=True, help="Id of a new block, in their order; may be repeated.")
@click.option(
    "--allow-removed-values", "removing", is_flag=True, help="Numbers and citations may go with the words around them."
)
@click.option("--comments", type=click.Path(path_type=Path), help="Write the comments as Markdown into this file.")
@json_option
def command(
    file: Path,
    case: str | None,
    write: bool,
    only: tuple[str, ...],
    new_ids: tuple[str, ...],
    removing: bool,
    comments: Path | None,
    as_json: bool,
) -> int:
    """Return the sentences that were changed in FILE, a Word file of a publication, to the texts of its case.

    Numbers stay bound: a changed, added or moved number is refused with the reason. Exit code 1 if anything is refused.
    """
    if comments is not None:
        check_output(comments, "--comments")
    places: list[Path] = []
    result = take_back(
        _read(file),
        file.name,
        today=lambda embedded: _today(embedded, case, places),
        takes=only.__contains__ if only else takes_all,
        removing=removing,
        new_ids=new_ids,
    )
    path = places[0]
    taken = [one for one in result.changes if one.taken]
    if write and taken:
        write_whole(path, result.markdown.encode("utf-8"))
    if comments is not None:
        write_whole(comments, _comments_file(result).encode("utf-8"))
    if as_json:
        click.echo(json.dumps(_as_json(result, path, wrote=write and bool(taken)), ensure_ascii=False, indent=1))
    else:
        for line in _lines(result, path, write=write):
            click.echo(line)
    return EXIT_FINDING if result.refused else 0


def _read(file: Path) -> bytes:
    if not file.exists():
        raise UsageError(f"there is no file {file}", "name the Word file that came back", "FILE")
    return file.read_bytes()


def _today(embedded: Embedded, case: str | None, places: list[Path]) -> tuple[str, Sequence[str]]:
    """Find the text in the case: its Markdown today, and the languages of the case.

    Raises
    ------
    UsageError
        The file is of another case, or the case lacks this text.
    """
    folder = find_case(case or embedded.case, to_write=True)
    own = _case_id(folder)
    if own != embedded.case:
        hint = f"name its folder: --case FOLDER-OF-{embedded.case}"
        raise UsageError(f"the file is of the case {embedded.case!r}, not of {own!r}", hint, str(folder))
    inspection = inspect_case(folder)
    found = inspection.texts.get(embedded.language, {}).get(embedded.text)
    if found is None:
        raise UsageError(f"the case has no {embedded.where}", "name the folder of the case it was made from", "--case")
    path = folder / embedded.where
    places.append(path)
    return path.read_bytes().decode("utf-8"), inspection.languages


def _case_id(folder: Path) -> str:
    try:
        return str(tomllib.loads((folder / "case.toml").read_text(encoding="utf-8")).get("id"))
    except (OSError, ValueError) as error:
        raise UsageError(f"case.toml cannot be read: {error}", "run `shteg check` on the case", str(folder)) from error


# --- what is printed --------------------------------------------------------------------------------------------------


def _lines(result: Result, path: Path, *, write: bool) -> Iterator[str]:
    yield f"{path}: text {result.text!r} in language {result.language}, printed by edition {result.edition}"
    yield from result.notes
    for one in result.changes:
        yield from _change_lines(one)
    for comment in result.comments:
        yield from _comment_lines(comment)
    taken, refused = sum(one.taken for one in result.changes), len(result.refused)
    if not result.changes:
        yield "Nothing was changed"
        return
    done = "written" if write else "to be taken (--write writes them)"
    yield f"{counted(taken, 'change')} {done}, {refused} refused"
    if taken and write:
        yield f"Next: shteg check {path.parents[2]}"


def _change_lines(one: Change) -> Iterator[str]:
    by = f" by {', '.join(one.authors)}" if one.authors else ""
    verdict = "taken" if one.taken else "REFUSED"
    yield f"{_SIGNS[one.kind]} {{#{one.block}}} {one.kind}{by}: {verdict}"
    for reason in one.reasons:
        yield f"    because {reason}"
    for note in one.notes:
        yield f"    note: {note}"
    if one.old:
        yield f"    was: {_short(one.old)}"
    if one.new:
        yield f"    now: {_short(one.new)}"


def _short(text: str) -> str:
    return " / ".join(line for line in text.splitlines() if line.strip())


def _comment_lines(one: Comment) -> Iterator[str]:
    place = f"{{#{one.block}}}" if one.block else "beside the text"
    done = ", resolved" if one.resolved else ""
    yield f"? {place} comment by {one.author or 'somebody'}{f' on {one.day}' if one.day else ''}{done}: {one.text}"
    if one.quoted:
        yield f"    on: {one.quoted}"


def _comments_file(result: Result) -> str:
    lines = [f"# Comments on {result.text} ({result.language}), edition {result.edition}", ""]
    for one in result.comments:
        done = ", resolved" if one.resolved else ""
        lines += [f"## {one.block or 'beside the text'}", "", f"**{one.author}** {one.day}{done}", ""]
        lines += [f"> {one.quoted}", ""] if one.quoted else []
        lines += [one.text, ""]
    return "\n".join(lines)


def _as_json(result: Result, path: Path, *, wrote: bool) -> dict[str, object]:
    changes = [{key: thing for key, thing in asdict(one).items() if key != "lines"} for one in result.changes]
    verdicts = ["taken" if one.taken else "refused" for one in result.changes]
    rows = [{"verdict": verdict} | row for verdict, row in zip(verdicts, changes, strict=True)]
    head = {"case": result.case, "language": result.language, "text": result.text, "edition": result.edition}
    rest = {"comments": [asdict(one) for one in result.comments], "notes": list(result.notes)}
    return head | {"file": str(path), "written": wrote, "changes": rows} | rest
