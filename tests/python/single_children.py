"""What the figures see of one child, as a model for a solver: the attacker's whole knowledge.

He knows what each figure counts (the rule seeds and the counting rules), and nothing of how the
program protects it. A child has a sex and an ethnic group, occasions and days in care; each
figure is a sum over children of what it sees of each. Time is cut at every day that a figure
names, and what no figure tells apart is one class.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations, pairwise, product
from random import Random

from ortools.sat.python import cp_model

from plain_answers import (
    BEFORE,
    CATEGORIES,
    OF_INTERVIEWS,
    OF_THE_PERIOD,
    PLACE,
    TIMES,
    seed,
    unit_named,
)
from published_figures import INTERVIEW, OCCASIONS_OF, Condition, Count, TooManyKinds

DAY = timedelta(days=1)
LONG_AGO = date(1980, 1, 1)
HOURS = "hours_band"
OF_THE_CHILD = ("sex", "ethnic_group")
OF_THE_DAY = (
    *("age", "placement_type", "legal_status", "uasc"),
    *("placement_area", "distance_band"),
)
FLAGS = (
    *("harmed", "sexual_harm", "drug_sale", "crime"),
    *("completed", "declined", "awaited", "within_72_hours"),
)
MOST_CLASSES = 40_000


def band_holds(breakdown: str, which: frozenset[str], number: int) -> bool:
    """Whether one of the categories has the number within its bounds."""
    return any(
        row["category"] in which
        and (row["lowest"] or row["highest"])
        and int(row["lowest"] or -(10**6)) <= number <= int(row["highest"] or 10**6)
        for row in CATEGORIES[breakdown]
    )


def ages() -> list[int | None]:
    """Before birth, each age under 18, 18 or over, not known."""
    return [*range(-1, 19), None]


def holds_on_day(condition: Condition, day_class: dict) -> bool:
    """Whether a condition on age, placement, legal status or asylum holds."""
    name, which = condition
    if name in ("age", "age_band"):
        age = day_class["age"]
        return "not_known" in which if age is None else band_holds(name, which, age)
    return day_class[name] in which


def definition_changes() -> list[tuple[date, tuple[str, ...]]]:
    """From which day on recorded words count as what, for the authority's own council."""
    meanings = {row["definition_id"]: row for row in seed("definitions")}
    found = []
    for row in seed("definition_by_year"):
        if row["la_code"] == PLACE["council"]:
            meant = meanings[row["definition_id"]]
            which = {meant["missing_counts_as"], meant["absent_counts_as"]}
            first = date.fromisoformat(row["valid_from"]) if row["valid_from"] else LONG_AGO
            found.append((first, tuple(sorted(which))))
    return sorted(found)


class SingleChild:
    """All that a list of counts can see of one child.

    Args:
        counts: what figures count.
        most_occasions: of one child.
        one_open: whether a child can have but one occasion that has not ended.
    """

    def __init__(self, counts: Iterable[Count], most_occasions: int, one_open: bool = True) -> None:
        self.counts = list(dict.fromkeys(counts))
        self.place = {count: number for number, count in enumerate(self.counts)}
        self.most_occasions = most_occasions
        self.one_open = one_open
        self.pieces = self._pieces()
        self.groups = self._groups()
        self.day_classes = self._day_classes()
        self._classify_care()
        self._classify_occasions()
        self._models: dict[int, tuple] = {}
        self._of_group: dict[tuple[str, ...], list[tuple]] = {}

    # --- What is told apart ------------------------------------------------------------------

    def _pieces(self) -> list[tuple[date, date, tuple[str, ...]]]:
        """Stretches of time that no figure cuts, with what an occasion can count as in them."""
        changes = definition_changes()
        snapshots = [each for each in self.counts if each.is_snapshot and not each.is_of_care]
        befores = [c for c in self.counts if any(name == BEFORE for name, _ in c.conditions)]
        edges = {LONG_AGO} if snapshots or befores else set()
        for count in self.counts:
            edges |= {count.first, count.last + DAY}
            for name, which in count.conditions:
                if name in OF_THE_PERIOD:
                    for unit in (unit_named(name, text) for text in which):
                        edges |= {unit.first, unit.last + DAY}
                if name == "duration_band" and count.is_snapshot:
                    for row in CATEGORIES[name]:
                        edges |= {count.last - int(row["lowest"] or 0) * DAY + DAY}
                        edges |= {count.last - int(row["highest"] or 0) * DAY}
        first = min(edges)
        last = max(count.last for count in self.counts)
        edges |= {day for day, _ in changes if first < day <= last}
        edges = sorted(day for day in edges if day <= last + DAY)
        pieces = []
        for start, after in pairwise(edges):
            meant = [which for day, which in changes if day <= start][-1]
            is_seen = any(count.first <= start <= count.last for count in self.counts)
            is_before = any(start < count.first for count in befores)
            if is_seen or is_before or any(start <= count.last for count in snapshots):
                pieces.append((start, after - DAY, meant))
        return pieces

    def _told_apart(self, values: Iterable, predicates: list[Callable]) -> list:
        """One value for each way in which the predicates can hold."""
        found = {}
        for value in values:
            found.setdefault(tuple(predicate(value) for predicate in predicates), value)
        return list(found.values())

    def _conditions(self, *names: str) -> list[Condition]:
        return list(
            dict.fromkeys(
                each for count in self.counts for each in count.conditions if each[0] in names
            )
        )

    def _groups(self) -> list[dict[str, str]]:
        """The child-level categories that the figures tell apart."""
        lists = []
        for name in OF_THE_CHILD:
            predicates = [
                (lambda value, which=which: value in which) for _, which in self._conditions(name)
            ]
            lists.append(
                self._told_apart([row["category"] for row in CATEGORIES[name]], predicates)
            )
        return [dict(zip(OF_THE_CHILD, values, strict=True)) for values in product(*lists)]

    def _day_classes(self) -> list[dict]:
        """Age, placement, legal status and asylum on a day, as far as told apart."""
        lists = []
        for name in OF_THE_DAY:
            names = ("age", "age_band") if name == "age" else (name,)
            values = ages() if name == "age" else [row["category"] for row in CATEGORIES[name]]
            if name == "uasc":
                values = ["yes", "no"]  # A figure that needs the return is not given without it.
            predicates = [
                (lambda value, each=each, name=name: holds_on_day(each, {name: value}))
                for each in self._conditions(*names)
            ]
            lists.append(self._told_apart(values, predicates))
        return [dict(zip(OF_THE_DAY, values, strict=True)) for values in product(*lists)]

    def _day_holds(self, count: Count, piece: tuple, day_class: dict) -> bool:
        """Whether the conditions on the day hold, months and quarters among them."""
        for name, which in count.conditions:
            if name in OF_THE_PERIOD:
                if not any(unit_named(name, text).holds(piece[0]) for text in which):
                    return False
            elif name in (*OF_THE_DAY, "age_band") and not holds_on_day((name, which), day_class):
                return False
        return True

    def _classify_care(self) -> None:
        """Classes of days in care, and of where a child is at the end of a day."""
        in_care = [count for count in self.counts if count.is_of_care]
        ends = sorted({count.last for count in in_care if count.measure.endswith("_at_end")})
        self.care_of_day: dict[tuple[int, int], frozenset[int]] = {}
        self.states: dict[date, list[tuple[frozenset[int], frozenset[int]]]] = {}
        for (number, piece), (kind, day_class) in product(
            enumerate(self.pieces), enumerate(self.day_classes)
        ):
            seen = frozenset(
                self.place[count]
                for count in in_care
                if not count.measure.endswith("_at_end")
                and count.first <= piece[0]
                and piece[1] <= count.last
                and self._day_holds(count, piece, day_class)
            )
            self.care_of_day[number, kind] = seen
            for end in ends:
                if piece[0] <= end <= piece[1]:
                    at_end = frozenset(
                        self.place[count]
                        for count in in_care
                        if count.measure.endswith("_at_end")
                        and count.last == end
                        and self._day_holds(count, piece, day_class)
                    )
                    states = self.states.setdefault(end, [])
                    if at_end and (at_end, seen) not in states:
                        states.append((at_end, seen))
        self.care = sorted({seen for seen in self.care_of_day.values() if seen}, key=sorted)

    def _classify_occasions(self) -> None:
        """Classes of occasions: which base counts each is in, and which care it needs."""
        counts = [count for count in self.counts if not count.is_of_care]
        self.bases: dict[Count, int] = {}
        self.bases_of: dict[Count, list[int]] = {}
        for count in counts:
            keys = self._base_keys(count)
            for key in keys:
                self.bases.setdefault(key, len(self.bases))
            self.bases_of[count] = [self.bases[key] for key in keys]
        self.occasions: list[tuple[frozenset[int], frozenset[int], bool, frozenset[date]]] = []
        if not counts:
            return
        snapshots = sorted({count.last for count in counts if count.is_snapshot})
        days = self._days(counts, snapshots)
        flags = self._flags(counts)
        others = self._others()
        told_apart = len(self.pieces) * len(self.day_classes) * len(days) * len(flags)
        if told_apart * len(others) > MOST_CLASSES:
            raise TooManyKinds
        found: dict[tuple, None] = {}
        for number, (start, last, meanings) in enumerate(self.pieces):
            for status, lasted, kind, other in product(
                meanings, days, range(len(self.day_classes)), others
            ):
                day_class = self.day_classes[kind]
                if (other["outcome_since"] == "found") != (lasted is not None):
                    continue
                is_in_care = other["care"] == "looked_after"
                if not is_in_care and not self._is_nowhere(day_class, other):
                    continue
                if not _hours_go_with(other["hours"], lasted):
                    continue
                if day_class["age"] is not None and day_class["age"] >= 18:
                    continue
                for open_on in self._open(start, last, lasted, snapshots):
                    for said in flags if lasted is not None else flags[:1]:
                        occasion = {"status": status, "days": lasted, **other}
                        occasion |= {"flags": said, "open_on": open_on}
                        seen = frozenset(
                            base
                            for key, base in self.bases.items()
                            if self._is_in(key, occasion, (start, last), day_class)
                        )
                        if seen:
                            care = self.care_of_day[number, kind] if is_in_care else frozenset()
                            found[seen, care, lasted is None, open_on] = None
        self.occasions = list(found)

    def _is_nowhere(self, day_class: dict, other: dict) -> bool:
        """Whether a child who is not looked after can be so: placement and care are not known."""
        days = other["days_in_care"]
        return other["outcome_since"] in ("found", "still_open") and all(
            ("not_known" in which)
            == (_in_care_for(which, days) if name == "time_in_care" else day_class[name] in which)
            for name, which in self._conditions(
                *("placement_type", "legal_status", "time_in_care"),
                *("placement_area", "distance_band"),
            )
        )

    @staticmethod
    def _base_keys(count: Count) -> list[Count]:
        """The occasions that a count is made of, and those whose number picks its children."""
        plain = replace(count, measure=OCCASIONS_OF.get(count.measure, (count.measure,))[0])
        bands = frozenset(each for each in count.population if each[0] == TIMES)
        row = None if count.row and count.row[0] == TIMES else count.row
        before = frozenset(each for each in (*count.population, row) if each and each[0] == BEFORE)
        row = None if row in before else row
        base = replace(plain, population=plain.population - bands - before, row=row)
        picking = replace(base, measure="occasions_missing", row=None, longer_than=None)
        earlier = replace(picking, first=LONG_AGO, last=count.first - DAY, population=frozenset())
        return [base, *[picking] * bool(count.bands), *[earlier] * bool(before)]

    def _days(self, counts: list[Count], snapshots: list[date]) -> list[int | None]:
        """Days that an occasion lasted, None if it has not ended, as far as told apart."""
        conditions = self._conditions("duration_band")
        since = self._conditions("outcome_since")
        longer = sorted({count.longer_than for count in counts if count.longer_than is not None})
        needs_end = [*INTERVIEW, "occasions_found", "occasions_still_missing"]
        in_hours = self._conditions(HOURS)
        is_told = (
            conditions
            or in_hours
            or since
            or longer
            or any(count.measure in needs_end for count in counts)
        )
        if not is_told:
            return [0, None] if snapshots else [0]
        limits = {
            int(row[key])
            for row in CATEGORIES["duration_band"]
            for key in ("lowest", "highest")
            if row[key]
        } | set(longer)
        for day, (start, last, _) in product(snapshots, self.pieces):
            limits |= {(day - start).days, (day - last).days}
        values = {max(0, limit + step) for limit in limits for step in (-1, 0, 1)}
        predicates: list[Callable] = [
            *((lambda value, w=w: _lasted(w, value)) for _, w in conditions),
            *((lambda value, n=n: value is not None and value > n) for n in longer),
            lambda value: value is None,
            *([lambda value: value is not None and min(value, 4)] if in_hours else []),
        ]
        for day, (start, last, _) in product(snapshots, self.pieces):
            for limit in ((day - start).days, (day - last).days):
                predicates.append(lambda value, n=limit: value is None or value > n)
        return self._told_apart([*sorted(values), None], predicates)

    def _others(self) -> list[dict]:
        """What is known since, days in care, hours missing, what interviews say: as told apart."""
        since = [row["category"] for row in CATEGORIES["outcome_since"]]
        predicates: list[Callable] = [lambda value: value == "found"]
        for _, which in self._conditions("outcome_since"):
            predicates.append(lambda value, which=which: value in which)
        hours = self._told_apart(
            [None, *range(97)],
            [
                (lambda value, which=which: value is not None and band_holds(HOURS, which, value))
                for _, which in self._conditions(HOURS)
            ]
            + [lambda value: value and (value - 1) // 24] * bool(self._conditions(HOURS)),
        )
        in_care = self._told_apart(
            [*range(33), None],
            [
                (lambda value, which=which: _in_care_for(which, value))
                for _, which in self._conditions("time_in_care")
            ],
        )
        names = [row["category"] for row in CATEGORIES["care"]]
        care_of_others = names if self._conditions("care") else names[:1]
        said = [
            self._told_apart(
                [row["category"] for row in CATEGORIES[name]],
                [
                    (lambda value, which=which: value in which)
                    for _, which in self._conditions(name)
                ],
            )
            for name in OF_INTERVIEWS
        ]
        return [
            {
                "outcome_since": one,
                "days_in_care": other,
                "hours": begun,
                "care": care,
                **dict(zip(OF_INTERVIEWS, words, strict=True)),
            }
            for one, other, begun, care, *words in product(
                self._told_apart(since, predicates), in_care, hours, care_of_others, *said
            )
        ]

    @staticmethod
    def _flags(counts: list[Count]) -> list[frozenset[str]]:
        """What interviews say of an occasion that has ended, as far as told apart."""
        used = [test for name, test in INTERVIEW.items() if any(c.measure == name for c in counts)]
        if not used:
            return [frozenset()]
        found = {}
        for size in range(len(FLAGS) + 1):
            for flags in map(frozenset, combinations(FLAGS, size)):
                if "within_72_hours" not in flags or "completed" in flags:
                    found.setdefault(tuple(test(flags) for test in used), flags)
        return list(found.values())

    @staticmethod
    def _open(
        start: date, last: date, lasted: int | None, snapshots: list[date]
    ) -> list[frozenset[date]]:
        """On which of the snapshots an occasion of this piece and length can be going on."""
        after = [day for day in snapshots if day >= last]
        if lasted is None:
            return [frozenset(after)]
        ways = []
        for size in range(len(after) + 1):
            # It goes on until it ends: open on the first few snapshots.
            is_long = all(start <= last and lasted > (day - last).days for day in after[:size])
            is_short = all(lasted <= (day - start).days for day in after[size : size + 1])
            if is_long and is_short:
                ways.append(frozenset(after[:size]))
        return ways

    def _is_in(self, base: Count, occasion: dict, piece: tuple, day_class: dict) -> bool:
        """Whether a base count has an occasion in it."""
        start, last = piece
        measure, lasted = base.measure, occasion["days"]
        if base.is_snapshot and base.last not in occasion["open_on"]:
            return False
        if not base.is_snapshot and not (base.first <= start and last <= base.last):
            return False
        if measure != "occasions_missing_or_absent":
            if occasion["status"] != ("absent" if measure == "occasions_absent" else "missing"):
                return False
            if measure == "occasions_still_missing" and not base.is_snapshot and lasted is not None:
                return False
            if measure in (*INTERVIEW, "occasions_found") and lasted is None:
                return False
            if measure in INTERVIEW and not INTERVIEW[measure](occasion["flags"]):
                return False
        if base.longer_than is not None and (lasted is None or lasted <= base.longer_than):
            return False
        if occasion["care"] != "looked_after" and "care" not in dict(base.conditions):
            return False
        for name, which in base.conditions:
            if name == "counts_as" and occasion["status"] not in which:
                return False
            if name in ("care", "outcome_since", *OF_INTERVIEWS) and occasion[name] not in which:
                return False
            if name == HOURS and not _lasted_hours(which, lasted, occasion["hours"]):
                return False
            if name == "time_in_care" and not _in_care_for(which, occasion["days_in_care"]):
                return False
            if name == "duration_band" and base.is_snapshot:
                if not band_holds(name, which, (base.last - last).days):
                    return False
            elif name == "duration_band" and not _lasted(which, lasted):
                return False
        return self._day_holds(base, (start, last), day_class)

    # --- One child ---------------------------------------------------------------------------

    def applies(self, count: Count, group: dict[str, str]) -> bool:
        """Whether a count has children of a group in it."""
        return all(group[name] in which for name, which in count.conditions if name in OF_THE_CHILD)

    def model(self, number: int) -> tuple[cp_model.CpModel, list]:
        """A solver's model of a child of one group, and what each count sees of it."""
        if number not in self._models:
            model = cp_model.CpModel()
            self._models[number] = (model, self.add_child(model, self.groups[number]))
        return self._models[number]

    def add_child(self, model: cp_model.CpModel, group: dict[str, str]) -> list:
        """Adds a child of a group to a model; returns an expression for each count."""
        most = self.most_occasions
        times = [model.new_int_var(0, most, "") for _ in self.occasions]
        model.add(sum(times) <= most)
        care = {seen: model.new_bool_var("") for seen in self.care}
        for number, (_, needed, _, _) in zip(times, self.occasions, strict=True):
            if needed:
                model.add(number <= most * care[needed])
        for states in self.states.values():
            at_end = [model.new_bool_var("") for _ in states]
            model.add_at_most_one(at_end)
            for each, (sees, needed) in zip(at_end, states, strict=True):
                care.setdefault((sees, needed), each)
                if needed:
                    model.add_implication(each, care[needed])
        if self.one_open:
            never_ended = [n for n, each in zip(times, self.occasions, strict=True) if each[2]]
            model.add(sum(never_ended) <= 1)
            for day in {day for each in self.occasions for day in each[3]}:
                going_on = [n for n, o in zip(times, self.occasions, strict=True) if day in o[3]]
                model.add(sum(going_on) <= 1)
        totals = [
            sum(number for number, each in zip(times, self.occasions, strict=True) if b in each[0])
            for b in range(len(self.bases))
        ]
        known: dict[tuple, object] = {}

        def within(base: int, allowed: list[int]) -> object:
            """Whether a total is one of the numbers allowed."""
            key = (base, tuple(allowed))
            if key not in known:
                known[key] = flag = model.new_bool_var("")
                domain = cp_model.Domain.from_values(allowed)
                other = cp_model.Domain(0, most).intersection_with(domain.complement())
                model.add_linear_expression_in_domain(totals[base], domain).only_enforce_if(flag)
                model.add_linear_expression_in_domain(totals[base], other).only_enforce_if(~flag)
            return known[key]

        def both(one: object, other: object) -> object:
            flag = model.new_bool_var("")
            model.add_bool_and(one, other).only_enforce_if(flag)
            model.add_bool_or(~one, ~other).only_enforce_if(~flag)
            return flag

        def any_of(flags: list) -> object:
            flag = model.new_bool_var("")
            model.add_max_equality(flag, flags)
            return flag

        values = []
        for place, count in enumerate(self.counts):
            if not self.applies(count, group):
                values.append(0)
                continue
            if count.is_of_care:
                flags = [
                    variable
                    for seen, variable in care.items()
                    if place in (seen[0] if isinstance(seen, tuple) else seen)
                ]
                values.append(any_of(flags) if flags else 0)
                continue
            base, *_ = self.bases_of[count]
            least = OCCASIONS_OF.get(count.measure, ("", 0))[1]
            value = within(base, list(range(least, most + 1))) if least else totals[base]
            for at, allowed in self._picked_by(count):
                chosen = within(at, allowed)
                if least:
                    value = both(value, chosen)
                else:
                    product_of = model.new_int_var(0, most, "")
                    model.add(product_of == value).only_enforce_if(chosen)
                    model.add(product_of == 0).only_enforce_if(~chosen)
                    value = product_of
            values.append(value)
        return values

    def _picked_by(self, count: Count) -> list[tuple[int, list[int]]]:
        """The base counts whose number of a child picks it, each with the numbers that do."""
        told = [self._allowed(count)] * bool(count.bands)
        if before := [which for name, which in count.conditions if name == BEFORE]:
            which = frozenset.intersection(*before)
            again = list(range(1, self.most_occasions + 1))
            told.append([0] * ("first_time" in which) + again * ("before" in which))
        return list(zip(self.bases_of[count][1:], told, strict=True))

    def _allowed(self, count: Count) -> list[int]:
        """How often a child can have been missing to be in the count's bands."""
        return [
            number
            for number in range(self.most_occasions + 1)
            if all(band_holds(TIMES, which, number) for _, which in count.bands)
        ]

    def seen(
        self,
        group: dict[str, str],
        occasions: dict[int, int],
        care: Iterable[frozenset[int]] = (),
        states: Iterable[tuple[frozenset[int], frozenset[int]]] = (),
    ) -> tuple[int, ...]:
        """What each count sees of a child, from its occasions by class and its days in care."""
        in_care = {place for seen in care for place in seen}
        in_care |= {place for at in occasions for place in self.occasions[at][1]}
        in_care |= {place for state in states for part in state for place in part}
        totals = [0] * len(self.bases)
        for at, number in occasions.items():
            for base in self.occasions[at][0]:
                totals[base] += number
        values = [0] * len(self.counts)
        for place, bases, least, picked in self._seen_by(tuple(group.values())):
            if not bases:
                values[place] = int(place in in_care)
                continue
            value = totals[bases[0]]
            value = int(value >= least) if least else value
            values[place] = value if all(totals[at] in of_it for at, of_it in picked) else 0
        return tuple(values)

    def _seen_by(self, group: tuple[str, ...]) -> list[tuple]:
        """The counts that have a group in them: place, base counts, least number, numbers."""
        if group not in self._of_group:
            words = dict(zip(OF_THE_CHILD, group, strict=True))
            self._of_group[group] = [
                (
                    place,
                    self.bases_of.get(count),
                    OCCASIONS_OF.get(count.measure, ("", 0))[1],
                    [(at, set(of_it)) for at, of_it in self._picked_by(count)]
                    if count in self.bases_of
                    else [],
                )
                for place, count in enumerate(self.counts)
                if self.applies(count, words)
            ]
        return self._of_group[group]

    def simple_kinds(self, rng: Random, most: int = 1500) -> set[tuple[int, ...]]:
        """Children with one sort of occasion, or two, or with care alone."""
        times = [1, 2, 3]
        if any(count.bands for count in self.counts):
            times += [4, 5, 6, 7, 11, 51]
        found = set()
        for group in self.groups:
            for at, number in product(range(len(self.occasions)), times):
                found.add(self.seen(group, self._one_at_a_time({at: number})))
            for seen in self.care:
                found.add(self.seen(group, {}, [seen]))
            for states in self.states.values():
                for state in states:
                    found.add(self.seen(group, {}, states=[state]))
        found = set(rng.sample(sorted(found), min(len(found), most)))
        for _ in range(most // 3):
            occasions = {
                rng.randrange(len(self.occasions)): rng.choice(times)
                for _ in range(rng.choice([1, 2, 3]) if self.occasions else 0)
            }
            care = rng.sample(self.care, min(len(self.care), rng.choice([0, 1, 2])))
            states = [
                rng.choice(each) for each in self.states.values() if each and rng.random() < 0.6
            ]
            occasions = self._one_at_a_time(occasions)
            found.add(self.seen(rng.choice(self.groups), occasions, care, states))
        return found

    def _one_at_a_time(self, occasions: dict[int, int]) -> dict[int, int]:
        """Of some occasions those that one child can have: no two go on at the same time."""
        kept: dict[int, int] = {}
        going_on: set[object] = set()
        for at, number in occasions.items():
            _, _, never_ended, days = self.occasions[at]
            when = {*days, *(["ever since"] if never_ended else [])} if self.one_open else set()
            if not when & going_on:
                kept[at] = 1 if when else number
                going_on |= when
        return kept


def _in_care_for(which: frozenset[str], days: int | None) -> bool:
    return "not_known" in which if days is None else band_holds("time_in_care", which, days)


def _hours_go_with(hours: int | None, days: int | None) -> bool:
    """Whether an occasion of so many whole days can be in its so-manieth hour, up to 72 told."""
    if hours is None or days is None:
        return hours is None
    return days - 1 <= max(hours - 1, 0) // 24 <= days or min(hours, 24 * days) > 72


def _lasted_hours(which: frozenset[str], days: int | None, hours: int | None) -> bool:
    if days is None:
        return "still_missing" in which
    return "not_known" in which if hours is None else band_holds(HOURS, which, hours)


def _lasted(which: frozenset[str], days: int | None) -> bool:
    return "still_missing" in which if days is None else band_holds("duration_band", which, days)
