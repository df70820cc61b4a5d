"""The largest of what is counted is one child's number, so it has a rule of its own.

It is shown only where a group reached its band: more children than the policy's group size were
missing for as long. And a largest number that is withheld must not follow from the others: the
whole's is the largest of its parts'.
"""

from collections.abc import Set
from dataclasses import replace

import duckdb

from missing_from_care.disclosure.figures import Figure, in_words
from missing_from_care.disclosure.forms import form_of, is_maximum
from missing_from_care.disclosure.relations import model_of
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.statement import Known
from missing_from_care.faults import ProtectionFault


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
    values = {figure: value for figure, value in known.printed.items() if is_maximum(figure, rules)}
    hidden = {each for each in values if not _is_reached_by_a_group(each, values, rules, warehouse)}
    hidden |= {each for each in values if _is_withheld(each, withheld, rules)}
    forms = {each: form_of(each, rules) for each in values}
    hidden |= {each for each in values if each in known.withheld}
    hidden -= known.shown
    while more := _giving_away(values, forms, hidden):
        for each in sorted(more & known.shown):
            raise ProtectionFault(
                f"{in_words(each, rules)} was released, and gives away one child's number that "
                "this response withholds. Leave the table of the largest numbers out."
            )
        hidden |= more
    return hidden


def _giving_away(values, forms, hidden: set[Figure]) -> set[Figure]:
    """Shown largest numbers of wholes that nothing shown within them reaches."""
    found = set()
    for whole in values.keys() - hidden:
        within = [
            each
            for each in values
            if each != whole and forms[each] and forms[whole] and forms[each].within(forms[whole])
        ]
        is_reached = any(each not in hidden and values[each] == values[whole] for each in within)
        if hidden.intersection(within) and not is_reached:
            found.add(whole)
        for part in hidden.intersection(within):
            below = [
                values[each]
                for each in values.keys() - hidden
                if forms[each] and forms[each].within(forms[part])
            ]
            if max(below, default=-1) == values[whole]:
                found.add(whole)
    return found


def _is_withheld(figure: Figure, withheld: Set[Figure], rules: Rules) -> bool:
    base = rules.derived[figure.measure].numerator
    return replace(figure, measure=base) in withheld


def _is_reached_by_a_group(
    figure: Figure,
    values,
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
) -> bool:
    """Whether more children than the policy's group size were missing as long as its band says."""
    policy = rules.policies.get(figure.measure) or rules.policies["all"]
    codes = [
        codes
        for (breakdown, _), (factor, codes) in rules.elements.items()
        if breakdown == "duration_band"
        and any(
            low <= values[figure] <= high
            for low, high in (
                rules.bounds[factor, code] for code in codes if (factor, code) in rules.bounds
            )
        )
    ]
    form = form_of(figure, rules)
    if not codes or form is None:
        return False
    band = min(codes, key=len)
    where = tuple(sorted({**form.event.factors, "duration": band}.items()))
    group = replace(form, unit="children", event=replace(form.event, where=where))
    model = model_of([group], rules, warehouse)
    return sum(model.values[at] for at, _ in model.sums[group]) > policy.group_size
