"""Says beneath an answer why it must not be compared across a change of definition."""

from collections.abc import Iterator, Sequence

from missing_from_care.base.texts import long_day
from missing_from_care.documents.letter.sentences import filled, is_number, period_in_words
from missing_from_care.documents.statements import is_not_held
from missing_from_care.response.answers import Answer, Change, Response, Table
from missing_from_care.response.layout import OF_THE_PERIOD, figure, shown


def break_sentences(
    table: Table, response: Response, explained: dict[Change, list[str]]
) -> Iterator[str]:
    """The warnings that belong beneath the answers of a table.

    Args:
        table: the answers.
        response: with the changes of definition.
        explained: for each change the questions that were warned already, of which the first has
            the reason; it grows.
    """
    for change in response.changes:
        if answers := across(change, table):
            warned = explained.setdefault(change, [])
            if table.question_no not in warned:
                warned.append(table.question_no)
                yield _warning(answers, table, change, response, warned[0])
                if len(warned) == 1 and has_closer(answers[0].measure, table):
                    yield response.words["letter:closer"]


def across(change: Change, table: Table) -> list[Answer]:
    """The answers of a table that depend on the definition, if it changed between them."""
    answers = [
        each
        for each in table.answers
        if (each.by_definition or each.breakdown == "counts_as") and not is_not_held(each)
    ]
    is_before = any(each.period_start < change.day for each in answers)
    return answers if is_before and any(e.period_end >= change.day for e in answers) else []


def _warning(
    answers: Sequence[Answer],
    table: Table,
    change: Change,
    response: Response,
    explained_in: str,
) -> str:
    """`Do not compare 843 with 43: …`; in later questions without the reason."""
    words = response.words
    of_first = [each for each in answers if each.measure == answers[0].measure]
    before = [each for each in of_first if each.period_end < change.day]
    after = [each for each in of_first if each.period_end >= change.day]
    day = long_day(change.day)
    is_mixed = bool(after) and after[0].period_start < change.day
    # A table of months or quarters has the day of the change between two rows.
    is_mixed = is_mixed and answers[0].breakdown not in OF_THE_PERIOD
    after_text = f"figures for {after[0].period_name}" if is_mixed else f"figures from {day} on"
    before_text = "earlier ones"
    is_said = not table.breakdown and answers[0].measure == table.answers[0].measure
    if is_said and before and after and is_number(before[-1]) and is_number(after[0]):
        after_text, before_text = figure(shown(after[0])), figure(shown(before[-1]))
    values = {
        "after": after_text,
        "before": before_text,
        "reason": filled("definitions.csv, change", change.reason, {"day": day}),
        "question_no": explained_in,
        "in_period": period_in_words(after[0], words) if after else "",
    }
    kind = "mixed" if is_mixed and not before else "do_not_compare"
    if explained_in != table.question_no:
        kind += "_again"
    return filled("letter_texts.csv", words[f"letter:{kind}"], values)


def has_closer(measure: str, table: Table) -> bool:
    """Whether a table has missing and absent together beside a measure of missing."""
    return any(each.measure == f"{measure}_or_absent" for each in table.answers)
