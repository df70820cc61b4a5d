"""The largest of what is counted is one child's number, so it has a rule of its own.

It is shown only where a group reached its band: more children than the policy's group size were
missing for as long. And a largest number that is withheld must not follow from the others: the
whole's is the largest of its parts'.
"""

from collections.abc import Mapping, Set
from dataclasses import replace

import duckdb

from missing_from_care.base.faults import ProtectionFault
from missing_from_care.disclosure.figures import Figure, in_words
from missing_from_care.disclosure.forms import Form, form_of, is_maximum
from missing_from_care.disclosure.relations import model_of
from missing_from_care.disclosure.rules import Codes, Rules
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
    hidden = values.keys() - _reached_by_a_group(values, forms, rules, warehouse)
    hidden |= {
        each
        for each in values
        if each in known.withheld
        or replace(each, measure=rules.derived[each.measure].numerator) in withheld
    }
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
    for whole in forms.keys() - hidden:
        parts = [each for each in forms if each != whole and forms[each].within(forms[whole])]
        is_reached = any(each not in hidden and values[each] == values[whole] for each in parts)
        for part in hidden.intersection(parts):
            least = max(
                (values[each] for each in forms.keys() - hidden if forms[each].within(forms[part])),
                default=-1,
            )
            if not is_reached or least == values[whole]:
                found.add(whole)
    return found


def _reached_by_a_group(
    values: Mapping[Figure, float],
    forms: Mapping[Figure, Form],
    rules: Rules,
    warehouse: duckdb.DuckDBPyConnection,
) -> set[Figure]:
    """Those whose band more children reached than the policy's group size says."""
    groups: dict[Figure, Form] = {}
    for figure, form in forms.items():
        if band := _band(values[figure], rules):
            where = tuple(sorted((dict(form.event.where) | {"duration": band}).items()))
            event = replace(form.event, where=where)
            groups[figure] = replace(form, unit="children", event=event)
    model = model_of(groups.values(), rules, warehouse)
    found = set()
    for figure, group in groups.items():
        policy = rules.policies.get(figure.measure) or rules.policies["all"]
        if model.value(group) > policy.group_size:
            found.add(figure)
    return found


def _band(days: float, rules: Rules) -> Codes:
    """The smallest band of the seed in which a duration lies; empty if there is none."""
    bands = [
        codes
        for (breakdown, _), (factor, codes) in rules.elements.items()
        if breakdown == "duration_band"
        for low, high in (rules.bounds.get((factor, code), (1, 0)) for code in codes)
        if low <= days <= high
    ]
    return min(bands, key=len, default=frozenset())
