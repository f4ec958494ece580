"""The package of a Word file: parts, their types and relations, zipped to the same bytes each time."""

from __future__ import annotations

from dataclasses import dataclass, field
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from shteg.publish.word.embedded import SPACE, STORE
from shteg.publish.word.xml import DECLARATION, escape

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
WORDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_KINDS = {
    "word/document.xml": f"{WORDS}.document.main+xml",
    "word/styles.xml": f"{WORDS}.styles+xml",
    "word/numbering.xml": f"{WORDS}.numbering+xml",
    "word/settings.xml": f"{WORDS}.settings+xml",
    "word/fontTable.xml": f"{WORDS}.fontTable+xml",
    "word/header1.xml": f"{WORDS}.header+xml",
    "word/footer1.xml": f"{WORDS}.footer+xml",
    "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    "docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
    "docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    "customXml/itemProps1.xml": "application/vnd.openxmlformats-officedocument.customXmlProperties+xml",
}
_OF_DOCUMENT = {
    "styles": "styles.xml",
    "numbering": "numbering.xml",
    "settings": "settings.xml",
    "fontTable": "fontTable.xml",
    "header": "header1.xml",
    "footer": "footer1.xml",
    "customXml": "../customXml/item1.xml",
}
HEADER, FOOTER = "rId5", "rId6"
"""Relations that the last section of the document names."""
FIRST_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip file can say: no clock gets into the file."""


@dataclass(slots=True)
class Relations:
    """What the document is related to beside its own parts: pictures, and addresses outside."""

    pictures: list[bytes] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def picture(self, png: bytes) -> str:
        """Add a picture; give its id."""
        if png not in self.pictures:
            self.pictures.append(png)
        return f"rIdP{self.pictures.index(png) + 1}"

    def address(self, address: str) -> str:
        """Add an address; give its id."""
        if address not in self.addresses:
            self.addresses.append(address)
        return f"rIdA{self.addresses.index(address) + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """What a file says of itself; `made` is the day of the edition (ISO)."""

    title: str
    description: str
    authors: tuple[str, ...]
    publisher: str
    language: str
    made: str
    own: tuple[tuple[str, str], ...]


def package(parts: dict[str, str], relations: Relations, properties: Properties, embedded: str = "") -> bytes:
    """Zip a document.

    Parameters
    ----------
    parts : dict
        Text of the parts in `word/`, by name.
    relations : Relations
        Pictures and addresses that they name.
    properties : Properties
        Of the document.
    embedded : str, optional
        The part with the text itself, of a document that comes back.

    Returns
    -------
    bytes
    """
    files: dict[str, bytes] = {name: text.encode() for name, text in parts.items()}
    files["docProps/core.xml"] = _core(properties).encode()
    files["docProps/app.xml"] = _app(properties).encode()
    files["docProps/custom.xml"] = _custom(properties).encode()
    if embedded:
        files["customXml/item1.xml"] = embedded.encode()
        files["customXml/itemProps1.xml"] = _item().encode()
        inside = _relations([("rId1", "customXmlProps", "itemProps1.xml", False)])
        files["customXml/_rels/item1.xml.rels"] = inside.encode()
    for number, png in enumerate(relations.pictures, 1):
        files[f"word/media/image{number}.{kind_of(png)}"] = png
    files["word/_rels/document.xml.rels"] = _document_relations(relations, embeds=bool(embedded)).encode()
    files["_rels/.rels"] = _package_relations().encode()
    files["[Content_Types].xml"] = _types(files).encode()
    return _zip(files)


def _zip(files: dict[str, bytes]) -> bytes:
    made = BytesIO()
    first = ("[Content_Types].xml", "_rels/.rels", "word/document.xml")
    with ZipFile(made, "w") as archive:
        for name in sorted(files, key=lambda one: (first.index(one) if one in first else len(first), one)):
            info = ZipInfo(name, FIRST_TIME)
            info.compress_type = ZIP_STORED if name.endswith((".png", ".jpeg")) else ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, files[name])
    return made.getvalue()


def kind_of(picture: bytes) -> str:
    """Tell what kind of file a picture is: PNG, or else JPEG."""
    return "png" if picture.startswith(b"\x89PNG") else "jpeg"


def _types(files: dict[str, bytes]) -> str:
    defaults = {
        "jpeg": "image/jpeg",
        "png": "image/png",
        "rels": "application/vnd.openxmlformats-package.relationships+xml",
        "xml": "application/xml",
    }
    listed = [f'<Default Extension="{name}" ContentType="{kind}"/>' for name, kind in sorted(defaults.items())]
    listed += [
        f'<Override PartName="/{name}" ContentType="{_KINDS[name]}"/>' for name in sorted(files) if name in _KINDS
    ]
    return f'{DECLARATION}<Types xmlns="{PACKAGE}/content-types">{"".join(listed)}</Types>'


def _relations(rows: list[tuple[str, str, str, bool]]) -> str:
    listed = []
    for name, kind, target, outside in rows:
        mode = ' TargetMode="External"' if outside else ""
        whole = kind if "://" in kind else f"{OFFICE}/{kind}"
        listed.append(f'<Relationship Id="{name}" Type="{whole}" Target="{escape(target)}"{mode}/>')
    return f'{DECLARATION}<Relationships xmlns="{PACKAGE}/relationships">{"".join(listed)}</Relationships>'


def _document_relations(relations: Relations, *, embeds: bool) -> str:
    own = {kind: target for kind, target in _OF_DOCUMENT.items() if embeds or kind != "customXml"}
    rows = [(f"rId{at}", kind, target, False) for at, (kind, target) in enumerate(own.items(), 1)]
    rows += [
        (f"rIdP{at}", "image", f"media/image{at}.{kind_of(one)}", False) for at, one in enumerate(relations.pictures, 1)
    ]
    rows += [(f"rIdA{at}", "hyperlink", address, True) for at, address in enumerate(relations.addresses, 1)]
    return _relations(rows)


def _package_relations() -> str:
    return _relations(
        [
            ("rId1", "officeDocument", "word/document.xml", False),
            ("rId2", f"{PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml", False),
            ("rId3", "extended-properties", "docProps/app.xml", False),
            ("rId4", "custom-properties", "docProps/custom.xml", False),
        ]
    )


def _core(properties: Properties) -> str:
    moment = f"{properties.made}T00:00:00Z"
    spaces = (
        f'xmlns:cp="{PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    authors = "; ".join(properties.authors)
    return (
        f"{DECLARATION}<cp:coreProperties {spaces}><dc:title>{escape(properties.title)}</dc:title>"
        f"<dc:subject>{escape(properties.description)}</dc:subject><dc:creator>{escape(authors)}</dc:creator>"
        f"<dc:description>{escape(properties.description)}</dc:description>"
        f"<cp:lastModifiedBy>{escape(properties.publisher)}</cp:lastModifiedBy>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment}</dcterms:modified>'
        f"<dc:language>{escape(properties.language)}</dc:language></cp:coreProperties>"
    )


def _app(properties: Properties) -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
    return (
        f'{DECLARATION}<Properties xmlns="{space}"><Application>shteg</Application>'
        f"<Company>{escape(properties.publisher)}</Company></Properties>"
    )


def _custom(properties: Properties) -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006"
    rows = "".join(
        f'<property fmtid="{{D5CDD505-2E9C-101B-9397-08002B2CF9AE}}" pid="{at}" name="{escape(name)}">'
        f"<vt:lpwstr>{escape(text)}</vt:lpwstr></property>"
        for at, (name, text) in enumerate(properties.own, 2)
    )
    spaces = f'xmlns="{space}/custom-properties" xmlns:vt="{space}/docPropsVTypes"'
    return f"{DECLARATION}<Properties {spaces}>{rows}</Properties>"


def _item() -> str:
    space = "http://schemas.openxmlformats.org/officeDocument/2006/customXml"
    return (
        f'{DECLARATION}<ds:datastoreItem xmlns:ds="{space}" ds:itemID="{STORE}"><ds:schemaRefs>'
        f'<ds:schemaRef ds:uri="{SPACE}"/></ds:schemaRefs></ds:datastoreItem>'
    )
