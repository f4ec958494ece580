"""Messages and words that a case gives beside its files: put where they belong, refused where they belong nowhere."""

import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.evidence import check_case, inspect_case, read_case
from shteg.evidence.untranslated import find_untranslated
from shteg.languages import Language
from tests.evidence.demo_copy import copy_demo, line_of, replace_once
from tests.languages.conftest import CODE, MARK

Mend = Callable[[str, str, str], None]


def test_words_stand_where_they_belong(translated: Path) -> None:
    assert check_case(translated) == ()
    case = read_case(translated)
    assert case.header.languages == ("en", "sq", CODE)
    assert case.header.title[CODE] == f"{MARK}{case.header.title['en']}"
    assert {one.title[CODE] for one in case.steps} == {f"{MARK}{one.title['en']}" for one in case.steps}
    assert {one.title[CODE] for one in case.chronicle} == {f"{MARK}{one.title['en']}" for one in case.chronicle}
    assert {one.name[CODE] for one in case.members} == {f"{MARK}{one.name['en']}" for one in case.members}
    (wave,) = case.waves
    assert all(item.wording[CODE].startswith(MARK) for item in wave.questionnaire.items.values())
    assert case.labels["subgroup"]["Lake community"][CODE] == f"{MARK}Lake community"
    assert find_untranslated(translated, CODE).words == ()


def test_a_language_goes_to_another_process_with_its_messages(translated: Path) -> None:
    language = read_case(translated).header.languages[2]
    assert isinstance(language, Language)
    assert language.grammar.numbers is not None
    again = pickle.loads(pickle.dumps(language))
    assert (again, again.messages["list.and"]) == (CODE, language.messages["list.and"])


@pytest.mark.parametrize(
    ("old", "new", "problem", "hint"),
    [
        ('[steps.plan]\ntitle', '[steps.paln]\ntitle', "`paln` is no id of steps.toml", "did you mean `plan`?"),
        ('[steps.plan]\ntitle', '[steps.plan]\ntitel', "`titel` is no field with words of steps.toml", "`title`"),
        ('[steps.plan]\ntitle', '[steps.plan]\nrung', "`rung` is no field with words of steps.toml", "there are title"),
        ('[chronicle.application]', '[chronicle.aplication]', "no row of chronicle.csv", "did you mean `application`?"),
        ('[members.XAB]\nname', '[members.XAB]\ntitle', "`title` is no field with words of members.csv", "name"),
        ('[scenarios.half-hearted]', '[scenario.half-hearted]', "`scenario` is no file of this case", "[scenarios]"),
        ('[acts]', '', "`acts` is no file of this case that holds words", ""),
        ('[scenarios.half-hearted]\ntitle', '[scenarios]\nhalf-hearted', "holds no text of its own", "name the field"),
    ],
)  # fmt: skip
def test_words_that_belong_nowhere_are_told_with_line_and_hint(
    translated: Path, mend: Mend, old: str, new: str, problem: str, hint: str
) -> None:
    file = f"words/{CODE}.toml"
    if new:
        mend(file, old, new)
    else:
        with (translated / file).open("a", encoding="utf-8") as words:
            words.write(f'\n{old}\nnote = "x"\n')
    found = [one for one in check_case(translated) if one.file == file]
    assert any(problem in one.problem and hint in one.hint for one in found), found
    assert all(one.line > 1 for one in found)


def test_words_in_two_places_are_an_error(translated: Path, mend: Mend) -> None:
    mend("steps.toml", 'title = { en = "Accession plan"', f'title = {{ {CODE} = "Planas", en = "Accession plan"')
    (found,) = check_case(translated)
    assert found.problem == f"`title` is given in language {CODE} in steps.toml too"
    assert (found.file, found.line) == (f"words/{CODE}.toml", line_of(translated, found.file, f"{MARK}Accession plan"))
    table = translated / "members.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    text = "\n".join([f"{head},name_{CODE}", f"{rows[0]},Aldora", *(f"{row}," for row in rows[1:])])
    table.write_text(f"{text}\n", encoding="utf-8")
    assert f"`name` is given in language {CODE} in members.csv, line 2, too" in {
        one.problem for one in check_case(translated)
    }


def test_a_column_may_hold_some_words_and_the_file_the_others(translated: Path, mend: Mend) -> None:
    table = translated / "members.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    text = "\n".join([f"{head},name_{CODE}", f"{rows[0]},Aldora!", *(f"{row}," for row in rows[1:])])
    table.write_text(f"{text}\n", encoding="utf-8")
    mend(f"words/{CODE}.toml", f'[members.XAB]\nname = "{MARK}Aldora"', "[members.XAB]")
    assert check_case(translated) == ()
    assert [one.name[CODE] for one in read_case(translated).members][:2] == ["Aldora!", f"{MARK}Brenmark"]


def test_words_that_are_missing_are_told_where_they_are_missing(translated: Path, mend: Mend) -> None:
    mend(f"words/{CODE}.toml", f'name = "{MARK}Castria"', "")
    mend(f"words/{CODE}.toml", f'title = "{MARK}Accession plan"', "")
    found = {(one.file, one.line): one for one in check_case(translated)}
    row = found["members.csv", line_of(translated, "members.csv", "XAD")]
    assert f"name_{CODE}" in row.problem
    (step,) = (one for one in found.values() if one.file == "steps.toml")
    assert f"words/{CODE}.toml" in step.hint


def test_messages_that_are_missing_or_wrong_are_told(translated: Path, mend: Mend) -> None:
    file = f"messages/{CODE}.toml"
    mend(file, '"unit.years.many"', '"unit.years.mony"')
    mend(file, '"list.and" = "‹lt›{head} and {last}"', '"list.and" = "{head}"')
    mend(file, 'letters = "z y x', 'letters = "z z x')
    told = {one.problem: one for one in check_case(translated)}
    assert told["shteg has no message `unit.years.mony`"].hint == "did you mean `unit.years.many`?"
    assert "the placeholders of `list.and` are {head}, not {head}, {last}" in told
    assert any("each letter once" in problem for problem in told)
    assert all(one.line > 0 for problem, one in told.items() if "missing in language" not in problem)
    (missing,) = (one for one in told if "missing in language" in one)
    assert missing == f"1 message is missing in language `{CODE}`: unit.years.many"


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("messages/lt.csv", "x", "not a file of a language"),
        ("words/lt.toml", "[steps\n", "not TOML"),
        ("messages/lt.toml", '"list.and" = 7', "must be text"),
        ("messages/lt.toml", '"list.and" = "{head}\\u202e{last}"', "control character"),
        ("messages/lt.toml", "language = 1", "must be a table"),
    ],
)
def test_files_that_cannot_be_what_they_say_are_told(tmp_path: Path, file: str, text: str, told: str) -> None:
    case = copy_demo(tmp_path)
    (case / file).write_text(text, encoding="utf-8")
    assert any(told in one.problem for one in check_case(case) if one.file == file)


def test_a_language_that_is_not_yet_one_of_the_case_waits(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "case.toml", 'languages = ["en", "sq", "sr"]', 'languages = ["en", "sq"]')
    assert inspect_case(case).problems == ()
    assert read_case(case).header.title.languages == {"en", "sq"}
    (case / "text" / "fi").mkdir()
    assert "`fi` is not a language of this case" in {one.problem for one in check_case(case)}


def test_a_text_may_be_said_to_lack_a_language(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    (case / "text" / "sr" / "report.md").unlink()
    (missing,) = check_case(case)
    assert (missing.file, missing.problem) == (
        "text/sr/report.md", "the text is missing in `sr`; it exists in `en`, `sq`"
    )  # fmt: skip
    replace_once(case, "case.toml", "minimum_base", 'not_yet = { report = ["sr"] }\nminimum_base')
    assert check_case(case) == ()
    replace_once(case, "case.toml", '["sr"] }', '["sr", "sq", "fi"], reprot = ["sr"] }')
    assert {one.problem for one in check_case(case)} == {
        "the text `report` exists in `sq`", "`fi` is not a language of this case", "`reprot` is no text of this case"
    }  # fmt: skip
