"""Says figures in sentences, by the patterns of the rule seeds."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from missing_from_care.faults import DataFault
from missing_from_care.response.answers import Answer, Table
from missing_from_care.response.layout import figure, shown

Words = Mapping[str, str]


class Figures:
    """Figures of one measure, in a sentence: `6 occasions in 2014/15 and 107 in 2015/16`.

    A pattern names the unit after a colon: `{figures:occasion|occasions}` for one and several,
    `{figures:%}` for what follows each number.
    """

    def __init__(self, answers: Sequence[Answer], words: Words) -> None:
        self.answers, self.words = answers, words

    def __format__(self, unit: str) -> str:
        said = [self.said(each, unit, index == 0) for index, each in enumerate(self.answers)]
        return " and ".join(filter(None, (", ".join(said[:-1]), said[-1])))

    def said(self, answer: Answer, unit: str, is_first: bool) -> str:
        """One figure with its period; the first names the unit."""
        value = shown(answer)
        one, is_noun, many = unit.partition("|")
        is_marker = isinstance(value, str) and not answer.is_range
        text = figure(value)
        if is_noun and is_first:
            text += f" {one if text == '1' else many}"
        elif unit and not is_noun and not is_marker:
            text += unit
        if is_marker:
            meaning, _, _ = self.words[f"letter:shorthand_{text[1]}"].partition(":")
            text += f" ({meaning})"
        pattern = self.words[f"period:{answer.period_basis}"]
        text += " " + filled("period_bases.csv", pattern, {"period": month_named(answer.period)})
        is_break = answer.marker == "[b]" and len(self.answers) > 1
        return f"{text} [b]" if is_break else text


def month_named(period: str) -> str:
    """`May 2017` for the period 2017-05; other periods as they are."""
    if re.fullmatch(r"\d{4}-\d{2}", period):
        return f"{date.fromisoformat(f'{period}-01'):%B %Y}"
    return period


def sentence(answers: Sequence[Answer], table: Table, words: Words) -> str:
    """What was counted, in words: one sentence for one measure.

    Args:
        answers: of one measure without a breakdown, one a period.
        table: that they belong to.
        words: of the response.
    """
    children = words["letter:children"]
    if table.population:
        conditions = (each[0].lower() + each[1:] for each in table.population.split("; "))
        children += f" ({'; '.join(conditions)})"
    values = {
        "children": children,
        "figures": Figures(answers, words),
        "heading": answers[0].heading,
    }
    pattern = words.get(f"sentence:{answers[0].measure}") or "{heading}: {figures}."
    text = filled("measures.csv, sentence", pattern, values)
    return text[0].upper() + text[1:]


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
