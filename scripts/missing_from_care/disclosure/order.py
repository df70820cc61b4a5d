"""Which cells count a part of what others count."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from missing_from_care.disclosure.cells import OF_THOSE, Cell
from missing_from_care.disclosure.rules import Rules


class Order:
    """The cells, each with those that it contains.

    Args:
        cells: counts, each once.
        values: what they hold.
        rules: the rule seeds.
    """

    def __init__(self, cells: list[Cell], values: Mapping[Cell, float], rules: Rules) -> None:
        self._cells = cells
        self._below: dict[int, int] = {}
        by_measure: dict[str, list[int]] = defaultdict(list)
        for at, cell in enumerate(cells):
            by_measure[cell.measure].append(at)
        for at, whole in enumerate(cells):
            bits = 0
            for measure in rules.parts_below[whole.measure, False]:
                for other in by_measure[measure]:
                    part = cells[other]
                    is_less = values[part] <= values[whole] and at != other
                    if is_less and is_part(part, whole, rules):
                        bits |= 1 << other
            self._below[at] = bits
        self._index = {cell: at for at, cell in enumerate(cells)}

    def pairs(self) -> Iterator[tuple[Cell, Cell]]:
        """Every whole with each cell that it contains."""
        for at, whole in enumerate(self._cells):
            for other in _bits(self._below[at]):
                yield whole, self._cells[other]

    def is_next(self, whole: Cell, part: Cell) -> bool:
        """Whether no other cell lies between the two."""
        part_bit = 1 << self._index[part]
        return not any(
            self._below[between] & part_bit for between in _bits(self._below[self._index[whole]])
        )


def is_part(part: Cell, whole: Cell, rules: Rules) -> bool:
    """Whether everything that one cell counts is counted by the other, whatever the numbers."""
    if part.measure not in rules.parts_below[whole.measure, part.is_snapshot]:
        return False
    if not _is_part_of_period(part, whole, rules):
        return False
    narrowed = dict(part.box)
    for dimension, codes in whole.box:
        if dimension not in narrowed or not set(narrowed[dimension]) <= set(codes):
            return False
    by_question = {name for name, _ in whole.box} & rules.by_question
    asked = tuple(each for each in part.box if not each[0].endswith(OF_THOSE))
    is_same_question = whole.box in (part.box, asked) and (part.first_day, part.last_day) == (
        whole.first_day,
        whole.last_day,
    )
    return is_same_question or not by_question


def _is_part_of_period(part: Cell, whole: Cell, rules: Rules) -> bool:
    if part.is_snapshot and not whole.is_snapshot:
        is_care = rules.measures[part.measure].is_care and rules.measures[whole.measure].is_care
        return is_care and whole.first_day <= part.last_day <= whole.last_day
    if part.is_snapshot or whole.is_snapshot:
        return part.is_snapshot == whole.is_snapshot and part.last_day == whole.last_day
    return whole.first_day <= part.first_day and part.last_day <= whole.last_day


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
