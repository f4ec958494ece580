"""A change of the case on the pages, at once; its problems beside them; nothing written that was not asked for."""

import json
from pathlib import Path

import pytest

from tests.web.conftest import Running

TEXT_SECONDS, TABLE_SECONDS = 1.0, 5.0
"""In which an edit of a text, of a table, must be seen (issue 13)."""
SLACK = 3.0
"""How much longer a machine may take that runs other tests beside."""


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_pages_are_those_of_the_publication_and_nothing_is_written(studio: Running) -> None:
    before = snapshot(studio.case)
    for path in ("/site/index.html", "/site/en/index.html", "/site/sq/members.html", "/site/sr/report.html"):
        status, body = studio.get(path)
        assert status == 200, path
        assert b"/studio/assets/live.js" in body
        assert body.count(b"connect-src &#39;self&#39;") == 1
    assert studio.get("/site/en/values/index.js")[0] == 200
    assert studio.get("/site/edition/datapackage.json")[0] == 200
    assert studio.get("/site/en/nothing.html")[0] == 404
    assert studio.get("/site/../case.toml")[0] == 404
    assert studio.get("/site/%2e%2e/case/case.toml")[0] == 404
    assert snapshot(studio.case) == before


def test_a_text_is_seen_at_once(studio: Running) -> None:
    file = studio.case / "text" / "en" / "report.md"
    text = file.read_text(encoding="utf-8")
    studio.get("/site/en/report.html")
    first = next(line for line in text.split("\n\n") if line and line[0].isalpha())
    file.write_text(text.replace(first, f"Quite another beginning. {first}", 1), encoding="utf-8")
    try:
        seconds = studio.seconds_until(lambda: b"Quite another beginning." in studio.get("/site/en/report.html")[1], 10)
        assert seconds < TEXT_SECONDS * SLACK
    finally:
        file.write_text(text, encoding="utf-8")
        studio.wait(lambda state: not state["building"])
        studio.seconds_until(lambda: b"Quite another" not in studio.get("/site/en/report.html")[1], 10)


def test_a_table_is_seen_while_the_figures_are_being_computed(studio: Running) -> None:
    file = studio.case / "acts.csv"
    raw = file.read_bytes()
    before = studio.ready()
    lines = raw.splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:-1]))

    def seen() -> bool:
        rows = studio.get("/site/edition/tables/evidence.acts.csv")[1].decode().splitlines()
        return len(rows) == len(lines) - 1

    try:
        seconds = studio.seconds_until(seen, 30)
        assert seconds < TABLE_SECONDS * SLACK
        state = studio.state()
        assert {"stance", "pathways"} <= set(state["stale"]) or state["edition"] != before["edition"]
    finally:
        file.write_bytes(raw)
        studio.seconds_until(lambda: not seen(), 30)
    after = studio.wait(lambda state: not state["stale"] and not state["building"])
    assert after["edition"] == before["edition"]


def test_problems_are_told_with_file_and_line_and_the_pages_stay(studio: Running) -> None:
    file = studio.case / "members.csv"
    raw = file.read_bytes()
    page = studio.get("/site/en/members.html")[1]
    file.write_bytes(raw.replace(b"2001", b"2o01", 1) if b"2001" in raw else raw.replace(b",B2", b",Q9", 1))
    try:
        state = studio.wait(lambda state: any(one["file"] == "members.csv" for one in state["problems"]))
        (one,) = [one for one in state["problems"] if one["file"] == "members.csv"]
        assert one["line"] > 1
        assert one["hint"]
        assert studio.get("/site/en/members.html") == (200, page)
    finally:
        file.write_bytes(raw)
    assert studio.ready()["problems"] == []


def test_a_text_that_cannot_be_shown_says_why_in_its_place(studio: Running) -> None:
    file = studio.case / "text" / "sq" / "report.md"
    text = file.read_text(encoding="utf-8")
    file.write_text(text + "\n\nFjali {{ value.there.is.none }}. {#fund}\n", encoding="utf-8")
    try:
        studio.seconds_until(lambda: studio.get("/site/sq/report.html")[0] == 500, 10)
        body = studio.get("/site/sq/report.html")[1].decode()
        assert "there.is.none" in body
        assert 'lang="sq"' in body
        state = studio.wait(lambda state: any("sq/report" in one["file"] for one in state["problems"]))
        assert all(one["line"] for one in state["problems"] if "there.is.none" in one["problem"])
    finally:
        file.write_text(text, encoding="utf-8")
    studio.seconds_until(lambda: studio.get("/site/sq/report.html")[0] == 200, 10)
    studio.ready()


def test_a_text_that_is_not_saved_is_shown_and_not_written(studio: Running) -> None:
    file = "text/en/report.md"
    before = snapshot(studio.case)
    told = json.loads(studio.get(f"/studio/text?file={file}")[1])
    text = told["text"] + "\n\nA draft that nobody saved. {#draft}\n"
    status, found = studio.post("/studio/text/check", {"file": file, "mark": told["mark"], "text": text})
    assert status == 200
    assert {one["file"] for one in found["problems"]} == {"text/sq/report.md", "text/sr/report.md"}, "they lack it"
    assert b"A draft that nobody saved." in studio.get("/site/en/report.html")[1]
    assert studio.state()["drafts"] == [file]
    assert snapshot(studio.case) == before
    assert studio.post("/studio/text/drop", {"file": file})[0] == 200
    assert b"A draft that nobody saved." not in studio.get("/site/en/report.html")[1]


def test_a_cell_is_checked_saved_and_taken_back(studio: Running) -> None:
    before = snapshot(studio.case)
    table = json.loads(studio.get("/studio/table?file=acts.csv")[1])
    names = [one["name"] for one in table["columns"]]
    grade, source = names.index("grade"), names.index("source")
    assert "B2" in table["columns"][grade]["choices"]
    assert table["columns"][grade]["only"]
    assert table["rows"][0][source] in table["columns"][source]["choices"]
    wrong = {"file": "acts.csv", "mark": table["mark"], "cells": [[2, grade, "Z9"], [3, source, "nobody"]]}
    status, found = studio.post("/studio/table/check", wrong)
    assert status == 200
    assert {(one["row"], one["column"]) for one in found["problems"]} == {(2, grade), (3, source)}
    assert snapshot(studio.case) == before
    right = {"file": "acts.csv", "mark": table["mark"], "cells": [[2, grade, "C3"]]}
    assert studio.post("/studio/table/check", right)[1]["problems"] == []
    status, saved = studio.post("/studio/table/save", right)
    assert status == 200
    after = snapshot(studio.case)
    changed = [name for name in after if after[name] != before.get(name)]
    assert changed == ["acts.csv"]
    lines = [before["acts.csv"].splitlines(), after["acts.csv"].splitlines()]
    assert [at for at, pair in enumerate(zip(*lines, strict=True)) if pair[0] != pair[1]] == [table["lines"][2] - 1]
    assert saved["difference"].count("\n+") == 2  # the head of the difference, and one line
    assert studio.state()["undo"] == ["acts.csv"]
    assert studio.post("/studio/undo", {}) == (200, {"file": "acts.csv"})
    assert snapshot(studio.case) == before
    studio.ready()


def test_what_changed_on_the_disk_is_not_written_over(studio: Running) -> None:
    file = studio.case / "acts.csv"
    raw = file.read_bytes()
    table = json.loads(studio.get("/studio/table?file=acts.csv")[1])
    file.write_bytes(raw + raw.splitlines(keepends=True)[-1].replace(b"20", b"19", 1))
    try:
        changed = file.read_bytes()
        status, told = studio.post(
            "/studio/table/save", {"file": "acts.csv", "mark": table["mark"], "cells": [[0, 0, "XAC"]]}
        )
        assert status == 409
        assert "\n+" in told["difference"]
        assert file.read_bytes() == changed
    finally:
        file.write_bytes(raw)
    studio.ready()


def test_a_scenario_is_computed_as_the_command_does(studio: Running) -> None:
    choices = json.loads(studio.get("/studio/choices?language=sq")[1])
    measures = [one["id"] for one in choices["measures"]]
    assert len(measures) > 2
    asked = {"language": "sq", "measures": measures, "scenario": "", "settings": {}}
    status, told = studio.post("/studio/scenario", asked)
    assert status == 202
    state = studio.wait(lambda state: state["scenario"]["state"] not in ("running", "none"))
    found = state["scenario"]
    assert (found["state"], found["number"]) == ("done", told["number"])
    assert found["rows"]
    assert all(len(row["cells"]) == len(found["years"]) for row in found["rows"])
    assert any(cell["share"] > cell["share_before"] for row in found["rows"] for cell in row["cells"])


def test_a_newer_scenario_takes_the_place_of_one_that_runs_and_it_can_be_stopped(studio: Running) -> None:
    name = json.loads(studio.get("/studio/choices?language=en")[1])["measures"][0]["id"]
    asked = {"language": "en", "measures": [name], "scenario": "", "settings": {}}
    first = studio.post("/studio/scenario", asked)[1]["number"]
    second = studio.post("/studio/scenario", asked)[1]["number"]
    assert second > first
    assert studio.post("/studio/scenario/cancel", {}) == (200, {"cancelled": True})
    assert studio.state()["scenario"]["state"] == "cancelled"
    assert studio.post("/studio/scenario/cancel", {}) == (200, {"cancelled": False})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"measures": ["nothing"]}, "nothing"),
        ({"scenario": "nothing"}, "nothing"),
        ({"settings": {"nothing.at.all": 1.0}}, "nothing.at.all"),
    ],
)
def test_a_scenario_that_does_not_exist_says_so(studio: Running, change: dict[str, object], words: str) -> None:
    asked = {"language": "en", "measures": [], "scenario": "", "settings": {}} | change
    assert studio.post("/studio/scenario", asked)[0] == 202
    found = studio.wait(lambda state: state["scenario"]["state"] != "running")["scenario"]
    assert found["state"] == "failed"
    assert words in found["problem"] + found["hint"]
