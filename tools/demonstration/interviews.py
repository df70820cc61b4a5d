"""Return interviews of the invented children: the council's own and another authority's."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from demonstration.register import DAY, Occasion, Register, last_day, written

COUNCIL = "Leicester City Council"
# Authorities that do not exist: nothing invented is told of a real neighbour.
HOSTS = ("Harrowmere County Council", "Eastmoor Borough Council")
HOST_IN_FULL = "Children’s Services, Harrowmere County Council"

# Found occasions of the last year with an outcome, before the built cases add their own.
WITH_OUTCOME = {"harmed": 13, "sexual_harm": 1, "drug_sale": 24, "crime": 31}
PARTS = tuple(WITH_OUTCOME)

OUTCOMES = {"COMPLETED": 57, "DECLINED": 24, "NOT_OFFERED": 13, "": 6}


@dataclass
class Interview:
    """One row: an interview and one occasion it covers. Blank findings are not known."""

    interview_id: str
    child: str
    started: date
    number: str
    offered: date | None
    outcome: str
    held: date | None
    held_by: str
    occasion: Occasion | None = None
    findings: dict[str, str] = field(default_factory=dict)

    def cells(self) -> list[str]:
        found = [self.findings.get(part, "") for part in PARTS]
        return [
            self.interview_id, self.child, written(self.started), self.number,
            written(self.offered), self.outcome, written(self.held), self.held_by, *found,
        ]  # fmt: skip


def interviews(register: Register) -> tuple[list[Interview], list[Interview]]:
    """Writes up the interviews of all occasions.

    Returns:
        the rows of the council's file, and those of the file that the other authority sent.
    """
    rng = register.rng
    council: list[Interview] = []
    host: list[Interview] = []
    for child, numbered in _numbered(register.occasions):
        is_far_away = rng.random() < 0.12
        for group in _covered_together(rng, numbered):
            rows = _interview(rng, child, group, f"RHI-{len(council) + 1:05d}")
            if is_far_away:
                _hold_elsewhere(rng, rows, host, council)
            else:
                council += rows
    _give_outcomes(rng, council + host)
    _built_cases(council, host)
    return council, host


def _numbered(occasions: Sequence[Occasion]) -> list[tuple[str, list[tuple[Occasion, str]]]]:
    """Each child's occasions in order of time with what a reader calls them (rule 3).

    Of several that began on one day the first is called 1 or nothing, then 2, 3, … from the
    earliest end.
    """
    by_child: dict[str, list[Occasion]] = {}
    for occasion in occasions:
        by_child.setdefault(occasion.child.child_id, []).append(occasion)
    named = []
    for child_id in sorted(by_child):
        ordered = sorted(by_child[child_id], key=lambda o: (o.started, o.ended or date.max))
        numbers = []
        for at, occasion in enumerate(ordered):
            same_day = [o for o in ordered if o.started == occasion.started]
            place = sum(o.started == occasion.started for o in ordered[:at]) + 1
            numbers.append("" if len(same_day) == 1 else str(place))
        named.append((child_id, list(zip(ordered, numbers, strict=True))))
    return named


def _covered_together(
    rng: Random, numbered: list[tuple[Occasion, str]]
) -> list[list[tuple[Occasion, str]]]:
    """Groups occasions that follow each other closely: one interview often covers them."""
    groups: list[list[tuple[Occasion, str]]] = []
    for pair in numbered:
        last = groups[-1][-1][0] if groups else None
        is_close = last and last.ended and pair[0].started - last.ended <= 3 * DAY
        if is_close and rng.random() < 0.4:
            groups[-1].append(pair)
        else:
            groups.append([pair])
    return groups


def _interview(
    rng: Random, child: str, group: list[tuple[Occasion, str]], interview_id: str
) -> list[Interview]:
    """The rows of one interview; none if nothing was written down."""
    last_end = max((o.ended for o, _ in group if o.ended), default=None)
    if any(o.ended is None for o, _ in group):
        outcome = "AWAITED" if rng.random() < 0.6 else ""
    else:
        outcome = rng.choices(list(OUTCOMES), weights=list(OUTCOMES.values()))[0]
    if last_end and outcome and last_end > last_day(2017) - 6 * DAY:
        outcome = "AWAITED"
    if not outcome:
        return []
    offered = None
    if last_end and outcome != "NOT_OFFERED":
        offered = last_end + timedelta(days=rng.choice((0, 0, 1, 1, 2, 4)))
    held = None
    if offered and outcome == "COMPLETED":
        held = offered + timedelta(days=rng.choice((0, 1, 1, 2, 2, 5, 11)))
    held_by = COUNCIL if outcome == "COMPLETED" else ""
    return [
        Interview(
            interview_id, child, occasion.started, _called(rng, number), offered, outcome, held,
            held_by, occasion,
            {part: rng.choices(("N", ""), weights=(9, 1))[0] for part in PARTS}
            if outcome == "COMPLETED" else {},
        )
        for occasion, number in group
    ]  # fmt: skip


def _called(rng: Random, number: str) -> str:
    """A blank means the first, so a first one of several is left blank now and then."""
    return "" if number == "1" and rng.random() < 0.5 else number


def _hold_elsewhere(
    rng: Random, rows: list[Interview], host: list[Interview], council: list[Interview]
) -> None:
    """Lets another authority hold the interview: told in its own file, the council's, or both."""
    if not rows or rows[0].outcome != "COMPLETED":
        council += rows
        return
    way = rng.random()
    if way < 0.5:
        own_id = f"HM/{len(host) + 1:04d}"
        for row in rows:
            row.interview_id, row.held_by = own_id, HOST_IN_FULL
        host += rows
    elif way < 0.8:
        for row in rows:
            row.held_by = HOSTS[len(council) % 2]
        council += rows
    else:
        host += [_second(row, f"HM/{len(host) + 1:04d}") for row in rows]
        council += rows


def _second(row: Interview, interview_id: str) -> Interview:
    """The other authority's interview about the same occasion, three days later."""
    held = row.held + 3 * DAY if row.held else None
    return Interview(
        interview_id, row.child, row.started, row.number, row.offered, "COMPLETED", held,
        HOST_IN_FULL, row.occasion, dict(row.findings),
    )  # fmt: skip


def _give_outcomes(rng: Random, rows: list[Interview]) -> None:
    """Puts `Y` into completed interviews: exact numbers in the last year, few in those before."""
    sound = [
        row for row in rows
        if row.outcome == "COMPLETED" and row.occasion and row.occasion.is_counted
    ]  # fmt: skip
    recent = {id(row.occasion): row for row in sound if row.started > last_day(2016)}
    for part, number in WITH_OUTCOME.items():
        for row in rng.sample(list(recent.values()), number):
            row.findings[part] = "Y"
    for row in sound:
        if row.started <= last_day(2016) and rng.random() < 0.08:
            row.findings[rng.choice(PARTS)] = "Y"


def _built_cases(council: list[Interview], host: list[Interview]) -> None:
    """Adds what rule 11 is about: knowledge without an interview, and two that differ.

    Also rows of which no occasion is known (rule 9), and a `Y` for occasions that question 2
    leaves out: not found, or not counted.
    """
    recent = [row for row in council if row.started > last_day(2016)]
    lone = [row for row in recent if row.occasion and row.occasion.is_counted and not row.number]
    declined = [row for row in lone if row.outcome == "DECLINED"]
    for row in declined[:3]:
        row.findings["harmed"] = "Y"
    quiet = [row for row in lone if row.outcome == "COMPLETED" and "Y" not in row.findings.values()]
    for row in quiet[:3]:
        second = _second(row, f"HM/{len(host) + 1:04d}")
        row.findings["sexual_harm"], second.findings["sexual_harm"] = "N", "Y"
        host.append(second)
    not_found = [row for row in recent if row.occasion and row.occasion.ended is None]
    left_out = [row for row in recent if row.occasion and not row.occasion.is_counted]
    for row in (*not_found[:2], *left_out[:3]):
        row.findings["crime"] = "Y"
    for at, row in enumerate(quiet[3:9]):
        stray = _second(row, f"RHI-9{at:04d}")
        stray.held_by = COUNCIL
        if at < 3:
            stray.child = f"0{row.child}"
        else:
            stray.number = "9"
        council.append(stray)
