"""An editor's hand: a Word file opened, changed as Word and LibreOffice change it, and saved again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
XML = "http://www.w3.org/XML/1998/namespace"
DOCUMENT = "word/document.xml"
Edit = Callable[["Paper"], None]


def w(name: str) -> str:
    return f"{{{W}}}{name}"


def element(name: str, *children: Any, text: str = "", **attributes: str) -> Any:
    made = etree.Element(w(name), {w(key): value for key, value in attributes.items()})
    made.extend(children)
    if text:
        made.text = text
        made.set(f"{{{XML}}}space", "preserve")
    return made


def run(text: str, *looks: str, deleted: bool = False) -> Any:
    made = element("r", *([element("rPr", *(element(one) for one in looks))] if looks else []))
    made.append(element("delText" if deleted else "t", text=text))
    return made


class Paper:
    """A Word file in the hands of an editor."""

    def __init__(self, content: bytes) -> None:
        with ZipFile(BytesIO(content)) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}
        self.root = etree.fromstring(self.files[DOCUMENT])
        self.body = self.root[0]

    def save(self) -> bytes:
        self.files[DOCUMENT] = etree.tostring(self.root, xml_declaration=True, encoding="UTF-8", standalone=True)
        made = BytesIO()
        with ZipFile(made, "w", ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(name, content)
        return made.getvalue()

    # --- finding ------------------------------------------------------------------------------------------------------

    def paragraphs(self) -> Iterator[Any]:
        yield from self.body.iter(w("p"))

    def paragraph(self, words: str) -> Any:
        """The paragraph of the text in which these words stand (not in the contents, nor in a table)."""
        found = [one for one in self.body.iterchildren(w("p")) if words in text_of(one)]
        assert found, f"{words!r} stands nowhere"
        return found[-1]

    def texts(self, words: str) -> Any:
        """The element of text in which these words stand."""
        found = [one for one in self.paragraph(words).iter(w("t")) if words in (one.text or "")]
        assert found, f"{words!r} stands in no single run"
        return found[0]

    def control(self, shown: str, place: int = 0) -> Any:
        """A content control that shows these characters."""
        found = [
            one
            for one in self.body.iter(w("sdt"))
            if text_of(one) == shown and one.find(f"{w('sdtPr')}/{w('tag')}") is not None
        ]
        assert len(found) > place, f"no control shows {shown!r}"
        return found[place]

    def control_of(self, value_id: str) -> Any:
        """The first content control that holds a value."""
        named = (one for one in self.body.iter(w("sdt")) if one.find(f"{w('sdtPr')}/{w('alias')}") is not None)
        return next(one for one in named if one.find(f"{w('sdtPr')}/{w('alias')}").get(w("val")) == value_id)

    # --- changing -----------------------------------------------------------------------------------------------------

    def replace(self, words: str, others: str) -> None:
        self.texts(words).text = self.texts(words).text.replace(words, others, 1)

    def split(self, words: str) -> tuple[Any, Any]:
        """Divide a run so that these words stand in a run of their own; give the paragraph and the run."""
        text = self.texts(words)
        old = text.getparent()
        before, _, after = text.text.partition(words)
        made = []
        for part in (before, words, after):
            copy = deepcopy(old)
            for one in list(copy.iter(w("t"))):
                one.text = part
                one.set(f"{{{XML}}}space", "preserve")
            made.append(copy)
        parent = old.getparent()
        at = parent.index(old)
        parent[at : at + 1] = [made[0], made[1], made[2]]
        for one, part in ((made[0], before), (made[2], after)):
            if not part:
                parent.remove(one)
        return parent, made[1]

    def look(self, words: str, *looks: str) -> None:
        _, found = self.split(words)
        properties = found.find(w("rPr"))
        if properties is None:
            properties = element("rPr")
            found.insert(0, properties)
        for one in looks:
            properties.append(element(one))

    def delete_tracked(self, words: str, author: str = "Besa") -> None:
        parent, found = self.split(words)
        at = parent.index(found)
        gone = element("del", run(words, deleted=True), id="900", author=author, date="2026-11-30T10:00:00Z")
        parent[at] = gone

    def insert_tracked(self, after: str, words: str, author: str = "Besa") -> None:
        parent, found = self.split(after)
        added = element("ins", run(words), id="901", author=author, date="2026-11-30T10:00:00Z")
        parent.insert(parent.index(found) + 1, added)

    def add_paragraph(self, after: str, *runs: Any, like: str = "") -> Any:
        made = element("p")
        if like:
            properties = self.paragraph(like).find(w("pPr"))
            if properties is not None:
                made.append(deepcopy(properties))
        made.extend(runs)
        self.paragraph(after).addnext(made)
        return made

    def remove(self, words: str) -> None:
        found = self.paragraph(words)
        found.getparent().remove(found)

    def comment(self, words: str, said: str, author: str = "Besa") -> None:
        parent, found = self.split(words)
        at = parent.index(found)
        parent.insert(at, element("commentRangeStart", id="0"))
        parent.insert(at + 2, element("commentRangeEnd", id="0"))
        parent.insert(at + 3, element("r", element("commentReference", id="0")))
        note = element("comment", element("p", run(said)), id="0", author=author, date="2026-11-30T10:00:00Z")
        self.files["word/comments.xml"] = etree.tostring(element("comments", note))

    # --- what programs do ---------------------------------------------------------------------------------------------

    def lose_controls(self) -> None:
        """As a program saves that knows no content controls."""
        for control in list(self.body.iter(w("sdt"))):
            if control.find(f"{w('sdtPr')}/{w('tag')}") is not None:
                parent = control.getparent()
                at = parent.index(control)
                parent[at : at + 1] = list(control.find(w("sdtContent")))

    def lose_bookmarks(self) -> None:
        for mark in [*self.body.iter(w("bookmarkStart")), *self.body.iter(w("bookmarkEnd"))]:
            mark.getparent().remove(mark)

    def scatter(self) -> None:
        """As Word saves: runs divided anywhere, marks of the spelling check and of the session between them."""
        for found in list(self.body.iter(w("r"))):
            texts = found.findall(w("t"))
            if len(texts) != 1 or len(found) > 2 or len(texts[0].text or "") < 6:
                continue
            words = texts[0].text
            other = deepcopy(found)
            texts[0].text, other.find(w("t")).text = words[:3], words[3:]
            texts[0].set(f"{{{XML}}}space", "preserve")
            found.set(w("rsidR"), "00AB12CD")
            found.addnext(other)
            found.addnext(element("proofErr", type="spellStart"))


def text_of(found: Any) -> str:
    parts = []
    for one in found.iter(w("t"), w("noBreakHyphen"), w("br")):
        parts.append({"noBreakHyphen": "\u2011", "br": "\n"}.get(etree.QName(one).localname, one.text or ""))
    return "".join(parts)
