"""The look of the Word documents: styles that word processors know by name, fonts that they have, lists, settings."""

from __future__ import annotations

from shteg.publish.word.xml import escape, root

BODY_FONT, HEAD_FONT = "Times New Roman", "Arial"
"""On every machine with Word; LibreOffice has letters of the same widths for both."""
ACCENT, SOFT, RULE = "00566B", "4D565E", "C6CCD1"
TABLE_STYLE = "ShtegTable"
DEEPEST_LIST = 9


def _style(
    kind: str,
    style_id: str,
    name: str,
    *,
    based: str = "",
    following: str = "",
    p: str = "",
    r: str = "",
    more: str = "",
) -> str:
    default = ' w:default="1"' if style_id in ("Normal", "DefaultParagraphFont", "TableNormal") else ""
    own = ' w:customStyle="1"' if style_id.startswith("Shteg") else ""
    inside = f'<w:name w:val="{name}"/>'
    inside += f'<w:basedOn w:val="{based}"/>' if based else ""
    inside += f'<w:next w:val="{following}"/>' if following else ""
    inside += '<w:uiPriority w:val="1"/><w:qFormat/>' if kind == "paragraph" and not own else ""
    inside += f"<w:pPr>{p}</w:pPr>" if p else ""
    inside += f"<w:rPr>{r}</w:rPr>" if r else ""
    return f'<w:style w:type="{kind}"{default}{own} w:styleId="{style_id}">{inside}{more}</w:style>'


def _fonts(font: str) -> str:
    return f'<w:rFonts w:ascii="{font}" w:hAnsi="{font}" w:eastAsia="{font}" w:cs="{font}"/>'


def _size(half_points: int) -> str:
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def _space(before: int, after: int, line: int = 276) -> str:
    return f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'


def _colour(colour: str) -> str:
    return f'<w:color w:val="{colour}"/>'


def _heading(level: int, size: int, before: int) -> str:
    p = f'<w:keepNext/><w:keepLines/>{_space(before, 120, 252)}<w:outlineLvl w:val="{level - 1}"/>'
    r = f"{_fonts(HEAD_FONT)}<w:b/><w:bCs/>{_colour(ACCENT if level == 1 else '15191D')}{_size(size)}"
    return _style("paragraph", f"Heading{level}", f"heading {level}", based="Normal", following="Normal", p=p, r=r)


def _named(style_id: str, name: str, p: str, r: str = "", following: str = "") -> str:
    return _style("paragraph", style_id, name, based="Normal", following=following, p=p, r=r)


def _paragraph_styles() -> str:
    head = _fonts(HEAD_FONT)
    soft, bold = head + _colour(SOFT), "<w:b/><w:bCs/>"
    right = '<w:tabs><w:tab w:val="right"{} w:pos="9070"/></w:tabs>'
    top = f'<w:pBdr><w:top w:val="single" w:sz="36" w:space="10" w:color="{ACCENT}"/></w:pBdr>'
    left = f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="12" w:color="{ACCENT}"/></w:pBdr>'
    hanging = '<w:ind w:left="567" w:hanging="567"/>'
    contents = (right.format(' w:leader="dot"') + _space(0, 80), '<w:ind w:left="{}"/>')
    headings = ((1, 32, 420), (2, 25, 320), (3, 22, 260), (4, 21, 220))
    figure = f'<w:keepNext/>{_space(200, 80, 240)}<w:jc w:val="center"/>'
    quote = f'{left}{_space(120, 200)}<w:ind w:left="567" w:right="567"/>'
    accent = f"{head}{bold}{_colour(ACCENT)}{_size(32)}"
    made = [
        _style("paragraph", "Normal", "Normal", p=f"<w:widowControl/>{_space(0, 140)}"),
        *(_heading(level, size, before) for level, size, before in headings),
        _named("Title", "Title", f"<w:keepNext/>{_space(240, 160, 240)}", f"{head}{bold}{_size(52)}", "Subtitle"),
        _named("Subtitle", "Subtitle", _space(0, 360, 264), soft + _size(26), "Normal"),
        _named("ShtegPublisher", "Publisher", top + _space(0, 2200), f"{head}{bold}{_size(22)}"),
        _named("ShtegKicker", "Kicker", _space(0, 60), f"{head}<w:caps/>{_colour(SOFT)}{_size(18)}"),
        _named("ShtegAuthors", "Authors", _space(0, 60), head + _size(22)),
        _named("ShtegDate", "Date Line", _space(0, 60), soft + _size(20)),
        _named("ShtegNote", "Note", _space(60, 120, 252), soft + _size(17)),
        _named("ShtegFigure", "Figure", figure, following="Caption"),
        _named("Caption", "caption", f"<w:keepLines/>{_space(80, 240, 252)}", soft + _size(18), "Normal"),
        _named("ShtegCell", "Table Text", _space(20, 20, 240), head + _size(17)),
        _named("ShtegReference", "Reference", _space(0, 80, 252) + hanging, _size(20)),
        _named("ListBullet", "List Bullet", _space(0, 100)),
        _named("ListNumber", "List Number", _space(0, 100)),
        _named("Quote", "Quote", quote, "<w:i/><w:iCs/>"),
        _named("TOCHeading", "TOC Heading", f"<w:keepNext/>{_space(0, 240)}", accent, "Normal"),
        *(_named(f"TOC{at + 1}", f"toc {at + 1}", contents[0] + contents[1].format(at * 284)) for at in range(2)),
        *(
            _named(it, it.lower(), right.format("") + _space(0, 0, 240), soft + _size(17))
            for it in ("Header", "Footer")
        ),
    ]
    return "".join(made)


def _other_styles() -> str:
    line = f'w:val="single" w:sz="4" w:space="0" w:color="{RULE}"'
    dark = 'w:val="single" w:sz="8" w:space="0" w:color="15191D"'
    borders = f"<w:tblBorders><w:top {dark}/><w:bottom {line}/><w:insideH {line}/></w:tblBorders>"
    cells = '<w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar>'
    zero = (
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
        '<w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/>'
        "</w:tblCellMar></w:tblPr>"
    )
    first = (
        '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/><w:bCs/></w:rPr><w:tcPr><w:tcBorders>'
        f"<w:bottom {dark}/></w:tcBorders></w:tcPr></w:tblStylePr>"
    )
    base, look = "DefaultParagraphFont", f"<w:tblPr>{borders}{cells}</w:tblPr>{first}"
    return "".join(
        (
            _style("character", base, "Default Paragraph Font"),
            _style("character", "Hyperlink", "Hyperlink", based=base, r=f'{_colour(ACCENT)}<w:u w:val="single"/>'),
            _style("character", "ShtegSigns", "Signs beside Numbers", based=base, r=_colour(SOFT)),
            _style("table", "TableNormal", "Normal Table", more=zero),
            _style("table", TABLE_STYLE, "Table of the Edition", based="TableNormal", more=look),
        )
    )


def styles(language: str) -> str:
    """Write `styles.xml`; `language` is the tag of what has no other, such as `en-GB`."""
    tag = f'<w:lang w:val="{escape(language)}" w:eastAsia="{escape(language)}" w:bidi="ar-SA"/>'
    run = f"<w:rPrDefault><w:rPr>{_fonts(BODY_FONT)}{_size(22)}{tag}</w:rPr></w:rPrDefault>"
    defaults = f"<w:docDefaults>{run}<w:pPrDefault/></w:docDefaults>"
    return root("w:styles", defaults + _paragraph_styles() + _other_styles(), "w")


def numbering(lists: list[bool]) -> str:
    """Write `numbering.xml`: one numbering for each list of the document, True where it counts."""

    def level(place: int, *, counts: bool) -> str:
        kind, text = ("decimal", f"%{place + 1}.") if counts else ("bullet", "–")
        left = 397 * (place + 1)
        return (
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/>'
            f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{left}" w:hanging="397"/></w:pPr></w:lvl>'
        )

    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{kind}"><w:multiLevelType w:val="hybridMultilevel"/>'
        + "".join(level(place, counts=bool(kind)) for place in range(DEEPEST_LIST))
        + "</w:abstractNum>"
        for kind in (0, 1)
    )
    starts = "".join(
        f'<w:lvlOverride w:ilvl="{place}"><w:startOverride w:val="1"/></w:lvlOverride>' for place in range(2)
    )
    numbers = "".join(
        f'<w:num w:numId="{number}"><w:abstractNumId w:val="{int(counts)}"/>{starts if counts else ""}</w:num>'
        for number, counts in enumerate(lists, 1)
    )
    return root("w:numbering", kinds + numbers, "w")


def settings(language: str) -> str:
    """Write `settings.xml`."""
    tag = escape(language)
    return root(
        "w:settings",
        '<w:zoom w:percent="100"/><w:defaultTabStop w:val="709"/><w:characterSpacingControl w:val="doNotCompress"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        f'w:val="15"/></w:compat><w:themeFontLang w:val="{tag}"/>'
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/>',
        "w",
    )


def font_table() -> str:
    """Write `fontTable.xml`."""
    kinds = ((BODY_FONT, "roman"), (HEAD_FONT, "swiss"))
    fonts = (
        f'<w:font w:name="{name}"><w:family w:val="{kind}"/><w:pitch w:val="variable"/></w:font>'
        for name, kind in kinds
    )
    return root("w:fonts", "".join(fonts), "w")
