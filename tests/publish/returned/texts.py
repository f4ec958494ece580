"""A text with every form that a text may have, in two languages, for the made-up case."""

FORMS_EN = """\
+++
title = "A text with every form"
description = "Made up, so that every form stands in it once."
declared = ["2023", "2025", "2012"]
+++

## What people want {#opinion}

Most people agree: {{ value.survey.joining.tvb.2025.all }} were in favour of joining in 2025 [@barometer-2025], after {{ value.survey.joining.tvb.2023.all }} in 2023 [@barometer-2023]. Support {{ dir.survey.joining.tvb.2023.all:survey.joining.tvb.2025.all }} between these rounds. The lake community was asked too. {#people}

The microdata say {{ value.survey.wave.2025.joining.all|range }}, with **strata and weights**
taken into *account* (see the [census](https://example.org/census), and [the members](#members)).
Signs such as \\* and \\_ stand for themselves. {#microdata}

## The members {#members}

The case holds {{ value.case.acts }} acts of {{ value.case.members|words }} members [@assembly-record; @patrol-roll]. A plain sentence follows them. {#acts}

- A member that recognises Torvale stands on one side.
- A member that does neither stands on the other:
  - far away, if it votes against,
  - nearer, if it says nothing.
- A member that was never asked stays in the middle. {#sides}

1. First the boats are counted.
2. Then the offices are opened.
3. At last the assembly votes. {#order}

> A path is not a promise.
>
> It is a list of what has to happen. {#quote}

{{ figure.members-stance }} {#figure-members}

The drawing in [Figure](#figure-members) shows them all. {#refers}

### What could be done {#measures}

The measure “{{ measure.fisheries-law }}” can be taken at home. Nobody else is asked. {#home}

A paragraph without any figure stands here, so that it can go. {#loose}

| Step | By 2025 |
| --- | ---: |
| Association | {{ value.forecast.association.2036|range }} |
How likely it is. {#steps-table}

The last word is about the lake, which is calm. {#last}
"""

FORMS_SQ = """\
+++
title = "Një tekst me çdo formë"
description = "I sajuar, që çdo formë të gjendet një herë në të."
declared = ["2023", "2025", "2012"]
+++

## Çfarë duan njerëzit {#opinion}

Shumica pajtohet: {{ value.survey.joining.tvb.2025.all }} ishin për anëtarësimin në 2025 [@barometer-2025], pas {{ value.survey.joining.tvb.2023.all }} në 2023 [@barometer-2023]. Mbështetja {{ dir.survey.joining.tvb.2023.all:survey.joining.tvb.2025.all }} ndërmjet këtyre raundeve. U pyet edhe bashkësia e liqenit. {#people}

Mikrotë dhënat thonë {{ value.survey.wave.2025.joining.all|range }}, me **shtresat dhe peshat**
të marra në *llogari* (shih [regjistrimin](https://example.org/census), dhe [anëtarët](#members)).
Shenjat si \\* dhe \\_ qëndrojnë për vete. {#microdata}

## Anëtarët {#members}

Rasti mban {{ value.case.acts }} akte të {{ value.case.members|words }} anëtarëve [@assembly-record; @patrol-roll]. Pas tyre vjen një fjali e thjeshtë. {#acts}

- Anëtari që e njeh Torvalen qëndron në njërën anë.
- Anëtari që nuk bën asgjë qëndron në tjetrën:
  - larg, nëse voton kundër,
  - më afër, nëse hesht.
- Anëtari që nuk u pyet kurrë mbetet në mes. {#sides}

1. Së pari numërohen varkat.
2. Pastaj hapen zyrat.
3. Në fund voton kuvendi. {#order}

> Rruga nuk është premtim.
>
> Ajo është një listë e asaj që duhet të ndodhë. {#quote}

{{ figure.members-stance }} {#figure-members}

Vizatimi te [Figura](#figure-members) i tregon të gjithë. {#refers}

### Çfarë mund të bëhet {#measures}

Masa “{{ measure.fisheries-law }}” mund të merret në shtëpi. Askush tjetër nuk pyetet. {#home}

Këtu qëndron një paragraf pa asnjë shifër, që të mund të hiqet. {#loose}

| Hapi | Deri në 2025 |
| --- | ---: |
| Asociimi | {{ value.forecast.association.2036|range }} |
Sa i mundshëm është. {#steps-table}

Fjala e fundit është për liqenin, që është i qetë. {#last}
"""

FORMS = {"en": FORMS_EN, "sq": FORMS_SQ}
