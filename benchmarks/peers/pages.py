"""Sixty plain pages as Markdown, and the bare way to make a site of them: markdown-it and one template of Jinja2."""

from __future__ import annotations

import random
import re
from pathlib import Path

from jinja2 import Environment
from markdown_it import MarkdownIt

WORDS = (
    "the member council treaty door opens every country that meets its conditions and talks last while votes are"
    " counted by those who decide which step comes next after reforms have been carried out in full view"
)
MARK = re.compile(r" \{#[a-z-]+\}")
TEMPLATE = """<!doctype html>
<html lang="{{ language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }} · {{ site }}</title>
<meta name="description" content="{{ description }}">
<link rel="stylesheet" href="../assets/site.css">
</head>
<body>
<header><nav><ul>
{% for page in pages %}
<li><a href="{{ page.slug }}.html"{% if page.slug == slug %} aria-current="page"{% endif %}>{{ page.name }}</a></li>
{% endfor %}
</ul></nav></header>
<main><h1>{{ title }}</h1>
{{ body | safe }}
</main>
<footer><p>{{ site }}</p></footer>
</body>
</html>
"""


def make_texts(pages: int, sections: int) -> dict[str, str]:
    """Write texts in the form of a case: each block with its id, lists, emphasis and links; no figure in them."""
    draw = random.Random(20261201)

    def sentence() -> str:
        words = draw.choices(WORDS.split(), k=draw.randint(8, 22))
        words[3] = f"**{words[3]}**"
        return " ".join(words).capitalize() + "."

    def block(number: int, kind: int) -> str:
        name = f"{letters(number)}-{letters(kind)}"
        if kind == 0:
            return f"## {' '.join(draw.choices(WORDS.split(), k=4)).capitalize()} {{#{name}}}"
        if kind == 3:
            return "\n".join(f"- {sentence()}" for _ in range(4)) + f" {{#{name}}}"
        linked = f"[{draw.choice(WORDS.split())}](members)" if kind == 2 else ""
        return " ".join([*(sentence() for _ in range(4)), linked]).strip() + f" {{#{name}}}"

    def text() -> str:
        blocks = (block(number, kind) for number in range(sections) for kind in range(5))
        title = " ".join(draw.choices(WORDS.split(), k=5)).capitalize()
        return (
            f'+++\ntitle = "{title}"\ndescription = "{sentence().replace("**", "")}"\n+++\n\n'
            + "\n\n".join(blocks)
            + "\n"
        )

    return {f"plain-{letters(number)}": text() for number in range(pages)}


def letters(number: int) -> str:
    """Write a number without figures, which a text would have to bind."""
    return "".join(chr(ord("a") + int(figure)) for figure in f"{number:02d}")


def plain_markdown(text: str) -> tuple[str, str, str]:
    """Give title, description and Markdown of a text without the ids of its blocks."""
    _, head, body = text.split("+++\n", 2)
    told = dict(line.split(" = ", 1) for line in head.splitlines())
    return told["title"].strip('"'), told["description"].strip('"'), MARK.sub("", body)


def write_bare(texts: dict[str, str], folder: Path) -> int:
    """Make the site in the bare way; give the bytes written."""
    reader, template = MarkdownIt("commonmark"), Environment(autoescape=True).from_string(TEMPLATE)
    plain = {slug: plain_markdown(text) for slug, text in texts.items()}
    pages = [{"slug": slug, "name": title} for slug, (title, _, _) in list(plain.items())[:12]]
    written = 0
    for slug, (title, description, body) in plain.items():
        page = template.render(
            language="en",
            title=title,
            site="A site",
            description=description,
            slug=slug,
            pages=pages,
            body=reader.render(body),
        )
        written += (folder / f"{slug}.html").write_text(page, encoding="utf-8")
    return written
