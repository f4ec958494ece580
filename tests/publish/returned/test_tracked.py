"""Changes that an editor tracked, and comments: taken with their author, or of some authors only."""

import pytest

from tests.publish.returned.conftest import take
from tests.publish.returned.edits import Paper, element, run, w
from tests.publish.returned.texts import FORMS

LOOSE = "A paragraph without any figure stands here, so that it can go. {#loose}"


def tracked(printed: dict[str, bytes]) -> Paper:
    """Besa takes a word out and puts two in; Dren puts one in elsewhere."""
    paper = Paper(printed["en"])
    paper.delete_tracked("without any figure", "Besa")
    paper.insert_tracked("A paragraph ", "of plain words", "Besa")
    paper.insert_tracked("which is ", "very ", "Dren")
    return paper


def test_all_authors_are_taken_and_named(printed: dict[str, bytes]) -> None:
    result = take(tracked(printed).save())
    assert {one.block: one.authors for one in result.changes} == {"loose": ("Besa",), "last": ("Dren",)}
    assert "A paragraph of plain words stands here, so that it can go. {#loose}" in result.markdown
    assert "which is very calm. {#last}" in result.markdown


def test_one_author_only_leaves_the_others_undone(printed: dict[str, bytes]) -> None:
    result = take(tracked(printed).save(), takes=("Dren",).__contains__)
    assert [one.block for one in result.changes] == ["last"]
    assert LOOSE in result.markdown
    assert take(tracked(printed).save(), takes=().__contains__).markdown == FORMS["en"]


def test_a_tracked_number_is_refused_and_its_block_stays(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    control = next(
        one
        for one in paper.body.iter(w("sdt"))
        if one.find(f"{w('sdtPr')}/{w('alias')}") is not None
        and one.find(f"{w('sdtPr')}/{w('alias')}").get(w("val")) == "survey.joining.tvb.2023.all"
    )
    gone = element("del", run("78%", deleted=True), id="1", author="Besa")
    control.addnext(element("ins", run("97%"), id="2", author="Besa"))
    control.getparent().replace(control, gone)
    result = take(paper.save())
    assert [(one.block, one.taken) for one in result.changes] == [("people", False)]
    assert "is gone" in result.changes[0].reasons[0]
    assert result.markdown == FORMS["en"]
    assert take(paper.save(), takes=().__contains__).changes == ()


def test_a_paragraph_whose_mark_is_deleted_joins_the_next(printed: dict[str, bytes]) -> None:
    """What Word writes when a whole paragraph is deleted with tracking: its runs and its mark."""
    paper = Paper(printed["en"])
    paper.delete_tracked("A paragraph without any figure stands here, so that it can go.")
    paragraph = next(one for one in paper.body.iter(w("p")) if one.find(w("del")) is not None)
    paragraph.insert(0, element("pPr", element("rPr", element("del", id="2", author="Besa"))))
    result = take(paper.save())
    assert [(one.kind, one.block, one.taken) for one in result.changes] == [("removed", "loose", True)]
    assert "{#loose}" not in result.markdown
    assert take(paper.save(), takes=().__contains__).markdown == FORMS["en"]


def test_a_paragraph_inserted_with_tracking(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    made = paper.add_paragraph("A paragraph without")
    made.append(element("pPr", element("rPr", element("ins", id="3", author="Besa"))))
    made.append(element("ins", run("The wind over the lake is quiet."), id="4", author="Besa"))
    result = take(paper.save(), new_ids=["wind"])
    assert [(one.kind, one.block, one.authors) for one in result.changes] == [("added", "wind", ("Besa",))]
    assert "\n\nThe wind over the lake is quiet. {#wind}\n\n" in result.markdown
    assert take(paper.save(), takes=().__contains__).markdown == FORMS["en"]


def test_words_moved_with_tracking(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    paper.delete_tracked(", which is calm")
    found = paper.body.find(f".//{w('del')}")
    found.tag = w("moveFrom")
    paper.insert_tracked("A paragraph", ", which is calm,")
    paper.body.find(f".//{w('ins')}").tag = w("moveTo")
    result = take(paper.save())
    assert "A paragraph, which is calm, without any figure" in result.markdown
    assert "about the lake. {#last}" in result.markdown


def test_weight_changed_with_tracking_is_undone_for_others(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    paper.look("plain sentence", "b")
    for properties in paper.paragraph("A plain sentence").iter(w("rPr")):
        if properties.find(w("b")) is not None:
            properties.append(element("rPrChange", element("rPr"), id="5", author="Besa"))
    assert "A **plain sentence** follows" in take(paper.save()).markdown
    assert take(paper.save(), takes=().__contains__).markdown == FORMS["en"]


@pytest.mark.parametrize("language", FORMS)
def test_comments_are_listed_with_author_block_and_words(printed: dict[str, bytes], language: str) -> None:
    words = {"en": "without any figure", "sq": "pa asnjë shifër"}[language]
    paper = Paper(printed[language])
    paper.comment(words, "Is this so?")
    result = take(paper.save())
    assert result.changes == ()
    found = result.comments[0]
    assert (found.author, found.block, found.quoted, found.text) == ("Besa", "loose", words, "Is this so?")
    assert found.day == "2026-11-30"


def test_a_sentence_may_go_with_its_number_where_that_is_allowed(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    paper.remove("The microdata say")
    assert take(paper.save()).refused
    result = take(paper.save(), removing=True)
    assert [(one.kind, one.taken) for one in result.changes] == [("removed", True)]
    assert any("survey.wave.2025.joining.all" in note for note in result.changes[0].notes)
    assert "{#microdata}" not in result.markdown


def test_a_typed_number_is_refused_even_where_numbers_may_go(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    paper.lose_controls()
    paper.replace("78%", "79%")
    result = take(paper.save(), removing=True)
    assert "the number '79' was added" in result.refused[0].reasons


def test_a_block_that_the_case_changed_since_is_refused(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    paper.replace("without any", "without one")
    paper.replace("which is calm", "which is still")
    today = FORMS["en"].replace("so that it can go", "so that it may go")
    result = take(paper.save(), today=lambda embedded: (today, ("en", "sq")))
    assert {one.block: one.taken for one in result.changes} == {"loose": False, "last": True}
    assert result.markdown == today.replace("which is calm", "which is still")


def test_line_ends_and_the_mark_of_the_file_stay(printed: dict[str, bytes]) -> None:
    paper = Paper(printed["en"])
    paper.replace("which is calm", "which is still")
    today = "\ufeff" + FORMS["en"].replace("\n", "\r\n")
    result = take(paper.save(), today=lambda embedded: (today, ("en", "sq")))
    assert result.markdown == today.replace("which is calm", "which is still")
