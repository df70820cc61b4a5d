"""How cells hang together: every relation follows from what the measures and categories mean."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import timedelta
from math import inf

from missing_from_care.disclosure.cells import Cell
from missing_from_care.disclosure.latent import Count, add_latent, adds_up, rows_of_tables
from missing_from_care.disclosure.order import Order
from missing_from_care.disclosure.rules import Rules
from missing_from_care.disclosure.web import Link, Rest, Web, bases, counts, is_derived, named
from missing_from_care.faults import DataFault


def web_of(printed: Mapping[Cell, float], rules: Rules, count: Count) -> Web:
    """Links cells by all that readers know of them.

    A relation that the numbers obey is taken as known even where it is only likely, such as the
    rows of a table adding up though a child could be in two: readers never know less than this.

    Args:
        printed: every cell that is or was printed, with what it holds.
        rules: the rule seeds.
        count: gives what cells hold that no response prints; it leaves out those it cannot count.

    Raises:
        DataFault: numbers that must agree do not.
    """
    web = Web(dict(sorted(printed.items())))
    _add_derived(web, rules, count)
    add_latent(web, rules, count)
    _link_periods(web, rules)
    _link_measures(web, rules)
    _link_tables(web, rules)
    _link_times_missing(web, rules)
    _link_order(web, rules)
    _refuse_contradictions(web, rules)
    return web


def _refuse_contradictions(web: Web, rules: Rules) -> None:
    for link in web.links:
        total = sum(times * web.values[node] for node, times in link.terms)
        if not link.low - 1e-6 <= total <= link.high + 1e-6:
            cells = [named(node, rules) for node, _ in link.terms]
            raise DataFault(
                f"{cells[0]} does not agree with {' and '.join(cells[1:])}: build the warehouse "
                "again, and if that does not help report a fault of the program."
            )


def _add_derived(web: Web, rules: Rules, count: Count) -> None:
    """Percentages, averages and the longest duration, each with what it is worked out from."""
    wanted, derived = [], []
    for cell in list(web.values):
        if is_derived(cell, rules):
            made_of = bases(cell, rules)
            derived.append((cell, made_of))
            wanted += [base for base in made_of if base not in web.values]
    web.values |= count(dict.fromkeys(wanted))
    for cell, made_of in derived:
        if len(made_of) < 2 or not all(base in web.values for base in made_of):
            continue
        rule = rules.derived[cell.measure]
        half = 0.5 / 10**rule.decimals
        top, bottom, shown = *made_of, web.values[cell]
        away = (top, bottom, cell)
        for edge, sign in ((shown - half, 1.0), (shown + half, -1.0)):
            terms = ((top, sign * rule.scale), (bottom, -sign * edge))
            web.links.append(Link(terms, -1e-6 * max(1.0, web.values[bottom]), inf, away))


def _slices(web: Web, rules: Rules) -> dict[tuple, dict[str, Cell]]:
    """The cells of each period and population, by measure."""
    found: dict[tuple, dict[str, Cell]] = defaultdict(dict)
    for cell in counts(web, rules):
        found[cell.first_day, cell.last_day, cell.is_snapshot, cell.box][cell.measure] = cell
    return found


def _link_measures(web: Web, rules: Rules) -> None:
    for of_slice in _slices(web, rules).values():
        is_snapshot = next(iter(of_slice.values())).is_snapshot
        for how in ("exactly", "at_least", "at_most"):
            for whole, parts in rules.splits(is_snapshot, how).items():
                if any(measure not in of_slice for measure in (whole, *parts)):
                    continue
                terms = [(of_slice[part], 1.0) for part in parts]
                if how == "exactly":
                    web.equate(of_slice[whole], terms)
                elif how == "at_least":
                    web.at_least(terms, [(of_slice[whole], 1.0)])
                else:
                    web.at_least([(of_slice[whole], 1.0)], terms)


def _lines(web: Web, rules: Rules) -> dict[tuple[Cell, str], dict[frozenset[str], Cell]]:
    """For each cell without a dimension, printed or not, those with it, by their categories."""
    found: dict[tuple[Cell, str], dict[frozenset[str], Cell]] = defaultdict(dict)
    for cell, dimension, codes in rows_of_tables(counts(web, rules), rules):
        found[cell.without(dimension), dimension][frozenset(codes)] = cell
    return found


def _parts_of(
    whole: frozenset[str], family: dict[frozenset[str], Cell], finest_first: bool = False
) -> list[frozenset[str]]:
    """The largest, or the finest, members of a family within a whole that do not overlap."""
    chosen: list[frozenset[str]] = []
    sign = 1 if finest_first else -1
    for codes in sorted(family, key=lambda each: (sign * len(each), sorted(each))):
        if codes < whole and not any(codes & other for other in chosen):
            chosen.append(codes)
    return chosen


def _link_tables(web: Web, rules: Rules) -> None:
    for (total, dimension), family in _lines(web, rules).items():
        wholes = dict(family)
        if total in web.values:
            wholes[rules.domains[dimension]] = total
        for codes, whole in wholes.items():
            parts = _parts_of(codes, family)
            if frozenset().union(*parts) != codes:
                parts = _parts_of(codes, family, finest_first=True)
            cells = [(family[part], 1.0) for part in parts]
            left = web.values[whole] - sum(web.values[cell] for cell, _ in cells)
            is_complete = frozenset().union(*parts) == codes
            if len(parts) < 2:
                continue
            if is_complete and left == 0:
                web.equate(whole, cells)
            elif left < 0 and is_complete:
                web.at_least(cells, [(whole, 1.0)])
            elif left >= 0 and adds_up(whole, dimension, rules):
                rest = Rest(whole, tuple(cell for cell, _ in cells))
                web.values[rest] = left
                web.equate(whole, [*cells, (rest, 1.0)])


def _link_periods(web: Web, rules: Rules) -> None:
    """A period and the stretches of it: occasions add up, a child can be in several."""
    families: dict[tuple, list[Cell]] = defaultdict(list)
    for cell in counts(web, rules):
        dimensions = {name for name, _ in cell.box}
        if not cell.is_snapshot and not dimensions & rules.by_question:
            families[cell.measure, cell.box].append(cell)
    for family in families.values():
        for whole in family:
            parts = [(part, 1.0) for part in _tiles(whole, family)]
            total = sum(web.values[part] for part, _ in parts)
            if parts and total == web.values[whole]:
                web.equate(whole, parts)
            elif parts and total > web.values[whole]:
                web.at_least(parts, [(whole, 1.0)])


def _tiles(whole: Cell, family: list[Cell]) -> list[Cell]:
    """The shortest cells of a family that cover a period from end to end; none if none do."""
    found, day = [], whole.first_day
    while day <= whole.last_day:
        starting = [c for c in family if c.first_day == day and c != whole]
        within = [c for c in starting if c.last_day <= whole.last_day]
        if not within:
            return []
        found.append(min(within, key=lambda cell: cell.last_day))
        day = found[-1].last_day + timedelta(days=1)
    return found


def _link_times_missing(web: Web, rules: Rules) -> None:
    """Children missing so many times: they had at least, and at most, so many occasions."""
    for cell in counts(web, rules):
        bands = [(name, codes) for name, codes in cell.box if name in rules.by_question]
        occasions = cell.measuring("occasions_missing")
        if cell.measure != "children_missing" or not bands or occasions not in web.values:
            continue
        dimension, codes = bands[0]
        lowest, highest = zip(*(rules.bounds[dimension, code] for code in codes), strict=True)
        web.at_least([(occasions, 1.0)], [(cell, min(lowest))])
        if max(highest) < inf:
            web.at_least([(cell, max(highest))], [(occasions, 1.0)])


def _link_order(web: Web, rules: Rules) -> None:
    """A part is never more than its whole; where little is left, that is a cell of its own."""
    cells = counts(web, rules)
    order = Order(cells, web.values, rules)
    sums = [
        [node for node, _ in link.terms]
        for link in web.links
        if link.low == link.high and not link.withdrawn_with
    ]
    told = {(whole, part) for whole, *parts in sums for part in parts}
    is_halved = {(whole, part) for whole, *parts in sums if len(parts) == 2 for part in parts}
    low, high = rules.policy("all").interval
    for whole, part in order.pairs():
        if not web.values[part]:
            continue
        left = web.values[whole] - web.values[part]
        is_of_one_kind = rules.measures[whole.measure].unit == rules.measures[part.measure].unit
        if is_of_one_kind and low <= left <= high and (whole, part) not in is_halved:
            rest = Rest(whole, (part,))
            web.values[rest] = left
            web.equate(whole, [(part, 1.0), (rest, 1.0)])
        elif order.is_next(whole, part) and (whole, part) not in told:
            web.at_least([(whole, 1.0)], [(part, 1.0)])
