"""Twenty texts in three languages without a fault, and fourteen kinds of faults to plant in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from shteg.errors import Problem
from shteg.report import EditionView

LANGUAGES = ("en", "sq", "sr")
DOCUMENTS = 20
Texts = dict[str, dict[str, str]]
"""By language, then by name."""

TITLES = {
    "en": "How the country may come nearer to the door of the union, part {mark}",
    "sq": "Si mund t’i afrohet vendi derës së bashkimit, pjesa {mark}",
    "sr": "Kako zemlja može da se približi vratima saveza, deo {mark}",
}
DESCRIPTIONS = {
    "en": "Where the country stands and what would help it.",
    "sq": "Ku qëndron vendi dhe çfarë do t’i ndihmonte.",
    "sr": "Gde se zemlja nalazi i šta bi joj pomoglo.",
}
DATES = {"en": "12 June 1999", "sq": "12 qershor 1999", "sr": "12. jun 1999"}
BODY = {
    "en": (
        "## Why the question is open {{#why}}\n\n"
        "In 1999 the war ended, and since {date} a mission has kept the peace, as the register of the assembly says"
        " [@register]. {{#peace}}\n\n"
        "{first} Support is {{{{ value.survey.joining.tvb.2025.all }}}} and it"
        " {{{{ dir.survey.trend.joining.2019:survey.trend.joining.2025 }}}} over the years"
        " [@barometer-2025; @register]. {{#support}}\n\n"
        "{{{{ figure.forecast-path }}}} {{#fig-path}}\n\n"
        "- {{{{ value.acts.recognition.no|Words }}}} members have not recognised the country.\n"
        "- The path asks for {{{{ measure.settlement-talks }}}}, which many would support.\n"
        "- Without it nothing moves in any of the capitals. {{#list}}\n\n"
        "> {second} {{#quote}}\n\n"
        "{{{{ table.evidence.members }}}} {{#tab}}\n\n"
        "{third} {{#end}}\n"
    ),
    "sq": (
        "## Pse çështja është e hapur {{#why}}\n\n"
        "Në vitin 1999 lufta mbaroi dhe që nga {date} një mision e ruan paqen, siç thotë regjistri i kuvendit"
        " [@register]. {{#peace}}\n\n"
        "{first} Mbështetja është {{{{ value.survey.joining.tvb.2025.all }}}} dhe ajo"
        " {{{{ dir.survey.trend.joining.2019:survey.trend.joining.2025 }}}} me kalimin e viteve"
        " [@barometer-2025; @register]. {{#support}}\n\n"
        "{{{{ figure.forecast-path }}}} {{#fig-path}}\n\n"
        "- {{{{ value.acts.recognition.no|Words }}}} anëtarë nuk e kanë njohur vendin.\n"
        "- Rruga kërkon {{{{ measure.settlement-talks }}}}, të cilën do ta mbështetnin shumë veta.\n"
        "- Pa të nuk lëviz asgjë në asnjërin nga kryeqytetet. {{#list}}\n\n"
        "> {second} {{#quote}}\n\n"
        "{{{{ table.evidence.members }}}} {{#tab}}\n\n"
        "{third} {{#end}}\n"
    ),
    "sr": (
        "## Zašto je pitanje otvoreno {{#why}}\n\n"
        "Rat je završen u 1999, a od {date} jedna misija čuva mir, kako kaže registar skupštine"
        " [@register]. {{#peace}}\n\n"
        "{first} Podrška je {{{{ value.survey.joining.tvb.2025.all }}}} i ona"
        " {{{{ dir.survey.trend.joining.2019:survey.trend.joining.2025 }}}} tokom godina"
        " [@barometer-2025; @register]. {{#support}}\n\n"
        "{{{{ figure.forecast-path }}}} {{#fig-path}}\n\n"
        "- {{{{ value.acts.recognition.no|Words }}}} članice nisu priznale zemlju.\n"
        "- Put traži {{{{ measure.settlement-talks }}}}, što bi mnogi podržali.\n"
        "- Bez toga se ništa ne pomera ni u jednoj prestonici. {{#list}}\n\n"
        "> {second} {{#quote}}\n\n"
        "{{{{ table.evidence.members }}}} {{#tab}}\n\n"
        "{third} {{#end}}\n"
    ),
}
SENTENCES = (
    (
        "The door of the union stays open to every country that meets its conditions.",
        "Dera e bashkimit mbetet e hapur për çdo vend që i plotëson kushtet e tij.",
        "Vrata saveza ostaju otvorena za svaku zemlju koja ispunjava njegove uslove.",
    ),
    (
        "Governments change, and with them the answer that a parliament gives.",
        "Qeveritë ndërrohen dhe bashkë me to edhe përgjigjja që jep një kuvend.",
        "Vlade se menjaju, a s njima i odgovor koji daje parlament.",
    ),
    (
        "Nobody can say today which of the neighbours will be the last to agree.",
        "Askush nuk mund të thotë sot se cili nga fqinjët do të pajtohet i fundit.",
        "Niko danas ne može da kaže koji će se od suseda saglasiti poslednji.",
    ),
    (
        "What people hope for has hardly moved since the first surveys were taken.",
        "Ajo që shpresojnë njerëzit mezi ka lëvizur që nga anketat e para.",
        "Ono čemu se ljudi nadaju jedva se pomerilo od prvih anketa.",
    ),
    (
        "The talks were broken off and taken up again without a word in public.",
        "Bisedimet u ndërprenë dhe u rifilluan pa asnjë fjalë në publik.",
        "Razgovori su prekidani i nastavljani bez ijedne reči u javnosti.",
    ),
    (
        "Whoever reads the old reports finds the same promise on every page.",
        "Kush i lexon raportet e vjetra e gjen të njëjtin premtim në çdo faqe.",
        "Ko čita stare izveštaje, nalazi isto obećanje na svakoj strani.",
    ),
    (
        "A small country has many friends as long as it asks for little.",
        "Një vend i vogël ka shumë miq për sa kohë kërkon pak.",
        "Mala zemlja ima mnogo prijatelja dokle god malo traži.",
    ),
)


@dataclass(frozen=True, slots=True)
class Defect:
    """A kind of fault.

    Attributes
    ----------
    old, new : str or (str, str, str)
        What is replaced by what, once; one for each language where they differ.
    problem : str
        Words of the problem that tells of it.
    """

    old: str | tuple[str, str, str]
    new: str | tuple[str, str, str]
    problem: str


def _sentence(language: str, number: int) -> str:
    return SENTENCES[number % len(SENTENCES)][LANGUAGES.index(language)]


VALUE = "{{ value.survey.joining.tvb.2025.all }}"
DEFECTS = {
    "block missing": Defect("{{ table.evidence.members }} {#tab}\n\n", "", "is missing in this language"),
    "blocks swapped": Defect("", "", "stands where"),
    "id renamed": Defect("{#quote}", "{#quotes}", "is missing in this language"),
    "other kind": Defect("> ", "", "is a"),
    "item left out": Defect(
        (
            "\n- Without it nothing moves in any of the capitals. {#list}",
            "\n- Pa të nuk lëviz asgjë në asnjërin nga kryeqytetet. {#list}",
            "\n- Bez toga se ništa ne pomera ni u jednoj prestonici. {#list}",
        ),
        " {#list}",
        "is a list of",
    ),
    "other value": Defect(VALUE, "{{ value.survey.trend.joining.2025 }}", "the values differ"),
    "unknown value": Defect(VALUE, "{{ value.survey.joining.tvb.2035.all }}", "there is no value"),
    "other direction": Defect("2019:survey", "2021:survey", "the directions differ"),
    "citation left out": Defect(" [@barometer-2025; @register]", "", "the citations differ"),
    "measure left out": Defect(
        "{{ measure.settlement-talks }}", ("talks of all sides", "bisedime", "razgovore"), "the measures differ"
    ),
    "other figure": Defect("figure.forecast-path", "figure.blockers", "the figures differ"),
    "unbound figure": Defect(VALUE, f"{VALUE} (84%)", "figure '84%' is bound to no value"),
    "other year": Defect("1999 ", "1998 ", "figure '1998'"),
    "other language": Defect("", "", "is in language"),
}
"""Of two kinds, `_spoil` says what changes."""


def make_texts(documents: int = DOCUMENTS) -> Texts:
    """Give the texts without a fault."""
    return {
        language: {_name(number): _document(language, number) for number in range(documents)} for language in LANGUAGES
    }


def _name(number: int) -> str:
    return f"text-{chr(ord('a') + number)}"


def _document(language: str, number: int) -> str:
    mark = chr(ord("A") + number) * 2
    first, second, third = (_sentence(language, number + step) for step in range(3))
    body = BODY[language].format(date=DATES[language], first=first, second=second, third=f"{third} {third}")
    head = (
        f'+++\ntitle = "{TITLES[language].format(mark=mark)}"\ndescription = "{DESCRIPTIONS[language]}"\n'
        f'declared = ["1999", "{DATES[language]}"]\n+++\n\n'
    )
    return head + body


def plant(texts: Texts, kind: str, number: int) -> tuple[Texts, str, str]:
    """Plant a fault in one text of one language, which goes round with the number.

    Parameters
    ----------
    texts : dict
        Without a fault; not changed.
    kind : str
        One of `DEFECTS`.
    number : int
        Of the text.

    Returns
    -------
    texts : dict
        With the fault.
    language, name : str
        Where it is.
    """
    language, name = LANGUAGES[(number + list(DEFECTS).index(kind)) % len(LANGUAGES)], _name(number)
    text = texts[language][name]
    spoilt = _spoil(text, kind, language, number)
    assert spoilt != text, f"{kind} must change {language}/{name}"
    return {**texts, language: {**texts[language], name: spoilt}}, language, name


def _spoil(text: str, kind: str, language: str, number: int) -> str:
    place, defect = LANGUAGES.index(language), DEFECTS[kind]
    if kind == "blocks swapped":
        path, tab = "{{ figure.forecast-path }} {#fig-path}\n\n", "{{ table.evidence.members }} {#tab}\n\n"
        return text.replace(tab, "").replace(path, tab + path)
    if kind == "other language":
        other = LANGUAGES[(place + 1) % len(LANGUAGES)]
        sentence = _sentence(language, number + 1)
        return text.replace(f"> {sentence}", f"> {_sentence(other, number + 1)}")
    old, new = (one if isinstance(one, str) else one[place] for one in (defect.old, defect.new))
    return text.replace(old, new, 1)


def with_texts(edition: EditionView, texts: Mapping[str, Mapping[str, str]]) -> EditionView:
    """Give the edition with these texts in place of its own; its languages are those of `LANGUAGES`."""
    return replace(edition, texts=texts)


def tells_of(problems: tuple[Problem, ...], kind: str, name: str) -> bool:
    """Tell whether the problems name a fault of this kind in this text, in any language: a difference has two sides."""
    files = {f"text/{language}/{name}.md" for language in LANGUAGES}
    return any(DEFECTS[kind].problem in one.problem and one.file in files for one in problems)
