"""One small survey as each field tool delivers it, after the shape of their exports."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from tests.survey.readers.test_xlsform import write_form

HEAD = ["type", "name", "label::English (en)", "label::Shqip (sq)", "appearance"]
SURVEY: list[list[object]] = [
    HEAD,
    ["start", "start"],
    ["begin_group", "person", "The person", "Personi"],
    ["integer", "age", "How old are you?", "Sa vjeç jeni?"],
    ["select_one sex", "sex", "Sex", "Gjinia"],
    ["end_group"],
    ["begin_group", "views", "Views", "Mendime"],
    ["begin_group", "eu", "On joining", "Për anëtarësimin"],
    ["select_one yn", "joining", "Should the country join?", "A duhet të anëtarësohet vendi?"],
    ["select_multiple media", "media", "Which media do you use?", "Cilat media i përdorni?"],
    ["end_group"],
    ["end_group"],
    ["begin_group", "trust", "Whom do you trust?", "Kujt i besoni?", "field-list"],
    ["select_one much", "answers", "Answers", "Përgjigjet", "label"],
    ["select_one much", "courts", "Courts", "Gjykatave", "list-nolabel"],
    ["select_one much", "schools", "Schools", "Shkollave", "list-nolabel"],
    ["end_group"],
    ["begin_repeat", "children", "Children", "Fëmijët"],
    ["integer", "child_age", "Age of the child", "Mosha e fëmijës"],
    ["end_repeat"],
]
CHOICES: list[list[object]] = [
    ["list_name", "name", "label::English (en)", "label::Shqip (sq)"],
    ["yn", "yes", "Yes", "Po"],
    ["yn", "no", "No", "Jo"],
    ["yn", "dk", "Do not know", "Nuk e di"],
    ["sex", "w", "Woman", "Grua"],
    ["sex", "m", "Man", "Burrë"],
    ["media", "tv", "Television", "Televizion"],
    ["media", "web", "The web", "Interneti"],
    ["media", "press", "Press", "Shtypi"],
    ["much", "3", "A lot", "Shumë"],
    ["much", "2", "Some", "Disi"],
    ["much", "1", "None", "Aspak"],
]
CODES = {one[1]: {"en": one[2], "sq": one[3]} for one in CHOICES[1:]}
LABELS = {one[1]: {"en": one[2], "sq": one[3]} for one in SURVEY[1:] if len(one) > 3}
GROUPS = {
    **dict.fromkeys(("age", "sex"), ("person",)),
    **dict.fromkeys(("joining", "media"), ("views", "eu")),
    **dict.fromkeys(("answers", "courts", "schools"), ("trust",)),
}
QUESTIONS = ("age", "sex", "joining", "media", "courts", "schools")
OPTIONS = ("tv", "web", "press")
SIZE = 60


def answers() -> list[dict[str, str]]:
    """Answers by question; blank where nobody answered."""
    rows = []
    for number in range(SIZE):
        chosen = [code for at, code in enumerate(OPTIONS) if (number + at) % 3 != 0]
        rows.append(
            {
                "age": str(18 + number % 50),
                "sex": "wm"[number % 2],
                "joining": ("yes", "no", "yes", "dk", "")[number % 5],
                "media": "" if number % 10 == 9 else " ".join(chosen),
                "courts": str(1 + number % 3),
                "schools": str(1 + number // 2 % 3),
            }
        )
    return rows


def form(folder: Path) -> Path:
    """Write the form."""
    return write_form(folder / "form.xlsx", SURVEY, CHOICES)


def write(path: Path, rows: Sequence[Mapping[str, str]], *, delimiter: str = ",", bom: bool = False) -> Path:
    """Write a table as CSV."""
    path.write_bytes(as_csv(rows, delimiter=delimiter, bom=bom))
    return path


def as_csv(rows: Sequence[Mapping[str, str]], *, delimiter: str = ",", bom: bool = False) -> bytes:
    """Give a table as CSV, every cell in quotes as Kobo writes them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return (b"\xef\xbb\xbf" if bom else b"") + out.getvalue().encode()


def plain() -> list[dict[str, str]]:
    """Columns called by the questions alone."""
    return answers()


def _path(name: str, mark: str, *, groups: bool) -> str:
    return mark.join([*(GROUPS[name] if groups else ()), name])


def _added(number: int) -> dict[str, str]:
    return {
        "_id": str(9000 + number),
        "_uuid": f"u-{number}",
        "_submission_time": f"2025-03-{1 + number % 28:02d}T10:00:00",
        "_validation_status": "",
        "_index": str(number + 1),
    }


def kobo_names(*, groups: bool, several: str = "both") -> list[dict[str, str]]:
    """“XML values and headers”, with or without groups; `several`: both, summary or details."""
    rows = []
    for number, one in enumerate(answers()):
        row = {"start": "2025-03-01T09:00:00"}
        for name, value in one.items():
            path = _path(name, "/", groups=groups)
            if name != "media" or several != "details":
                row[path] = value
            if name == "media" and several != "summary":
                ticked = value.split()
                row |= {f"{path}/{code}": str(int(code in ticked)) if value else "" for code in OPTIONS}
        rows.append({**row, **_added(number)})
    return rows


def kobo_labels(language: str, *, groups: bool, several: str = "both", separator: str = "/") -> list[dict[str, str]]:
    """Labels as headings and as answers, in one language."""
    rows = []
    for number, one in enumerate(answers()):
        row = {"start": "2025-03-01T09:00:00"}
        for name, value in one.items():
            around = [LABELS[group][language] for group in GROUPS[name]] if groups else []
            path = separator.join([*around, LABELS[name][language]])
            said = value if name == "age" else " ".join(CODES[code][language] for code in value.split())
            if name != "media" or several != "details":
                row[path] = said
            if name == "media" and several != "summary":
                ticked = value.split()
                row |= {
                    f"{path}{separator}{CODES[code][language]}": str(int(code in ticked)) if value else ""
                    for code in OPTIONS
                }
        rows.append({**row, **_added(number)})
    return rows


def odk(mark: str = "-", *, groups: bool = True, split: bool = False) -> list[dict[str, str]]:
    """Central and Briefcase (`-`), Aggregate (`:`)."""
    rows = []
    for number, one in enumerate(answers()):
        row = {"SubmissionDate": f"2025-03-{1 + number % 28:02d}T10:00:00.000Z", "start": "2025-03-01T09:00:00"}
        for name, value in one.items():
            path = _path(name, mark, groups=groups)
            row[path] = value
            if name == "media" and split:
                ticked = value.split()
                row |= {f"{path}/{code}": str(int(code in ticked)) if value else "" for code in OPTIONS}
        meta = f"meta{mark}instanceID" if groups else "instanceID"
        rows.append(
            {**row, meta: f"uuid:{number}", "KEY": f"uuid:{number}", "SubmitterName": "Field", "FormVersion": "1"}
        )
    return rows


def children() -> list[dict[str, str]]:
    """The table of the repeat."""
    return [
        {"child_age": str(number % 9), "PARENT_KEY": f"uuid:{number}", "KEY": f"uuid:{number}/children[1]"}
        for number in range(SIZE)
    ]


def central_zip(path: Path) -> Path:
    """`survey.csv` and `survey-children.csv` in an archive, with a picture that somebody sent."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("survey-children.csv", as_csv(children()))
        archive.writestr("survey.csv", as_csv(odk()))
        archive.writestr("media/1.jpg", b"\xff\xd8")
        archive.writestr("media/audit.csv", "event,node\na,b\n")
    return path


def kobo_book(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """The XLSX of a form with a repeat: a sheet each."""
    repeat = [
        {"child_age": str(number % 9), "_index": str(number + 1), "_parent_table_name": "Survey", "_parent_index": "1"}
        for number in range(12)
    ]
    book = xlsxwriter.Workbook(str(path))
    for name, table in (("Survey", rows), ("children", repeat)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, list(table[0]))
        for number, row in enumerate(table, 1):
            sheet.write_row(number, 0, list(row.values()))
    book.close()
    return path
