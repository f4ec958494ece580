"""A small LimeSurvey survey: its structure in both formats, its answers under each kind of heading."""

import csv
from pathlib import Path
from xml.sax.saxutils import escape

STYLES = ("codetext", "full", "sq", "underscores", "cut")
TEXTS = {
    "Q1": {"en": "Do you trust <b>it</b>?", "sq": "A i besoni?"},
    "Q2": {"en": "Which media?", "sq": "Cilat media?"},
    "Q3": {"en": "How much do you trust them?", "sq": "Sa u besoni?"},
    "Q4": {"en": "Your age", "sq": "Mosha juaj"},
}
SUBS = {
    "Q2": {"SQ001": {"en": "Television", "sq": "Televizioni"}, "SQ002": {"en": "Web", "sq": "Interneti"}},
    "Q3": {"SQ001": {"en": "Courts", "sq": "Gjykatat"}, "SQ002": {"en": "Schools", "sq": "Shkollat"}},
}
ANSWERS = {
    "Q1": {"A1": {"en": "Yes, a lot", "sq": "Po, shumë"}, "A2": {"en": "No", "sq": "Jo"}},
    "Q3": {"A1": {"en": "Lots", "sq": "Shumë"}, "A2": {"en": "Little", "sq": "Pak"}},
}
KINDS = {"Q1": "L", "Q2": "M", "Q3": "F", "Q4": "N"}
ADDED = ("id", "submitdate", "lastpage", "startlanguage", "seed")
ADDED_TEXTS = ("Response ID", "Date submitted", "Last page", "Start language", "Seed")
OTHER = {"en": "Other", "sq": "Tjetër"}
SIZE = 48


def columns() -> list[tuple[str, str]]:
    """Questions with their subquestions, in the order of an export."""
    return [
        ("Q1", ""),
        ("Q1", "other"),
        *(("Q2", sub) for sub in (*SUBS["Q2"], "other")),
        *(("Q3", sub) for sub in SUBS["Q3"]),
        ("Q4", ""),
    ]


def answers() -> list[dict[tuple[str, str], str]]:
    """Answers as codes; a tick is Y."""
    rows = []
    for number in range(SIZE):
        other = number % 6 == 5
        rows.append(
            {
                ("Q1", ""): "-oth-" if other else f"A{1 + number % 2}",
                ("Q1", "other"): "so so" if other else "",
                ("Q2", "SQ001"): "Y" if number % 2 else "",
                ("Q2", "SQ002"): "Y" if number % 3 else "",
                ("Q2", "other"): "radio" if number % 6 == 0 else "",
                ("Q3", "SQ001"): f"A{1 + number % 2}",
                ("Q3", "SQ002"): f"A{1 + number // 2 % 2}",
                ("Q4", ""): str(20 + number),
            }
        )
    return rows


def _heading(question: str, sub: str, style: str) -> str:
    language = "sq" if style == "sq" else "en"
    text = TEXTS[question][language].replace("<b>", "").replace("</b>", "")
    part = OTHER[language] if sub == "other" else SUBS[question][sub][language] if sub else ""
    if style == "cut":
        text = text if len(text) <= 15 else f"{text[:15]}.. "
    code = f"{question}[{sub}]" if sub else question
    if style == "code":
        return code
    if style == "underscores":
        return f"{question}_{sub}" if sub else question
    whole = f"{text} [{part}]" if part else text
    return f"{code}. {whole}" if style in ("codetext", "sq") else whole


def _cell(question: str, sub: str, code: str, style: str) -> str:
    language = "sq" if style == "sq" else "en"
    if style in ("code", "codetext") or question == "Q4" or (sub == "other"):
        return code
    if question == "Q2":
        return (
            ("1" if code else "0")
            if style == "underscores"
            else {"en": ("No", "Yes"), "sq": ("Jo", "Po")}[language][bool(code)]
        )
    if style == "underscores":
        return code
    return OTHER[language] if code == "-oth-" else ANSWERS[question][code][language]


def write(path: Path, style: str) -> Path:
    """Write the answers under one kind of heading."""
    added = ADDED_TEXTS if style in ("full", "cut") else ADDED
    if style == "codetext":
        added = tuple(f"{code}. {text}" for code, text in zip(ADDED, ADDED_TEXTS, strict=True))
    with path.open("w", encoding="utf-8-sig" if style == "sq" else "utf-8", newline="") as file:
        out = csv.writer(file, delimiter=";" if style == "sq" else ",", quoting=csv.QUOTE_ALL)
        out.writerow([*added, *(_heading(*one, style) for one in columns())])
        for number, row in enumerate(answers(), 1):
            ends = [str(number), "2025-03-01 10:00:00", "3", "sq" if number % 2 else "en", str(7000 + number)]
            out.writerow([*ends, *(_cell(*one, row[one], style) for one in columns())])
    return path


def structure(path: Path) -> Path:
    """Write the structure, `.txt` or `.lss`."""
    path.write_text(
        _table() if path.suffix == ".txt" else _xml(), encoding="utf-8-sig" if path.suffix == ".txt" else "utf-8"
    )
    return path


def _table() -> str:
    head = ["id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language", "validation"]
    rows = [[*head, "mandatory", "other"], ["", "", "S", "", "sid", "", "123"]]
    for language in ("en", "sq"):
        rows.append(["1", "", "G", "0", "Group", "1", "", "", language])
        for number, (code, texts) in enumerate(TEXTS.items(), 1):
            other = "Y" if code in ("Q1", "Q2") else "N"
            rows.append([str(number), "", "Q", KINDS[code], code, "1", texts[language], "", language, "", "N", other])
            for sub, said in SUBS.get(code, {}).items():
                rows.append(["9", "", "SQ", "0", sub, "1", said[language], "", language])
            for answer, said in ANSWERS.get(code, {}).items():
                rows.append(["9", "", "A", "0", answer, "", said[language], "", language])
    return "\n".join("\t".join(row) for row in rows)


def _rows(name: str, rows: list[dict[str, str]]) -> str:
    cells = ("".join(f"<{key}><![CDATA[{value}]]></{key}>" for key, value in row.items()) for row in rows)
    return f"<{name}><rows>{''.join(f'<row>{one}</row>' for one in cells)}</rows></{name}>"


def _xml() -> str:
    questions, subs, answers_, question_texts, answer_texts = [], [], [], [], []
    number = 100
    for place, (code, texts) in enumerate(TEXTS.items()):
        qid = str(place + 1)
        other = "Y" if code in ("Q1", "Q2") else "N"
        questions.append(
            {"qid": qid, "parent_qid": "0", "gid": "1", "type": KINDS[code], "title": code, "other": other}
            | {"question_order": str(place)}
        )
        question_texts += [{"qid": qid, "question": text, "language": one} for one, text in texts.items()]
        for order, (sub, said) in enumerate(SUBS.get(code, {}).items()):
            number += 1
            subs.append(
                {"qid": str(number), "parent_qid": qid, "title": sub, "question_order": str(order), "scale_id": "0"}
            )
            question_texts += [{"qid": str(number), "question": text, "language": one} for one, text in said.items()]
        for order, (answer, said) in enumerate(ANSWERS.get(code, {}).items()):
            number += 1
            answers_.append({"aid": str(number), "qid": qid, "code": answer, "sortorder": str(order), "scale_id": "0"})
            answer_texts += [{"aid": str(number), "answer": text, "language": one} for one, text in said.items()]
    languages = "".join(f"<language>{escape(one)}</language>" for one in ("en", "sq"))
    tables = [
        _rows("groups", [{"gid": "1", "group_order": "1"}]),
        _rows("questions", questions),
        _rows("subquestions", subs),
        _rows("answers", answers_),
        _rows("question_l10ns", question_texts),
        _rows("answer_l10ns", answer_texts),
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?><document><LimeSurveyDocType>Survey</LimeSurveyDocType>'
        f"<DBVersion>600</DBVersion><languages>{languages}</languages>{''.join(tables)}</document>"
    )
