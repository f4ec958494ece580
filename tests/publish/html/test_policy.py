"""What a page may do and where it may lead: one policy, one list of addresses."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.errors import PublishError
from shteg.publish import publish_site
from shteg.publish.html.policy import CONTENT_POLICY
from shteg.publish.html.reread import require_allowed_addresses
from shteg.publish.pages.texts import place_of
from tests.publish.test_site import Elements, pages

HANDLER = re.compile(r"on[a-z]+")


def test_every_page_has_the_policy_before_anything_is_loaded(site: Path) -> None:
    for page in pages(site):
        head = [
            (tag, attributes) for tag, attributes in Elements(page.read_text(encoding="utf-8")).tags if tag != "html"
        ]
        policy = {"http-equiv": "Content-Security-Policy", "content": CONTENT_POLICY}
        assert head[:3] == [("head", {}), ("meta", {"charset": "utf-8"}), ("meta", policy)], page


def test_the_policy_allows_no_more_than_the_files_of_the_publication() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_POLICY.split("; "))
    assert rules["default-src"] == rules["object-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert {one for rule in rules.values() for one in rule.split()} == {"'none'", "'self'", "file:"}


def test_no_page_holds_a_style_a_handler_or_a_script_of_its_own(site: Path) -> None:
    for page in pages(site):
        for tag, attributes in Elements(page.read_text(encoding="utf-8")).tags:
            assert tag not in ("style", "base", "form", "iframe", "object", "embed"), page
            assert "style" not in attributes, f"{page}: {tag}"
            assert not [one for one in attributes if HANDLER.fullmatch(one)], f"{page}: {tag}"
            if tag == "script":
                assert "src" in attributes or attributes == {"type": "application/ld+json"}


ADDRESSES = (
    "//host/a",
    "javascript:alert(1)",
    "data:text/html,a",
    "file:///a",
    "/a",
    "a\\b",
    "ftp://a.org",
    "https://a@b.org",
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_got_into_a_page_is_found(tmp_path: Path, address: str) -> None:
    page = tmp_path / "a.html"
    page.write_text(
        '<a href="../sq/a.html#b">x</a> <a href="https://a.org/?a=b&amp;c">x</a> <a href="mailto:a@b.org">x</a>'
    )
    require_allowed_addresses([page])
    for name in ("href", "src", "xlink:href", "action"):
        page.write_text(f'<a {name}="{address}">x</a>', encoding="utf-8")
        with pytest.raises(PublishError, match="holds the address"):
            require_allowed_addresses([page])


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_text_that_was_not_checked_links_nowhere_else(address: str) -> None:
    with pytest.raises(PublishError, match="links to"):
        place_of(address)
    assert place_of("members#map") == "members.html#map"
    assert place_of("https://a.org") == "https://a.org"


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//host", "data:a,b", 'https://a.org" onload="x', "ftp://a.org"]
)
def test_the_address_of_the_case_is_http_or_nothing(changed: Callable[..., Path], tmp_path: Path, address: str) -> None:
    with pytest.raises(PublishError, match="is no address of a site"):
        publish_site(changed("case", address=address), tmp_path / "site")


def test_a_case_without_an_address_has_no_canonical_link(
    changed: Callable[..., Path], kept: Path, tmp_path: Path
) -> None:
    publish_site(changed("case", address=None), tmp_path / "site", cache=kept / "drawings")
    assert 'rel="canonical"' not in (tmp_path / "site" / "en" / "index.html").read_text(encoding="utf-8")
