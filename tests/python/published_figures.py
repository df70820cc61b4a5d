"""What a reader of published responses knows, as facts about counts, and what must not follow.

A count is told by what the rule seeds say that a figure counts; nothing here is the program's.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from missing_from_care.response.answers import Answer, Response
from plain_answers import BREAKDOWNS, CATEGORIES, MEASURES, OF_THE_PERIOD, PLACE, TIMES, seed

INTERVIEW = {
    "occasions_hurt": lambda flags: "harmed" in flags,
    "occasions_sexually_harmed": lambda flags: "sexual_harm" in flags,
    "occasions_drug_sale": lambda flags: "drug_sale" in flags,
    "occasions_crime": lambda flags: "crime" in flags,
    "occasions_any_harm": lambda flags: bool(
        flags & {"harmed", "sexual_harm", "drug_sale", "crime"}
    ),
    "occasions_with_interview": lambda flags: "completed" in flags,
    "occasions_without_interview": lambda flags: "completed" not in flags,
    "occasions_interview_offered": lambda flags: bool(flags & {"completed", "declined", "awaited"}),
    "occasions_interview_declined": lambda flags: "declined" in flags,
    "occasions_interviewed_within_72_hours": lambda flags: "within_72_hours" in flags,
}
OCCASIONS_OF = {
    "children_missing": ("occasions_missing", 1),
    "children_missing_more_than_once": ("occasions_missing", 2),
    "children_absent": ("occasions_absent", 1),
    "children_missing_or_absent": ("occasions_missing_or_absent", 1),
}
IN_CARE = ("children_looked_after", "children_looked_after_at_end")
POLICY = {row["applies_to"]: row for row in seed("suppression_policy")}
# Breakdowns of which the policy says that all of a small group are withheld.
GROUPED = ("ethnic_group", "legal_status", "trafficking_concern", "exploitation_concern")
RATIOS = {row["measure"]: row for row in seed("derived_measures") if row["scale"]}
# Who does not ask for others asks for looked-after children.
LOOKED_AFTER = ("care", frozenset(["looked_after"]))
LONGEST = "longest_duration_days"
UNLIMITED = 10**7


class Contradiction(Exception):
    """No world gives all these figures."""


class TooManyKinds(Exception):
    """The figures tell so much apart that the attacker gives up."""


Condition = tuple[str, frozenset[str]]


@dataclass(frozen=True)
class Count:
    """What a figure counts.

    Attributes:
        measure: of the seed `measures`, no ratio and no maximum.
        population: breakdown and categories of each condition.
        row: the breakdown's own condition; times missing are counted without it.
        first, last: of the period; the same day for a snapshot.
        longer_than: only occasions that ended and lasted more days than this.
    """

    measure: str
    first: date
    last: date
    is_snapshot: bool = False
    population: frozenset[Condition] = frozenset()
    row: Condition | None = None
    longer_than: int | None = None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Those of the population and of the row."""
        return (*sorted(self.population, key=str), *([self.row] if self.row else []))

    @property
    def is_of_care(self) -> bool:
        """Whether it counts children by their days in care."""
        return self.measure in IN_CARE

    @property
    def bands(self) -> tuple[Condition, ...]:
        """The conditions on how often a child was missing."""
        return tuple(each for each in self.conditions if each[0] == TIMES)

    def named(self) -> str:
        """In words, for a message."""
        said = [f"{name}={'/'.join(sorted(which))}" for name, which in self.conditions]
        more = [f"more than {self.longer_than} days"] if self.longer_than is not None else []
        return " ".join([self.measure, f"{self.first}..{self.last}", *said, *more])


def _category(breakdown: str, text: str) -> str:
    """A category as the seeds write it; a register may write `2017/18q1`."""
    is_quarter = breakdown.strip() == "quarter"
    return f"{text.strip()[:7]} {text.strip()[-2:].upper()}" if is_quarter else text.strip()


def count_of(
    measure: str, first: date, last: date, is_snapshot: bool, population: str, row: Condition | None
) -> Count | None:
    """The count of an answer; None if nothing can be in it."""
    pairs = [] if population == "all" else [each.partition(":") for each in population.split("&")]
    conditions = [
        (name.strip(), frozenset(_category(name, each) for each in which.split("|")))
        for name, _, which in pairs
    ]
    if measure.startswith("uasc_children"):
        measure = measure.replace("uasc_children", "children_looked_after")
        conditions.append(("uasc", frozenset(["yes"])))
    every = conditions + ([row] if row and row[0] != "none" else [])
    if any(name in PLACE and PLACE[name] not in which for name, which in every):
        return None
    of_care = [which for name, which in every if name == "care"]
    if of_care and not frozenset.intersection(*of_care):
        return None
    picks_children = any(name == TIMES for name, _ in conditions)
    is_row = bool(row) and picks_children and row[0] not in (TIMES, "none", *PLACE)
    kept = frozenset(
        each
        for each in (conditions if is_row else every)
        if each[0] not in PLACE and each != LOOKED_AFTER
    )
    if is_row and row[0] == "care":
        # How often a child was missing is counted in all rows together.
        kept |= {("care", frozenset(row["category"] for row in CATEGORIES["care"]))}
    if measure.endswith("_at_end"):
        first = last
    return Count(measure, first, last, is_snapshot, kept, row if is_row else None)


Form = tuple[tuple[Count, int], ...]


@dataclass(frozen=True)
class Fact:
    """What a reader knows: a sum of counts lies between two numbers."""

    form: Form
    low: int
    high: int


@dataclass(frozen=True)
class Target:
    """What a reader must not find out.

    Attributes:
        form: a sum of counts.
        width: how far apart the least and the most must be.
        lowest, highest: a number is small if it lies between.
        reason: `withheld`, `unprinted` (what is left of a figure, or what a ratio is of),
            `behind a band` (the children of occasions shown), `whole group`, `longest`.
    """

    form: Form
    width: int
    lowest: int
    highest: int
    reason: str
    name: str


@dataclass(frozen=True)
class Finding:
    """What the attacker found out of a target: `leak`, `protected`, `idle` or `undecided`."""

    target: Target
    verdict: str
    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.verdict}: {self.target.reason}, {self.target.name}: {self.low}..{self.high}"


@dataclass
class Puzzle:
    """Everything that was published, as facts about counts, and what must not follow."""

    facts: list[Fact] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)

    def counts(self) -> list[Count]:
        """Every count of facts and targets, once."""
        forms = [each.form for each in (*self.facts, *self.targets)]
        return list(dict.fromkeys(count for form in forms for count, _ in form))


def policy(measure: str) -> dict[str, str]:
    """The row of the suppression policy for a measure."""
    return POLICY.get(measure, POLICY["all"])


def counts_of(answer: Answer) -> list[Count] | None:
    """The count of an answer, of a ratio numerator and denominator; None if it is empty."""
    row = None if answer.breakdown == "none" else (answer.breakdown, frozenset([answer.category]))
    names = [answer.measure]
    if answer.measure in RATIOS:
        names = [RATIOS[answer.measure][key] for key in ("numerator", "denominator")]
    if answer.measure == LONGEST:
        names = ["occasions_found"]
    is_snapshot = answer.period_basis == "snapshot"
    span = (answer.period_start, answer.period_end, is_snapshot)
    found = [count_of(name, *span, answer.population, row) for name in names]
    return None if None in found else found


def puzzle(responses: Iterable[Response], known: Iterable[Fact] = ()) -> Puzzle:
    """What responses as published tell, and what they must not."""
    asked = Puzzle(list(known))
    answers = [
        answer for response in responses for table in response.tables for answer in table.answers
    ]
    longest: list[tuple[Answer, Count]] = []
    for answer in answers:
        if answer.marker == "[x]" or not applies(answer):
            continue
        counts = counts_of(answer)
        if counts is None:
            continue
        if answer.measure == LONGEST:
            longest.append((answer, counts[0]))
        elif answer.measure in RATIOS:
            asked.facts += ratio_facts(answer, *counts)
            asked.targets += [
                target((count, 1), "unprinted", policy(count.measure)) for count in counts
            ]
        else:
            asked.facts.append(Fact(((counts[0], 1),), *between(answer)))
            if answer.is_withheld:
                asked.targets.append(target((counts[0], 1), "withheld", policy(answer.measure)))
    asked.facts, more = asked.facts + longest_facts(longest), longest_targets(longest)
    shown = {
        fact.form[0][0]: fact
        for fact in asked.facts
        if len(fact.form) == 1 and fact.form[0][1] == 1
    }
    asked.targets += more + unprinted(shown) + whole_groups(shown)
    printed = {fact.form for fact in asked.facts if fact.low == fact.high}
    withheld = {each.form for each in asked.targets if each.reason == "withheld"}
    asked.targets = [
        each
        for each in dict.fromkeys(asked.targets)
        if each.reason == "withheld" or each.form not in printed | withheld
    ]
    return asked


def applies(answer: Answer) -> bool:
    """Whether the measure has the breakdown and conditions; without, its figure is `[z]`."""
    words = [answer.breakdown]
    if answer.population != "all":
        words += [each.partition(":")[0] for each in answer.population.split("&")]
    is_of_care = MEASURES[answer.measure]["counts"] in ("care", "both")
    return not is_of_care or all(BREAKDOWNS[word]["applies_to_care"] == "true" for word in words)


def between(answer: Answer) -> tuple[int, int]:
    """What an answer says of its count.

    A marker stands for anything but zero, if it is not by what the policy says of whole groups.
    """
    if not answer.is_withheld:
        return (
            (int(answer.value), int(answer.value)) if answer.value is not None else (0, UNLIMITED)
        )
    low, high = getattr(answer, "low", None), getattr(answer, "high", None)
    words = {answer.breakdown, *re.findall(r"(\w+):", answer.population)}
    least = 0 if words.intersection(GROUPED) else 1
    return (least if low is None else int(low), UNLIMITED if high is None else int(high))


def target(term: tuple[Count, int], reason: str, row: dict[str, str], *more: tuple) -> Target:
    """A count that must not be worked out, by a row of the policy."""
    width, lowest, highest = (
        int(row[key] or POLICY["all"][key])
        for key in ("range_width", "lowest_withheld", "highest_withheld")
    )
    name = " less ".join(count.named() for count, _ in (term, *more))
    return Target((term, *more), width, lowest, highest, reason, name)


def ratio_facts(answer: Answer, above: Count, below: Count) -> list[Fact]:
    """A quotient to one decimal, halves up, as two inequalities; none of nothing is nothing."""
    if answer.is_withheld:
        return [Fact(((below, 1),), 1, UNLIMITED)]
    if answer.value is None:
        return [Fact(((below, 1),), 0, 0)]
    tenths = round(answer.value * 10)
    scale = int(RATIOS[answer.measure]["scale"]) * 20
    return [
        Fact(((below, 1),), 1, UNLIMITED),
        Fact(((above, scale), (below, 1 - 2 * tenths)), 0, UNLIMITED),
        Fact(((above, scale), (below, -1 - 2 * tenths)), -UNLIMITED, -1),
    ]


def longest_facts(longest: Sequence[tuple[Answer, Count]]) -> list[Fact]:
    """No occasion lasted longer, and one as long."""
    facts = []
    for answer, found in longest:
        if answer.value is None:
            low, high = (1, UNLIMITED) if answer.is_withheld else (0, 0)
            facts.append(Fact(((found, 1),), low, high))
            for side, edge in (("low", 0), ("high", 1)):
                limit = getattr(answer, side, None)
                if limit is not None:
                    above = replace(found, longer_than=int(limit) - 1 + edge)
                    facts.append(Fact(((above, 1),), 1 - edge, 0 if edge else UNLIMITED))
            continue
        days = int(answer.value)
        facts.append(Fact(((replace(found, longer_than=days), 1),), 0, 0))
        facts.append(Fact(((replace(found, longer_than=days - 1), 1),), 1, UNLIMITED))
    return facts


def longest_targets(longest: Sequence[tuple[Answer, Count]]) -> list[Target]:
    """That a longest duration that is withheld is one of those shown.

    It is if no occasion may have lasted longer, and one must have lasted as long: two counts, of
    which the first must be able to be other than zero or the second to be zero.
    """
    shown = sorted({int(answer.value) for answer, _ in longest if answer.value is not None})
    targets = []
    for answer, found in longest:
        if not answer.is_withheld:
            continue
        for days in shown:
            longer = replace(found, longer_than=days)
            as_long = replace(found, longer_than=days - 1)
            name = f"{found.named()} longest is {days} days"
            targets.append(Target(((longer, 1), (as_long, 0)), 1, 0, 0, "longest", name))
    return targets


def unprinted(shown: dict[Count, Fact]) -> list[Target]:
    """What is left of a figure: of a breakdown, of a measure, and the children behind a band."""
    targets = []
    for count in shown:
        for name in {name for other in shown for name, _ in other.conditions}:
            if name in (TIMES, *OF_THE_PERIOD, "care") or count.row:
                continue
            if name in dict(count.conditions):
                continue
            named = {
                which
                for other in shown
                for whose, which in other.population
                if whose == name
                and other.row is None
                and replace(other, population=other.population - {(name, which)}) == count
            }
            every = {row["category"] for row in CATEGORIES[name]}
            rest = frozenset(every.difference(*named))
            if named and rest:
                left = replace(count, population=count.population | {(name, rest)})
                targets.append(target((left, 1), "unprinted", policy(count.measure)))
        of_all = dict(count.population).get("care", ())
        if len(of_all) > 1 and not count.row:
            without = count.population - {("care", of_all)}
            if replace(count, population=without) in shown:
                others = ("care", of_all - LOOKED_AFTER[1])
                left = replace(count, population=without | {others})
                targets.append(target((left, 1), "unprinted", policy(count.measure)))
        for whole, part, left in (
            ("occasions_missing_or_absent", "occasions_missing", "occasions_absent"),
            ("occasions_missing_or_absent", "occasions_absent", "occasions_missing"),
            ("occasions_missing", "occasions_found", "occasions_still_missing"),
            ("occasions_found", "occasions_with_interview", "occasions_without_interview"),
        ):
            if count.measure == whole and replace(count, measure=part) in shown:
                targets.append(target((replace(count, measure=left), 1), "unprinted", policy(left)))
        if count.bands and count.measure == "occasions_missing":
            behind = replace(count, measure="children_missing")
            targets.append(target((behind, 1), "behind a band", policy(behind.measure)))
    return [each for each in targets if each.form[0][0] not in shown]


def added_up(whole: Count, part: Count, shown: dict[Count, Fact]) -> Fact | None:
    """A whole that nothing prints, from all its parts of which one is given; None if one lacks."""
    taken = part.population - whole.population
    if part.measure != whole.measure or len(taken) != 1:
        return None
    (name, _) = next(iter(taken))
    if name == "care":
        return None
    every = [
        shown.get(replace(part, population=whole.population | {(name, frozenset([category]))}))
        for category in (row["category"] for row in CATEGORIES[name])
    ]
    if None in every:
        return None
    return Fact(((whole, 1),), max(each.low for each in every), sum(each.high for each in every))


def is_told_of_more(whole: Count, part: Count, size: int, shown: dict[Count, Fact]) -> bool:
    """Whether all of a larger group, which need not be protected, are printed to share the same."""
    taken = part.population - whole.population
    for count, fact in shown.items():
        larger = replace(count, population=count.population - taken)
        if (
            part.measure == whole.measure == count.measure
            and taken <= count.population
            and larger.population <= whole.population
            and dict(larger.conditions).get("care") == dict(whole.conditions).get("care")
            and larger.first <= whole.first
            and whole.last <= larger.last
            and larger.is_snapshot == whole.is_snapshot
            and (group := shown.get(larger) or added_up(larger, count, shown))
            and fact.low == fact.high == group.low == group.high > size
        ):
            return True
    return False


def whole_groups(shown: dict[Count, Fact]) -> list[Target]:
    """That all of a small group share what the policy protects."""
    targets = []
    for count in shown:
        pairs = []
        row = POLICY.get(count.measure)
        if count.measure in INTERVIEW and row:
            pairs.append((row, replace(count, measure="occasions_found")))
        is_of_children = count.measure == "children_missing" and row and not count.row
        if is_of_children and all(
            BREAKDOWNS[name]["applies_to_care"] == "true" for name, _ in count.conditions
        ):
            pairs.append((row, replace(count, measure="children_looked_after")))
        for condition in count.population:
            of_all = replace(count, population=count.population - {condition})
            # What a group is picked by, in its population or its row, is told of it already.
            if any(name == condition[0] for name, _ in of_all.conditions):
                continue
            if condition == ("uasc", frozenset(["yes"])) and count.measure in IN_CARE:
                pairs.append((POLICY["uasc_children"], of_all))
            if condition[0] in POLICY and condition[0] in GROUPED:
                pairs.append((POLICY[condition[0]], of_all))
        for row, of_all in pairs:
            if is_told_of_more(of_all, count, int(row["group_size"]), shown):
                continue
            group = shown.get(of_all) or added_up(of_all, count, shown)
            is_small = group and 0 < group.low <= group.high <= int(row["group_size"])
            if is_small and row["withholds_whole_group"] == "true":
                targets.append(
                    replace(
                        target((of_all, 1), "whole group", row, (count, -1)),
                        width=1,
                        lowest=0,
                        highest=0,
                    )
                )
    return targets
