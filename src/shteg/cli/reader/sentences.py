"""A finished text in another language: as a whole, line by line, after its place, or in the parts it is made of."""

from __future__ import annotations

import re

from shteg.cli.reader.catalogue import Catalogue
from shteg.errors import CaseError, DataError, Problem, ShtegError

HINT = "Hint:"
_MARK = re.compile(r"(Hint|Warning|Note|Notice|Error|Next): (?=\S)")
_TAILS = (
    re.compile(r"(.*) … \((\d+ in all)\)", re.DOTALL),
    re.compile(r"(.*) \((and so in [\d,]+ more rows?|[\d,]+ such (?:row|group)s?)\)", re.DOTALL),
)
"""What code puts at the end of a text that has a template of its own."""
_COLONS = 8
"""So many colons of a line are tried as the end of a place."""
_PROSE = (0, 1, 2, 2, 3, 3, 3, 3, 4)
"""How many plain words in a row may fill a hole of a template with so many words of its own."""
_LEAST_SENTENCE = 3
_QUOTES = ("'", "`", '"', "“", "”")
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_NAMES = re.compile(r"\S+(?: (?:or|and) \S+)+")
_JOINT = re.compile(r" (or|and) ")
_QUOTED = re.compile(r"'[^']*'|`[^`]*`|“[^”]*”|\"[^\"]*\"|\S*[/\\]\S*")
_CUTS = (("; ", "; ", ""), ("? ", " ", "?"), (". ", " ", "."), (", or ", ", ose ", ""), (", and ", ", dhe ", ""))
"""Where a text of several sentences is cut, what joins them again, and the mark that stays with the first."""
_MOST_CUTS = 6
"""So many places of one kind are tried."""


def prose(text: str) -> int:
    """Count the most plain words in a row that stand outside of quotes: a name has few, half a sentence many."""
    runs = _PLAIN.findall(_QUOTED.sub(",", text))
    return max((one.count(" ") + 1 for one in runs), default=0)


class Sentences:
    """Says texts with the words of one language.

    Parameters
    ----------
    words : Catalogue
        Of messages.
    places : Catalogue
        Of what stands before a message: file, sheet, line.
    nouns : Catalogue
        Of single words that fill a hole.
    """

    def __init__(self, words: Catalogue, places: Catalogue, nouns: Catalogue) -> None:
        self.words, self.places, self.nouns = words, places, nouns

    def text(self, text: str) -> str:
        """Say a text of one or more lines; a line that the catalogue does not know stays as it is."""
        found = self.known(text)
        if found is not None:
            return found
        if "\n" in text:
            return "\n".join(self.text(line) for line in text.split("\n"))
        bare = text.strip()
        if not bare:
            return text
        if bare != text:
            return text.replace(bare, self.text(bare), 1)
        if mark := _MARK.match(text):
            named = f"{mark[1]}:"
            return f"{self.known(named) or named} {self.text(text[mark.end() :])}"
        return self._after_place(text)

    def known(self, text: str) -> str | None:
        """Say a text that the catalogue has, as a whole or in parts that it has; else None."""
        found = self._whole(text)
        if found is not None:
            return found
        for tail in _TAILS:
            if parts := tail.fullmatch(text):
                said, told = self.known(parts[1]), self._whole(parts[2])
                mark = " … (" if tail is _TAILS[0] else " ("
                return f"{said}{mark}{told})" if said is not None and told is not None else None
        return self._in_parts(text)

    def _in_parts(self, text: str) -> str | None:
        for cut, between, kept in _CUTS:
            at = -1
            for _ in range(_MOST_CUTS):
                at = text.find(cut, at + 1)
                if at < 0:
                    break
                head = self._whole(text[:at] + kept)
                tail = self.known(text[at + len(cut) :]) if head is not None else None
                if head is not None and tail is not None:
                    return f"{head}{between}{tail}"
        return None

    def _whole(self, text: str) -> str | None:
        """Say a text that one template fits, none of whose holes would hold half of an English sentence."""
        if text in self.words.literal:
            return self.words.literal[text]
        for entry, filled in self.words.find(text):
            template = entry.english
            if not template.fixed[0] and ": " in _QUOTED.sub(",", filled[0]):
                continue  # a place stands before it, and is said by itself
            if any("\n" in one and not template.foreign(place) for place, one in enumerate(filled)):
                continue
            told = [self._inner(one, *template.around(place)) for place, one in enumerate(filled)]
            most = _PROSE[min(template.words, len(_PROSE) - 1)]
            same = [one for place, one in enumerate(filled) if told[place] == one and not template.foreign(place)]
            if not any(prose(one) > most for one in same):
                return entry.render(tuple(told))
        return None

    def _inner(self, text: str, before: str, after: str) -> str:
        """Say what fills a hole, where that is itself a text of the catalogue, or a noun that stands free."""
        if before.endswith(_QUOTES) or after.startswith(_QUOTES):
            return text
        if _NAMES.fullmatch(text):
            return _JOINT.sub(lambda found: f" {self.words.literal.get(found[1], found[1])} ", text)
        noun = self.nouns.literal.get(text)
        return noun or (self.known(text) if " " in text else None) or text

    def _after_place(self, text: str) -> str:
        """Say the part after a place (`surveys/2025/design.toml:3: …`), if that is a place and no sentence."""
        at = -1
        for _ in range(_COLONS):
            at = text.find(": ", at + 1)
            if at < 0:
                break
            told = self.known(text[at + 2 :])
            where = self.place(text[:at]) if told is not None else ""
            if told is not None and (where != text[:at] or prose(where) < _LEAST_SENTENCE):
                return f"{where}: {told}"
        return text

    def place(self, text: str) -> str:
        """Say where something is: words between the names of files, sheets and lines; several after colons."""
        if text in self.places.literal:
            return self.places.literal[text]
        for entry, filled in self.places.find(text):
            if not any(prose(one) > 1 for one in filled):
                return entry.render(filled)
        before, colon, after = text.partition(": ")
        if colon:
            return f"{self.place(before)}: {self.place(after)}"
        return self._whole(text) or text if " " in text else text

    def problem(self, one: Problem) -> str:
        """Say a problem of a file with its place and hint."""
        place = one.file + (f":{one.line}" if one.line else "") + (f":{one.column}" if one.column else "")
        return f"{place}: {self.text(one.problem)}\n  {self.text(HINT)} {self.text(one.hint)}"

    def error(self, error: ShtegError) -> str:
        """Say an error with its place and hint; one that lists problems says each of them."""
        problem = self.text(error.problem)
        if isinstance(error, CaseError | DataError) and "\n" in error.problem:
            problem = self._listed(error)
        where = f"{self.place(error.where)}: " if error.where else ""
        return f"{where}{problem}\n{self.text(HINT)} {self.text(error.hint)}"

    def _listed(self, error: CaseError | DataError) -> str:
        head, _, rest = error.problem.partition("\n")
        lines = [self.problem(one) for one in error.problems]
        after = rest.rpartition("\n… and ")
        if isinstance(error, DataError) and error.more:
            lines.append(self.text(f"… and {after[2]}"))
        return "\n".join([self.text(head), *lines])
