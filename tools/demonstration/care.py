"""Care of the invented children: who they are, and the chains of episodes they live in."""

from datetime import date, timedelta
from random import Random

from demonstration.register import (
    DAY,
    YEARS,
    Child,
    Episode,
    Register,
    birthday,
    last_day,
    year_of,
)

# Codes of the return with weights that look like a council's. None is taken from a real return.
ETHNIC = {
    "WBRI": 50, "WOTH": 4, "WROM": 2, "MWBC": 7, "MWBA": 3, "MWAS": 6, "MOTH": 4,
    "AIND": 6, "APKN": 3, "ABAN": 2, "AOTH": 3, "BCRB": 2, "BAFR": 5, "OOTH": 2, "NOBT": 1,
}  # fmt: skip
ETHNIC_UASC = {"OOTH": 8, "AOTH": 7, "BAFR": 6, "BOTH": 2, "WOTH": 2}
PLACES_YOUNG = {"U4": 50, "U1": 10, "U3": 8, "A3": 6, "P1": 12, "R1": 2, "U6": 12}
PLACES_MIDDLE = {"U4": 45, "U1": 12, "U6": 20, "K2": 8, "P1": 10, "S1": 1, "T4": 2}
PLACES_TEENAGE = {"U4": 28, "U6": 20, "K2": 25, "H5": 12, "P2": 8, "P1": 4, "K1": 1, "R5": 2}
PLACES_UASC = {"U4": 40, "H5": 30, "P2": 18, "K2": 8, "Z1": 2}
LEGAL_NEXT = {
    "V2": {"C1": 60, "C2": 30, "J1": 10},
    "C1": {"C2": 75, "E1": 10, "V2": 15},
    "C2": {"E1": 10, "V2": 10, "C2": 80},
    "E1": {"C2": 100},
    "J1": {"V2": 70, "C2": 30},
}
NEW_BECAUSE = {"P": 55, "L": 22, "B": 15, "T": 8}
CHANGES = ("CARPL", "CLOSE", "ALLEG", "STAND", "CREQB", "CREQO", "CHILD", "LAREQ", "OTHER")
LEFT_YOUNG = {"E4A": 30, "E11": 12, "E12": 20, "E45": 14, "E46": 16, "E8": 8}
LEFT_OLDER = {"E4A": 48, "E13": 10, "E46": 12, "E8": 18, "E9": 4, "E3": 3, "E5": 5}
LEFT_UASC = {"E8": 50, "E3": 20, "E13": 30}


def drawn(rng: Random, weights: dict[str, int]) -> str:
    """One of the keys, drawn by weight."""
    return rng.choices(list(weights), weights=list(weights.values()))[0]


def postcode(rng: Random, area: str) -> str:
    """An invented postcode. No real one begins with Q, V or X."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    inward = f"{rng.randint(1, 9)}{rng.choice(letters)}{rng.choice(letters)}"
    return f"{area}{rng.randint(1, 19)} {inward}"


def new_child(
    register: Register, born: date, *, sex: int | None = None, is_uasc: bool = False
) -> Child:
    """Adds a child without any care yet to the register.

    Args:
        register: the register of invented children.
        born: the birth date.
        sex: 1 male, 2 female; drawn if None (of UASC most are male).
        is_uasc: whether the child comes as an unaccompanied asylum-seeking child.
    """
    rng = register.rng
    child = Child(
        child_id=register.new_id(),
        born=born,
        sex=sex or (1 if rng.random() < (0.9 if is_uasc else 0.55) else 2),
        ethnic=drawn(rng, ETHNIC_UASC if is_uasc else ETHNIC),
        upn=_upn(rng, born, is_uasc),
        home_post=postcode(rng, "XL"),
        is_uasc=is_uasc,
        has_future_duc=rng.random() < 0.6,
    )
    register.children.append(child)
    return child


def _upn(rng: Random, born: date, is_uasc: bool) -> str:
    """An invented pupil number (000 is no authority), or the code for having none."""
    if is_uasc:
        return "UN3"
    if born >= date(2014, 1, 1):
        return "UN1"
    return f"{rng.choice('ABCDEFGHJKLMNPQRTUVWXYZ')}000{rng.randint(0, 999_999_999):09d}"


def stay(
    register: Register,
    child: Child,
    began: date,
    ended: date | None,
    *,
    legal: str = "",
    place: str = "",
    moves: list[date] | None = None,
) -> None:
    """Gives a child one period of care: a chain of episodes, each beginning as the last ends.

    Args:
        register: the register of invented children.
        child: who is in care.
        began: first day.
        ended: last day, None if still in care when the last return was made.
        legal: legal status, the same in all episodes; if blank it develops.
        place: placement type of the first episode; drawn by age if blank.
        moves: the days on which a new episode begins; drawn if None.
    """
    rng = register.rng
    status = legal or _first_legal(rng, child)
    moves = _moves(rng, child, began, ended) if moves is None else moves
    bounds = [began, *moves]
    at = Episode(began, None, status, place or _place(rng, child, began))
    for number, start in enumerate(bounds):
        is_last = number == len(bounds) - 1
        if number:
            at = _following(rng, child, at, start, fixed_legal=bool(legal))
        at.home_post = child.home_post
        at.need = (
            at.need
            if number
            else ("N8" if child.is_uasc else rng.choice(["N1", "N1", "N1", "N4", "N5", "N6"]))
        )
        _furnish(rng, at)
        at.ended = ended if is_last else bounds[number + 1]
        at.ceased_because = "" if at.ended is None else "X1"
        if is_last and ended:
            at.ceased_because = _left_because(rng, child, ended)
        child.episodes.append(at)


def _first_legal(rng: Random, child: Child) -> str:
    return "V2" if child.is_uasc else drawn(rng, {"V2": 45, "C1": 35, "C2": 18, "J1": 2})


def _moves(rng: Random, child: Child, began: date, ended: date | None) -> list[date]:
    """The days on which something changes: about once in 14 months, more often from 11 on."""
    last = ended or last_day(YEARS[-1])
    moves: list[date] = []
    day = began
    while True:
        mean = 260 if birthday(child.born, 11) <= day else 430
        day += timedelta(days=1 + round(rng.expovariate(1 / mean)))
        if day >= last:
            return moves
        moves.append(day)


def _place(rng: Random, child: Child, day: date) -> str:
    if child.is_uasc:
        return drawn(rng, PLACES_UASC)
    if day < birthday(child.born, 5):
        return drawn(rng, PLACES_YOUNG)
    return drawn(rng, PLACES_MIDDLE if day < birthday(child.born, 13) else PLACES_TEENAGE)


def _following(
    rng: Random, child: Child, last: Episode, start: date, *, fixed_legal: bool
) -> Episode:
    """The episode after another: placement, legal status or both have changed."""
    because = "P" if fixed_legal or child.is_uasc else drawn(rng, NEW_BECAUSE)
    legal = drawn(rng, LEGAL_NEXT[last.legal_status]) if because in "LB" else last.legal_status
    if because in "LB" and legal == last.legal_status:
        because = "P"
    place = last.place if because in "LT" else _place(rng, child, start)
    if because != "L" and year_of(start) > YEARS[0]:  # collected from 2015-16 on
        last.change_because = rng.choice(CHANGES)
    following = Episode(start, None, legal, place, new_because=because, need=last.need)
    if because == "L":
        following.place_post, following.urn = last.place_post, last.urn
        following.provider = last.provider
    return following


def _furnish(rng: Random, episode: Episode) -> None:
    """Fills in where the placement is and whose it is, unless that has not changed."""
    if episode.place_post:
        return
    if episode.place == "P1":
        episode.provider, episode.place_post = "PR0", episode.home_post
        return
    is_bought = episode.place in {"K2", "H5", "P2", "K1", "R5"} and rng.random() < 0.75
    episode.provider = "PR4" if is_bought or rng.random() < 0.3 else "PR1"
    episode.place_post = postcode(rng, "XL" if rng.random() < 0.6 else rng.choice(("QD", "VN")))
    if episode.place in {"K1", "K2"}:
        episode.urn = f"SC{rng.randint(900_000, 999_999)}"


def _left_because(rng: Random, child: Child, ended: date) -> str:
    if ended >= child.eighteenth:
        return "E8"
    if child.is_uasc:
        return drawn(rng, LEFT_UASC)
    return drawn(rng, LEFT_YOUNG if ended < birthday(child.born, 7) else LEFT_OLDER)


def with_gap(rng: Random, began: date, ended: date | None) -> list[tuple[date, date | None]]:
    """Cuts a time away from care out of a period, wholly inside one collection year.

    The counts of children in the year and at 31 March stay as they are. A period that offers no
    room for it is returned whole.
    """
    last = ended or last_day(YEARS[-1])
    for year in rng.sample(YEARS, len(YEARS)):
        leaves = date(year, 5, 1) + timedelta(days=rng.randint(0, 200))
        returns = leaves + timedelta(days=rng.randint(15, 90))
        if began < leaves and returns + DAY < last:
            return [(began, leaves), (returns, ended)]
    return [(began, ended)]
