"""The largest of what is counted is one child's number, so it has a rule of its own.

It is shown only where a group reached its band: more children than the policy's group size were
missing for as long. And a largest number that is withheld must not follow from the others: the
whole's is the largest of its parts'.
"""

from collections.abc import Mapping, Set
from dataclasses import replace

import duckdb

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.forms import Figure, Form, form_of, in_words, is_maximum
from missing_from_care.disclosure.relations import model_of
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.statement import Known


def largest_withheld(
    known: Known, withheld: Set[Figure], rules: Rules, warehouse: duckdb.DuckDBPyConnection
) -> set[Figure]:
    """The largest numbers of a response that are not shown.

    Args:
        known: what is or was published.
        withheld: the other figures that are not shown.
        rules: the rule seeds.
        warehouse: an open connection with the facts.

    Raises:
        ProtectionFault: one was released that gives another away.
    """
    values = {each: value for each, value in known.printed.items() if is_maximum(each, rules)}
    forms = {each: form for each in values if (form := form_of(each, rules))}
    # Those who were missing for as long as the smallest band of the seed says.
    groups = {
        figure: _within(form, band)
        for figure, form in forms.items()
        if (band := min(_bands(values[figure], rules), key=len, default=frozenset()))
    }
    model = model_of(groups.values(), rules, warehouse)
    hidden = set()
    for figure in values:
        policy = rules.policies.get(figure.measure) or rules.policies["all"]
        counted = replace(figure, measure=rules.derived[figure.measure].numerator)
        is_of_group = figure in groups and model.value(groups[figure]) > policy.group_size
        if not is_of_group or figure in known.withheld or counted in withheld:
            hidden.add(figure)
    hidden -= known.shown
    while more := _giving_away(values, forms, hidden) - hidden:
        for each in sorted(more & known.shown):
            raise ProtectionFault(
                f"{in_words(each, rules)} was released, and gives away one child's number that "
                "this response withholds. Leave the table of the largest numbers out."
            )
        hidden |= more
    return hidden


def _giving_away(
    values: Mapping[Figure, float], forms: Mapping[Figure, Form], hidden: set[Figure]
) -> set[Figure]:
    """Largest numbers that are shown and that tell a hidden one of a part."""
    found = set()
    shown = forms.keys() - hidden
    for whole in shown:
        parts = [each for each in forms if each != whole and forms[each].within(forms[whole])]
        is_reached = any(each in shown and values[each] == values[whole] for each in parts)
        for part in hidden.intersection(parts):
            within = (values[each] for each in shown if forms[each].within(forms[part]))
            if not is_reached or max(within, default=-1) == values[whole]:
                found.add(whole)
    return found


def _within(form: Form, band: frozenset[str]) -> Form:
    where = tuple(sorted((dict(form.event.where) | {"duration": band}).items()))
    return replace(form, unit="children", event=replace(form.event, where=where))


def _bands(days: float, rules: Rules) -> list[frozenset[str]]:
    """The bands of the seed in which a duration lies."""
    return [
        codes
        for (breakdown, _), (factor, codes) in rules.elements.items()
        if breakdown == "duration_band"
        for low, high in (rules.bounds.get((factor, code), (1, 0)) for code in codes)
        if low <= days <= high
    ]
