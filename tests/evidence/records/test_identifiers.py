"""Identifiers with their check digits: one wrong digit is found, wherever it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.evidence.records.identifiers import check_contact, check_doi, check_isbn, check_mail, check_orcid

GOOD = {
    check_orcid: ("0000-0002-1825-0097", "0000-0001-5109-3700", "0000-0002-1694-233X", "0000-0000-0000-0001"),
    check_isbn: ("978-3-16-148410-0", "9783161484100", "979-10-90636-07-1", "0-306-40615-2", "0-8044-2957-X"),
    check_doi: ("10.5555/12345678", "10.1000/xyz123", "10.1093/ajae/aaq063", "10.1002/(SICI)1097-0258(19980815)17:15"),
    check_mail: ("name@example.org", "a.b+c@mail.example.co"),
    check_contact: ("name@example.org", "https://example.org/write"),
}
BAD = {
    check_orcid: ("", "0000-0002-1825-0098", "0000000218250097", "https://orcid.org/0000-0002-1825-0097",
                  "0000-0002-1694-2335"),
    check_isbn: ("", "978-3-16-148410-1", "977-3-16-148410-3", "12345", "0-306-40615-3", "978-3-16-14841X-0"),
    check_doi: ("", "10.5555", "doi:10.5555/1", "https://doi.org/10.5555/1", "10.55/1", '10.5555/a"b', "10.5555/a b",
                "10.5555/<b>"),
    check_mail: ("", "name", "name@host", "a b@example.org", "<a@example.org>", "mailto:a@example.org", "a@b..org"),
    check_contact: ("javascript:alert(1)", "ftp://example.org", "example.org", "http://user@example.org/"),
}  # fmt: skip


@pytest.mark.parametrize("check", GOOD)
def test_what_is_right_is_given_back(check) -> None:
    assert [check(one) for one in GOOD[check]] == list(GOOD[check])
    assert check(None) is None


@pytest.mark.parametrize(("check", "text"), [(check, text) for check, texts in BAD.items() for text in texts])
def test_what_is_wrong_is_refused(check, text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an?"):
        check(text)


@given(st.sampled_from([(check_orcid, one) for one in GOOD[check_orcid]]
                       + [(check_isbn, one) for one in GOOD[check_isbn][:3]]), st.data())  # fmt: skip
def test_one_wrong_digit_is_found(which, data) -> None:
    check, text = which
    places = [place for place, sign in enumerate(text) if sign.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != text[place]]))
    with pytest.raises(ValueError, match=r"is not an?"):
        check(text[:place] + digit + text[place + 1 :])
