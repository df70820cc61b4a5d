"""What counts see of each child that is there, by the plain evaluation: the attacker is told truth.

So his beliefs can be tested: each child must be one that he thinks possible.
"""

from collections import Counter
from collections.abc import Iterable

from plain_answers import (
    CHILDREN_OF,
    IS_COUNTED,
    TIMES,
    Categories,
    Period,
    bands_of,
    care_days_of,
    cases_of,
    days_between,
)
from plain_count import Returns
from published_figures import OCCASIONS_OF, Condition, Count

assert {name: base for name, (base, least) in OCCASIONS_OF.items() if least == 1} == CHILDREN_OF


def _fits(categories: Categories, conditions: Iterable[Condition]) -> bool:
    return all(which.intersection(categories[name]) for name, which in conditions if name != TIMES)


def seen_of_each(count: Count, returns: Returns) -> Counter[str]:
    """What a count sees of each child."""
    period = Period(count.first, count.last, is_snapshot=count.is_snapshot)
    if count.is_of_care:
        days = care_days_of(period, "all", returns)
        is_at_end = count.measure.endswith("_at_end")
        chosen = [day for day in days if _fits(day.categories, count.conditions)]
        return Counter({day.child: 1 for day in chosen if day.is_at_end or not is_at_end})
    of_others = any(name == "care" for name, _ in count.conditions)
    cases = cases_of(period, "all", returns, of_others)
    if not of_others:
        assert all(case.categories["care"] == ("looked_after",) for case in cases)
    cases = [case for case in cases if _fits(case.categories, count.population)]
    times = Counter(case.child for case in cases if case.is_missing)
    measure, least = OCCASIONS_OF.get(count.measure, (count.measure, 0))
    seen: Counter[str] = Counter()
    for case in cases:
        bands = [name for name, which in count.bands if not _in_band(times[case.child], which)]
        if bands or not IS_COUNTED[measure](case):
            continue
        if count.row and not _fits(case.categories, [count.row]):
            continue
        lasted = days_between(case.occasion, case.occasion.ended_on)
        if count.longer_than is None or (lasted is not None and lasted > count.longer_than):
            seen[case.child] += 1
    return Counter({child: 1 for child in seen if seen[child] >= least}) if least else seen


def _in_band(number: int, which: frozenset[str]) -> bool:
    return bool(which.intersection(bands_of(TIMES, number)))


def kinds_there(
    counts: Iterable[Count], worlds: Iterable[Returns]
) -> list[Counter[tuple[int, ...]]]:
    """How many children there are of each kind that figures see, in each world."""
    found = []
    for returns in worlds:
        seen = [seen_of_each(count, returns) for count in counts]
        children = {child for each in seen for child in each}
        found.append(Counter(tuple(each[child] for each in seen) for child in sorted(children)))
    return found
