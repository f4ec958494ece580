"""The words of a case in each of its languages: what an id such as `country:FRA` or `step:…` is called."""

from collections.abc import Mapping

from shteg.countries import country_name, is_country
from shteg.errors import EditionError
from shteg.evidence.case import Case
from shteg.evidence.parameters import find_parameters
from shteg.evidence.records.base import Localised
from shteg.evidence.records.declarations import CountryCode, marked
from shteg.evidence.records.files import TABLES
from shteg.languages import as_language

Lexicon = dict[str, dict[str, str]]


def build_lexicon(case: Case) -> Lexicon:
    """Collect every id that has a name, as `kind:id` → language → text, sorted by id.

    Raises
    ------
    EditionError
        Two things of one kind share an id and have different names.
    """
    lexicon: Lexicon = {}
    _add_countries(case, lexicon)
    for code, name in case.header.in_sentence.items():
        _add(lexicon, f"in-sentence:{code}", name)
    for step in case.steps:
        _add(lexicon, f"step:{step.id}", step.title)
    for identifier, title in _comparison_steps(case).items():
        _add(lexicon, f"step:{identifier}", title)
    for kind, records in _titled(case).items():
        for identifier, title in records.items():
            _add(lexicon, f"{kind}:{identifier}", title)
    for requirement in case.requirements:
        _add(lexicon, f"requirement:{requirement.id}", requirement.title)
    for programme in case.programmes:
        _add(lexicon, f"programme:{programme.id}", programme.title)
    for kind, names in case.labels.items():
        for identifier, title in names.items():
            _add(lexicon, f"{kind}:{identifier}", title)
    for identifier, title in _of_commitments(case).items():
        _add(lexicon, identifier, title)
    organisation = case.header.organisation
    _add(lexicon, f"organisation:{organisation.id}", organisation.name)
    return dict(sorted(lexicon.items()))


def _comparison_steps(case: Case) -> dict[str, Localised]:
    """Name the steps of other organisations: by their title, else as the step that they are like, else by their id."""
    known = {step.id: step.title for step in case.steps}
    found: dict[str, Localised] = {}
    for step in case.comparison_steps:
        alike = known.get(step.parallel_to or "", Localised(dict.fromkeys(case.header.languages, step.id)))
        body = case.comparison_organisations[step.organisation]
        apart = {language: f"{alike[language]} ({body[language]})" for language in case.header.languages}
        found[step.id] = step.title or Localised(apart)
    return found


def _titled(case: Case) -> Mapping[str, Mapping[str, Localised]]:
    shocks = {shock.id: shock.title for shock in case.pathways.shocks}
    waves = {f"{wave.id}.{name}": item.title for wave in case.waves for name, item in wave.questionnaire.items.items()}
    return {
        "area": {area.id: area.title for area in case.recommendations.areas},
        "requirement-area": {area.id: area.title for area in case.pathways.areas},
        "measure": {measure.id: measure.title for measure in case.recommendations.measures},
        "item": {name: item.title for name, item in case.items.items()},
        "said": {f"{name}.{value}": words for name, item in case.items.items() for value, words in item.says.items()},
        "question": {name: question.title for name, question in case.questions.items()},
        "subject": {name: subject.title for name, subject in case.subjects.items()},
        "scheme": {name: scheme.title for name, scheme in case.schemes.items()},
        "shock": shocks,
        "route": {route.id: route.title for route in case.pathways.routes},
        "scenario": {name: scenario.title for name, scenario in case.scenarios.items()},
        "variable": {name: variable.title for name, variable in case.variables.items()},
        "comparison-organisation": dict(case.comparison_organisations),
        "parameter": {one.name: one.entry.title for one in find_parameters(case.pathways)},
        "wave": {wave.id: wave.design.title for wave in case.waves},
        "wave-item": waves,
        **_of_waves(case),
        "wave-code": {
            f"{wave.id}.{column}.{code}": words
            for wave in case.waves
            for column, codes in wave.design.codes.items()
            for code, words in codes.items()
        },
    }


def _of_waves(case: Case) -> Mapping[str, Mapping[str, Localised]]:
    """Name what the tables of a wave hold: wording and options of its questions, domains, how it was made."""
    items = [(f"{wave.id}.{name}", item) for wave in case.waves for name, item in wave.questionnaire.items.items()]
    return {
        "wave-wording": {name: item.wording for name, item in items},
        "wave-option": {f"{name}.{code}": words for name, item in items for code, words in item.options.items()},
        "wave-domain": {
            f"{wave.id}.{code}": title for wave in case.waves for code, title in wave.design.domains.items()
        },
        "wave-method": {
            f"{wave.id}.{name}": getattr(wave.methodology, name)
            for wave in case.waves
            for name in type(wave.methodology).model_fields
        },
    }


def _of_commitments(case: Case) -> Mapping[str, Localised]:
    """Name commitments without a name of their own as what they are about, and the stages of life cycles."""
    titles: Mapping[str, Mapping[str, Localised]] = {
        "measure": {one.id: one.title for one in case.recommendations.measures},
        "requirement": {one.id: one.title for one in case.requirements},
        "programme": {one.id: one.title for one in case.programmes},
    }
    own = case.labels.get("commitment", {})
    found = {}
    for one in case.commitments:
        named = (titles[kind][name] for kind, name in one.links if name in titles[kind])
        if one.id not in own and (title := next(named, None)) is not None:
            found[f"commitment:{one.id}"] = title
    for name, cycle in case.life_cycles.items():
        found |= {f"life-stage:{name}.{stage.id}": stage.title for stage in cycle.stages}
    return found


def _add_countries(case: Case, lexicon: Lexicon) -> None:
    codes = {case.header.aspirant, *case.header.names}
    for spec in TABLES:
        for column in marked(spec.record, CountryCode):
            codes |= {code for row in case.rows(spec.record) if is_country(code := getattr(row, column))}
    if case.header.disputant:
        codes.add(case.header.disputant)
    named = {row.member: row.name.root for row in case.members}
    for code in sorted(codes):
        override = case.header.names.get(code)
        texts = {
            language: override[language]
            if override
            else (named.get(code, {}).get(language) or country_name(code, as_language(language).grammar.locale))
            for language in case.header.languages
        }
        lexicon[f"country:{code}"] = texts
        lexicon[f"member:{code}"] = texts


def _add(lexicon: Lexicon, identifier: str, title: Localised | Mapping[str, str]) -> None:
    texts = dict(title.root) if isinstance(title, Localised) else dict(title)
    if lexicon.get(identifier, texts) != texts:
        raise EditionError(f"two different names for {identifier}", "give one of the two another id", identifier)
    lexicon[identifier] = texts
