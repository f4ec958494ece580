"""`shteg messages`: what a language lacks, written down for a translator, and nothing once it is translated."""

import json
from pathlib import Path
from subprocess import CompletedProcess

from tests.cli.in_process import assert_plain_error, run
from tests.evidence.demo_copy import copy_demo
from tests.languages.conftest import translate


def test_nothing_lacks_in_the_languages_of_the_made_up_case() -> None:
    for language in ("en", "sq", "sr"):
        done = run("messages", language, "demo")
        assert (done.returncode, done.stdout) == (0, f"Nothing is missing in language {language}\n")


def test_what_lacks_is_listed_written_and_gone_when_translated(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)

    def call(*options: str) -> CompletedProcess[str]:
        return run("messages", "lt", str(case), *options)

    first = call()
    assert first.returncode == 1
    assert "words/lt.toml: " in first.stdout
    assert "text/lt/report.md: " in first.stdout
    told = json.loads(call("--json").stdout)
    assert {"key": "unit.years.few", "text": "{number} years", "placeholders": ["number"], "category": "few"} in told[
        "messages"
    ]
    assert {"table": ["steps", "plan"], "field": "title", "text": "Accession plan", "file": "steps.toml"} in told[
        "words"
    ]
    assert [one["file"] for one in told["texts"]] == ["text/lt/announcement.md", "text/lt/report.md"]
    assert call("--write").returncode == 1
    files = [case / "messages" / "lt.toml", case / "words" / "lt.toml"]
    written = [path.read_bytes() for path in files]
    assert json.loads(call("--write", "--json").stdout) == told, "what is commented out is still missing"
    assert [path.read_bytes() for path in files] == written
    for path in files:
        translate(path)
    left = json.loads(call("--json").stdout)
    assert (left["messages"], left["words"], len(left["texts"])) == ([], [], 2)


def test_what_is_added_later_joins_what_is_there(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    messages, words = case / "messages" / "sr.toml", case / "words" / "sr.toml"
    kept = messages.read_text(encoding="utf-8")
    line = next(one for one in kept.splitlines() if one.startswith('"list.and"'))
    messages.write_text(kept.replace(f"{line}\n", '"old.key" = "x"\n'), encoding="utf-8")
    words.write_text(words.read_text(encoding="utf-8").replace('title = "Plan pristupanja"\n', "", 1), encoding="utf-8")
    done = run("messages", "sr", str(case), "--write")
    assert done.returncode == 1
    assert "old.key" in done.stdout
    text = messages.read_text(encoding="utf-8")
    assert text.index('# "list.and" = "{head} and {last}"') < text.index("[language]")
    assert '[steps.plan]\n# title = "Accession plan"\n' in words.read_text(encoding="utf-8")


def test_a_language_that_nobody_knows_is_refused() -> None:
    assert_plain_error(run("messages", "qqq", "demo"), "CLDR")
