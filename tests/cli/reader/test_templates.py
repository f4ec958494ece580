"""A finished text is matched against templates: every text in linear time, holes given back as they were."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.cli.reader.catalogue import Catalogue, catalogues
from shteg.cli.reader.sentences import Sentences
from shteg.cli.reader.templates import Entry, read_template

NAMES = st.text(st.characters(codec="utf-8"), max_size=40)
QUOTED = st.text(st.sampled_from(string.ascii_letters + string.digits + "ëç ;:.,'`\n_-"), max_size=30)


def test_a_template_is_read_with_its_holes_and_braces() -> None:
    template = read_template("add {{ en = {text} }} to {file}")
    assert (template.fixed, template.holes) == (("add { en = ", " } to ", ""), ("text", "file"))


@pytest.mark.parametrize(
    ("template", "text", "filled"),
    [
        ("there is no column {name}", "there is no column 'a b'", ("'a b'",)),
        ("{count} problems in the case", "3 problems in the case", ("3",)),
        ("the file {file} has no column {name}", "the file a has no column b", ("a", "b")),
        ("in {file} a quote is not closed", "in  a quote is not closed", ("",)),
        ("{count} problem", "3 problems", None),
        ("there is no column {name}", "there is no sheet x", None),
    ],
)
def test_a_text_fits_or_not(template: str, text: str, filled: tuple[str, ...] | None) -> None:
    assert read_template(template).match(text) == filled


@given(NAMES, NAMES)
def test_what_fills_the_holes_comes_out_as_it_went_in(one: str, two: str) -> None:
    entry = Entry(read_template("the file {file} has no column {name}!"), read_template("te {name} e {file} nuk ka"))
    text = f"the file {one} has no column {two}!"
    filled = entry.english.match(text)
    assert filled is not None
    assert "the file {} has no column {}!".format(*filled) == text
    assert entry.render(filled) == f"te {filled[1]} e {filled[0]} nuk ka"


def test_of_several_templates_the_one_with_most_of_its_own_is_meant() -> None:
    words = Catalogue({"the columns are {names}": "kolonat janë {names}", "the {what} are {names}": "{what}: {names}"})
    assert Sentences(words, Catalogue({}), Catalogue({})).text("the columns are a, b") == "kolonat janë a, b"


def test_time_grows_with_the_text_and_not_with_what_could_be_tried() -> None:
    holes = "".join(f"a{{h{number}}}" for number in range(30))
    text = "a" * 15_000
    assert list(Catalogue({f"{holes}z": holes}).find(text)) == []  # a regular expression would not end


@given(NAMES)
def test_any_text_can_be_said(text: str) -> None:
    assert isinstance(Sentences(*catalogues("sq")).text(text), str)


@given(QUOTED, QUOTED, st.integers(0, 9999))
def test_names_and_numbers_in_a_message_survive(column: str, file: str, number: int) -> None:
    said = Sentences(*catalogues("sq")).text(f"data.csv:{number}: `{column}` is a column of {file!r} with {number}")
    assert repr(file) in said or "\n" in column
    assert str(number) in said


@given(st.text(string.ascii_lowercase + "ëç_", min_size=1, max_size=20))
def test_a_name_that_is_a_word_of_the_catalogue_stays(name: str) -> None:
    assert Sentences(*catalogues("sq")).text(f"there is no scenario {name!r}") == f"nuk ka skenar {name!r}"


@pytest.mark.parametrize(
    ("english", "albanian"),
    [
        ("a.csv:3:1: `x` is empty", "a.csv:3:1: `x` është bosh"),
        ("  Hint: fill in `x`", "  Këshillë: plotësoni `x`"),
        ("Warning: a line of the log is damaged", "Kujdes: një rresht i regjistrit është i dëmtuar"),
        ("the columns are a, b … (40 in all)", "kolonat janë a, b … (40 gjithsej)"),
        ("did you mean 'a'? the measures are: a", "mos deshët të thoshit 'a'? masat janë: a"),
        ("3 problems in the case", "3 probleme në rast"),
        ("1 problem in the case", "1 problem në rast"),
        ("nobody has ever said this", "nobody has ever said this"),
        ("a.csv: nobody has ever said this", "a.csv: nobody has ever said this"),
    ],
)
def test_what_is_known_is_said_and_the_rest_stays_english(english: str, albanian: str) -> None:
    assert Sentences(*catalogues("sq")).text(english) == albanian
