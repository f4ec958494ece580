"""A table on a page: rows that become cards on a phone, groups, what the script for sorting and filtering needs."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape

from shteg.report.language.tables import TableView

WIDE = 8
"""A table of so many columns is set tighter."""
FIND = ("find", "count", "none", "sort", "order", "open", "shut")
"""Messages `publish.table.…` that the script needs for a table that can be sorted and filtered."""
MAY_SCROLL = 5
"""A table of fewer columns fits every screen that does not turn its rows into cards."""


def table_markup(table: TableView, place: str, t: Callable[..., str], named: bool = False) -> Markup:
    """Write a table; nothing where it has no rows.

    Each cell with something in it says which column it stands in (`data-h`), because on a narrow screen its row is a
    card; the number that the table exists for (`main`) stands there beside the heading of the row.

    Parameters
    ----------
    table : TableView
        Whose cells are escaped unless they are markup.
    place : str
        Unique on the page; the caption takes its id from it.
    t : callable
        Gives a message of the publisher.
    named : bool
        A heading above says what it shows: the caption is only read aloud.

    Returns
    -------
    Markup
    """
    if not table.rows:
        return Markup()
    name = f"{escape(place)}-caption"
    head = "".join(
        f'<th scope="col"{_kind(table, at)}>{escape(header)}</th>' for at, header in enumerate(table.headers)
    )
    body = "\n".join(_part(table, label, rows) for label, rows in table.parts())
    more = f' data-more="{escape(t("table.more"))}"' if len(table.headers) >= MAY_SCROLL else ""
    looks = ["cards", *(["wide"] if len(table.headers) >= WIDE else []), *(["grouped"] if table.groups else [])]
    caption = f'<p class="caption{" unseen" if named else ""}" id="{name}">{escape(table.caption)}</p>'
    note = f'<p class="note">{escape(table.note)}</p>\n' if table.note else ""
    return Markup(
        f'<div class="table"{_finds(table, t)}>\n{caption}\n'
        f'<div class="scroll" tabindex="0" role="group" aria-labelledby="{name}"{more}>\n'
        f'<table class="{" ".join(looks)}" aria-labelledby="{name}">\n<thead><tr>{head}</tr></thead>\n'
        f"{body}\n</table>\n</div>\n{note}</div>"
    )


def _finds(table: TableView, t: Callable[..., str]) -> str:
    if not table.long:
        return ""
    counted = {"shown": "{shown}", "all": "{all}"}  # the script counts
    words = ((name, t(f"table.{name}", **(counted if name == "count" else {}))) for name in FIND)
    return "".join(f' data-{name}="{escape(text)}"' for name, text in words)


def _kind(table: TableView, at: int) -> str:
    names = [*(["num"] if table.numeric[at] else []), *(["main"] if at and at == table.main else [])]
    return f' class="{" ".join(names)}"' if names else ""


def _part(table: TableView, label: str, rows: range) -> str:
    kinds = [_kind(table, at) for at in range(len(table.headers))]
    labels = [f'{kind} data-h="{escape(header)}"' for kind, header in zip(kinds, table.headers, strict=True)]
    lines = []
    for row in rows:
        mark = f' id="{escape(table.ids[row])}"' if table.ids else ""
        head, *cells = table.rows[row]
        told = "".join(
            f"<td{label if cell else kind}>{escape(cell)}</td>"
            for label, kind, cell in zip(labels[1:], kinds[1:], cells, strict=True)
        )
        lines.append(f'<tr{mark}><th scope="row"{kinds[0]}>{escape(head)}</th>{told}</tr>')
    if label:
        count = f' <span class="note">{len(lines)}</span>'
        heading = f'<th scope="rowgroup" colspan="{len(table.headers)}">{escape(label)}{count}</th>'
        lines.insert(0, f'<tr class="group">{heading}</tr>')
    return "<tbody>\n" + "\n".join(lines) + "\n</tbody>"
