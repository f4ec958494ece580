"""PDF documents with Typst: PDF/UA-1, the same bytes each time, every figure read again, kept by their contents."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, NamedTuple

from shteg.errors import A_FAULT, PublishError
from shteg.keeping import keep, recall, version_of
from shteg.publish.html.figures import Figures
from shteg.publish.html.naming import DOCUMENTS, document_name
from shteg.publish.html.reread import require_none
from shteg.publish.paper.document import LONG, REPORT_SIZE, typst_source
from shteg.publish.paper.figured import figure_problems
from shteg.publish.printed import Voice
from shteg.report import Document
from shteg.report.text.paper_signs import paper_fonts
from shteg.report.text.tree import Lead

SHORT_SIZES = (10.0, 9.5, 9.0)
"""Sizes of the text of a short document, in points, of which it takes one."""
STANDARD: Literal["ua-1"] = "ua-1"


class Made(NamedTuple):
    """A finished document: its bytes, how many pages it has, and what it tells of the figures that it prints."""

    raw: bytes
    pages: int
    figures: list[dict[str, Any]]


def write_documents(voice: Voice, texts: Mapping[str, Document], figures: Figures, folder: Path) -> list[Path]:
    """Write the PDFs of one language and compare their figures with the edition.

    Parameters
    ----------
    voice : Voice
        The language.
    texts : mapping
        Resolved texts by name; those that have no PDF are left out.
    figures : Figures
        Their charts.
    folder : Path
        Where the files go.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    PublishError
        Typst refuses the document, or a figure in it differs from the edition's.
    """
    leads = texts["announcement"].leads if "announcement" in texts else ()
    written = []
    for name in DOCUMENTS:
        if name in texts:
            path = folder / document_name(voice.edition, name, voice.language)
            made = make_document(voice, texts[name], leads, figures, path.name)
            require_none(figure_problems(made.figures, voice, path.name))
            path.write_bytes(made.raw)
            written.append(path)
    return written


def make_document(voice: Voice, document: Document, leads: Sequence[Lead], figures: Figures, name: str) -> Made:
    """Make a document; a short one in the size at which it has the fewest pages.

    Parameters
    ----------
    voice : Voice
        The language.
    document : Document
        A resolved text.
    leads : sequence of Lead
        The figures that the announcement leads with.
    figures : Figures
        Its charts, and where documents are kept.
    name : str
        The file, for errors.

    Returns
    -------
    Made

    Raises
    ------
    PublishError
        Typst refuses the document.
    """
    if document.name == LONG:
        return compile_pdf(typst_source(voice, document, figures, REPORT_SIZE, leads), voice, name, figures.cache)
    sources = (typst_source(voice, document, figures, size, leads) for size in SHORT_SIZES)
    tried = [compile_pdf(source, voice, name, figures.cache) for source in sources]
    return min(tried, key=lambda made: made.pages)  # the first, and so the largest, of those with as few pages


def compile_pdf(source: str, voice: Voice, name: str, cache: Path | None) -> Made:
    """Compile a document; one that was made before of the same source, pictures and program is taken as it is.

    Parameters
    ----------
    source : str
        Typst markup.
    voice : Voice
        Whose pictures and day it has.
    name : str
        The file, for errors.
    cache : Path or None
        Folder of documents made before.

    Returns
    -------
    Made

    Raises
    ------
    PublishError
        Typst refuses it.
    """
    images = voice.edition.folder / "images"
    pictures = sorted(images.iterdir()) if voice.edition.images else []
    timestamp = _timestamp(voice)
    parts = [version_of("typst"), STANDARD, str(timestamp), source]
    parts += [f"{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}" for path in pictures]
    kept = None
    if cache is not None:
        kept = cache / f"{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}.document"
        if (found := recall(kept)) is not None:
            told, _, raw = found.partition(b"\n")
            known = json.loads(told)
            return Made(raw, known["pages"], known["figures"])
    made = _compile(source, timestamp, images if pictures else None, name)
    if kept is not None:
        told = json.dumps({"pages": made.pages, "figures": made.figures}).encode()
        keep(kept, told + b"\n" + made.raw)
    return made


def _compile(source: str, timestamp: int, images: Path | None, name: str) -> Made:
    import typst

    with TemporaryDirectory(prefix="shteg-") as work:
        file = Path(work) / "document.typ"
        file.write_bytes(source.encode("utf-8"))
        if images is not None:
            shutil.copytree(images, Path(work) / "images")
        compiler = typst.Compiler(file, font_paths=paper_fonts())
        try:
            raw = compiler.compile(format="pdf", pdf_standards=[STANDARD], timestamp=timestamp)
            # of the pages just made: they are not laid out again
            found, pages = (_plain(compiler.query(label, field="value")) for label in ("<printed>", "<pages>"))
        except typst.TypstError as error:
            raise PublishError(
                f"the document {name} cannot be made: {error.message}",
                "; ".join(error.hints) or A_FAULT,
                name,
            ) from error
    if not isinstance(raw, bytes):
        raise PublishError(f"the document {name} is empty", A_FAULT, name)
    return Made(raw, int(pages[0]), found)


def _plain(found: Any) -> list[Any]:
    return list(json.loads(found) if isinstance(found, str) else found)


def _timestamp(voice: Voice) -> int:
    day = datetime.fromisoformat(voice.edition.case.as_of).replace(tzinfo=UTC)
    return int(day.timestamp())
