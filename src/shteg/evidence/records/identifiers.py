"""Identifiers by which people and publications are found: ORCID, DOI, ISBN, mail; each checked in its own way."""

import re
from typing import Annotated

from pydantic import AfterValidator

from shteg.evidence.records.addresses import check_address
from shteg.evidence.records.base import Blank

_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_DOI = re.compile(r"10\.\d{4,9}(?:\.\d+)*/[!-~]*[!-~.]?[0-9A-Za-z)>\]/_-]")
_DOI_UNSAFE = re.compile(r"[\"<>\\^`{|}\s]")
_ISBN = re.compile(r"\d[\d -]*[\dX]")
_MAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


def check_orcid(text: str | None) -> str | None:
    """Give an ORCID back whose last character fits the others (ISO 7064, mod 11-2).

    Raises
    ------
    ValueError
        It has another form, or a digit is wrong.
    """
    if text is None:
        return None
    if not _ORCID.fullmatch(text):
        raise ValueError(f"{text!r} is not an ORCID: write its four groups, for example 0000-0002-1825-0097")
    total = 0
    for digit in text.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    expected = "0123456789X"[(12 - total % 11) % 11]
    if text[-1] != expected:
        raise ValueError(f"{text!r} is not an ORCID: its last character would be {expected}; look for a wrong digit")
    return text


def check_doi(text: str | None) -> str | None:
    """Give a DOI back that has the form `10.<registrant>/<name>`, which has no check digit.

    Raises
    ------
    ValueError
        It has another form.
    """
    if text is None:
        return None
    if not _DOI.fullmatch(text) or _DOI_UNSAFE.search(text):
        raise ValueError(f"{text!r} is not a DOI: write it without the address before it, for example 10.5555/12345678")
    return text


def check_isbn(text: str | None) -> str | None:
    """Give an ISBN of 13 or 10 digits back, written with or without hyphens, whose check digit fits.

    Raises
    ------
    ValueError
        It has another form, or a digit is wrong.
    """
    if text is None:
        return None
    digits = re.sub(r"[ -]", "", text)
    if not _ISBN.fullmatch(text) or len(digits) not in (10, 13) or ("X" in digits and len(digits) == 13):
        raise ValueError(f"{text!r} is not an ISBN: write its 13 digits, for example 978-3-16-148410-0")
    numbers = [10 if digit == "X" else int(digit) for digit in digits]
    weights = [1, 3] * 6 + [1] if len(digits) == 13 else list(range(10, 0, -1))
    modulus = 10 if len(digits) == 13 else 11
    if sum(number * weight for number, weight in zip(numbers, weights, strict=True)) % modulus:
        raise ValueError(f"{text!r} is not an ISBN: its check digit does not fit; look for a wrong digit")
    if len(digits) == 13 and not digits.startswith(("978", "979")):
        raise ValueError(f"{text!r} is not an ISBN: it does not begin with 978 or 979")
    return text


def check_mail(text: str | None) -> str | None:
    """Give a mail address back.

    Raises
    ------
    ValueError
        It has another form.
    """
    if text is not None and not _MAIL.fullmatch(text):
        raise ValueError(f"{text!r} is not a mail address: write name@example.org")
    return text


def check_contact(text: str | None) -> str | None:
    """Give a mail address or a web address back.

    Raises
    ------
    ValueError
        It is neither.
    """
    return check_mail(text) if text is not None and "://" not in text else check_address(text)


Orcid = Annotated[str | None, Blank, AfterValidator(check_orcid)]
Doi = Annotated[str | None, Blank, AfterValidator(check_doi)]
Isbn = Annotated[str | None, Blank, AfterValidator(check_isbn)]
Mail = Annotated[str | None, Blank, AfterValidator(check_mail)]
Contact = Annotated[str | None, Blank, AfterValidator(check_contact)]
