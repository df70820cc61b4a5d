"""Says figures in sentences, by the patterns of the rule seeds."""

import re
from collections.abc import Iterator, Mapping, Sequence

from missing_from_care.base.faults import DataFault
from missing_from_care.base.texts import long_day
from missing_from_care.response.answers import Answer, Table
from missing_from_care.response.layout import figure, shown

Words = Mapping[str, str]

LONG_RUN = 3
"""So many periods that follow each other are said by the first and the last."""


class Figures:
    """Figures of one measure, in a sentence: `6 occasions in 2014/15 and 107 in 2015/16`.

    A pattern names the unit after a colon: `{figures:occasion|occasions}` for one and several,
    `{figures:%}` for what follows each number.
    """

    def __init__(self, answers: Sequence[Answer], words: Words, *, by_day: bool = False) -> None:
        self.answers, self.words, self.by_day = answers, words, by_day

    def __format__(self, unit: str) -> str:
        return listed(
            [self.said(each, unit, index == 0) for index, each in enumerate(self.answers)]
        )

    def said(self, answer: Answer, unit: str, is_first: bool) -> str:
        """One figure with its period; the first names the unit."""
        one, is_noun, many = unit.partition("|")
        text = figure(shown(answer))
        if is_noun and is_first:
            text += f" {one if text == '1' else many}"
        elif unit and not is_noun:
            text += unit
        if self.by_day:
            return f"{text} on {long_day(answer.period_end)}"
        return f"{text} {period_in_words(answer, self.words)}"


class Periods:
    """Periods in a sentence: `{periods:figure|figures}` is `figures for 2014/15 and 2015/16`."""

    def __init__(self, answers: Sequence[Answer]) -> None:
        self.answers = answers

    def __format__(self, noun: str) -> str:
        one, _, many = noun.partition("|")
        periods = periods_listed(self.answers)
        return f"{one if len(self.answers) == 1 else many} for {periods}" if noun else periods


class Count:
    """A number with its noun: `{late:working day|working days}` is `3 working days`."""

    def __init__(self, number: float) -> None:
        self.number = number

    def __format__(self, noun: str) -> str:
        one, _, many = noun.partition("|")
        text = figure(int(self.number) if self.number == int(self.number) else self.number)
        return f"{text} {one if self.number == 1 else many}".strip()


def listed(texts: Sequence[str]) -> str:
    """`one, two and three`."""
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))


def periods_listed(answers: Sequence[Answer]) -> str:
    """`2008/09 to 2013/14 and 2016/17`: three and more that follow each other are said by their
    ends."""
    runs: list[list[str]] = []
    orders = {each.period_order: each.period_name for each in answers}
    for order, name in sorted(orders.items()):
        if order - 1 in orders:
            runs[-1].append(name)
        else:
            runs.append([name])
    return listed([text for run in runs for text in _run(run)])


def _run(names: list[str]) -> list[str]:
    return names if len(names) < LONG_RUN else [f"{names[0]} to {names[-1]}"]


def period_in_words(answer: Answer, words: Words) -> str:
    """`in 2017/18`, by the pattern of its basis."""
    pattern = words[f"period:{answer.period_basis}"]
    return filled("period_bases.csv", pattern, {"period": answer.period_name})


def is_number(answer: Answer) -> bool:
    """Whether a number or a range stands there, and no marker."""
    return answer.is_range or not isinstance(shown(answer), str)


def sentence(answers: Sequence[Answer], table: Table, words: Words) -> str:
    """What was counted, in words: a sentence for the numbers of one measure, one for each marker.

    Args:
        answers: of one measure without a breakdown, one a period.
        table: that they belong to.
        words: of the response.
    """
    numbers = [each for each in answers if is_number(each)]
    lacking = " ".join(lacking_sentences(answers, words))
    if not numbers:
        return f"{answers[0].heading}{of_whom(table)}{table.by}: {lacking[0].lower()}{lacking[1:]}"
    values = {
        "children": words["letter:children"] + of_whom(table),
        "heading": answers[0].heading,
        **_figures(numbers, words),
    }
    pattern = words.get(f"sentence:{answers[0].measure}") or "{heading}: {figures}."
    text = filled("measures.csv, sentence", pattern, values)
    if "{children}" not in pattern:
        text = f"{text.removesuffix('.')}{of_whom(table)}."
    return f"{text[0].upper()}{text[1:]} {lacking}".strip()


def of_whom(table: Table) -> str:
    """` (sex: Female; age: 16 or 17)` for what is counted; empty for all children."""
    conditions = (each[0].lower() + each[1:] for each in table.population.split("; ") if each)
    return f" ({'; '.join(conditions)})" if table.population else ""


def short_sentence(answers: Sequence[Answer], words: Words) -> str:
    """The numbers alone, as an answer right beneath the question that names what was counted."""
    numbers = [each for each in answers if is_number(each)]
    lacking = " ".join(lacking_sentences(answers, words))
    if not numbers:
        return lacking
    pattern = words.get(f"sentence:{answers[0].measure}") or ""
    place = re.search(r"\{(figures|last_days)[^}]*\}", pattern)
    values = _figures(numbers, words)
    said = filled("measures.csv, sentence", place[0] if place else "{figures}", values)
    return f"{said}. {lacking}".strip()


def _figures(numbers: Sequence[Answer], words: Words) -> dict[str, object]:
    """The names by which a sentence calls for its figures."""
    return {
        "figures": Figures(numbers, words),
        "last_days": Figures(numbers, words, by_day=True),
    }


def lacking_sentences(answers: Sequence[Answer], words: Words) -> Iterator[str]:
    """For which periods a figure is withheld, not held, or does not apply."""
    by_marker: dict[str, list[Answer]] = {}
    for each in answers:
        if not is_number(each):
            by_marker.setdefault(str(shown(each)), []).append(each)
    for marker, found in sorted(by_marker.items()):
        pattern = words[f"letter:figures_{marker[1]}"]
        yield filled("letter_texts.csv", pattern, {"periods": Periods(found)})


def filled(where: str, pattern: str, values: Mapping[str, object]) -> str:
    """A text of a rule seed with its names in braces filled in.

    Raises:
        DataFault: it names something that there is not, or a brace stands alone.
    """
    try:
        return pattern.format_map(values)
    except (KeyError, ValueError, IndexError, AttributeError, TypeError) as problem:
        raise DataFault(
            f"seeds/rules/{where}: “{pattern}” cannot be filled in ({problem}); it may name "
            f"{', '.join(sorted(values))}, in braces."
        ) from None
