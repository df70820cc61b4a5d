"""Children and rows that a rule is about: UASC, birth dates, episodes, rows to be rejected."""

from datetime import date

from demonstration.care import stay
from demonstration.cases import case_child
from demonstration.register import (
    DAY,
    YEARS,
    Episode,
    Register,
    written,
)


def add_row_cases(register: Register) -> None:
    """Adds every case of this module to the register."""
    for build in (
        uasc_status_ceases,
        uasc_ceased_before_the_year,
        uasc_unreadable_duc,
        uasc_twice,
        birth_date_corrected,
        header_twice,
        header_absent,
        episode_twice_from_one_day,
        open_episode_not_continued,
        care_at_the_edges_of_a_year,
        rejected_episodes,
        rejected_occasions,
    ):
        build(register)


def uasc_status_ceases(register: Register) -> None:
    """Status ends in mid-year while care goes on: the last day still counts as UASC (rule 12)."""
    cases = (("A", 2016, (2016, 11, 8)), ("M", 2017, (2017, 9, 12)),
             ("M", 2017, (2017, 12, 4)), ("M", 2017, (2018, 2, 6)))  # fmt: skip
    for status, year, ceased in cases:
        child = case_child(register, year, (date(year, 5, 19), None), is_uasc=True)
        child.uasc_ceased = date(*ceased)
        for day in (child.uasc_ceased - 20 * DAY, child.uasc_ceased, child.uasc_ceased + DAY):
            register.went(child, status, day, day)


def uasc_ceased_before_the_year(register: Register) -> None:
    """Still in the table of a year before which the status had ceased (validation rule 104)."""
    for month in (1, 2, 3):
        child = case_child(register, 2016, (date(2016, 8, 30), None), is_uasc=True)
        child.uasc_ceased = date(2017, month, 10)
        child.duc_text[2017] = written(child.uasc_ceased)
        register.went(child, "M", date(2017, 6, month), date(2017, 6, month + 2))


def uasc_unreadable_duc(register: Register) -> None:
    """The end of the status cannot be read: it counts as blank (rule 12)."""
    for year, text in ((2016, "31/06/2019"), (2017, "not known"), (2017, "00/00/0000")):
        child = case_child(register, year, (date(year, 7, 26), None), is_uasc=True)
        child.duc_text[year] = text
        if year == YEARS[-1]:
            register.went(child, "M", date(year, 11, 17), date(year, 11, 20))


def uasc_twice(register: Register) -> None:
    """Two rows in one table: the last one holds (rule 12)."""
    ceased = case_child(register, 2017, (date(2017, 4, 25), None), is_uasc=True)
    ceased.uasc_ceased = date(2017, 10, 1)
    ceased.uasc_row_before[2017] = ""
    register.went(ceased, "M", date(2017, 11, 1), date(2017, 11, 2))
    holds = case_child(register, 2017, (date(2017, 4, 11), None), is_uasc=True)
    holds.has_future_duc = False
    holds.uasc_row_before[2017] = "01/05/2017"
    register.went(holds, "M", date(2017, 11, 1), date(2017, 11, 2))
    same = case_child(register, 2016, (date(2016, 9, 14), None), is_uasc=True)
    same.uasc_row_before[2016] = written(same.eighteenth)


def birth_date_corrected(register: Register) -> None:
    """An earlier Header makes the child 18 too soon; the latest Header holds (rule 6)."""
    for month in (4, 6, 8):
        born = date(2000, month, 23)
        child = case_child(register, 2017, (date(2016, 5, 17), date(2018, 3, 5)), born=born)
        child.header_born[2016] = born.replace(year=1999)
        register.went(child, "M", date(2017, 12, 11), date(2017, 12, 12))
        register.missing_rows[2017][-1][1] = written(born.replace(year=1999))


def header_twice(register: Register) -> None:
    """Two rows in one Header: the last one holds (rule 6)."""
    for month in (5, 7, 9):
        born = date(2001, month, 3)
        child = case_child(register, 2017, (date(2017, 4, 27), None), born=born)
        child.header_row_before[2017] = born.replace(year=1998)
        register.went(child, "M", date(2018, 1, 18), date(2018, 1, 18))


def header_absent(register: Register) -> None:
    """In no Header: the Missing row tells the birth date, one of them of a child over 18."""
    for number, year in enumerate((1999, 2001, 2002)):
        born = date(year, 6, 6)
        child = case_child(register, 2017, (date(2017, 4, 18), date(2018, 3, 6)), born=born)
        child.in_header = False
        register.went(child, "M", date(2018, 2, 9), date(2018, 2, 10), counts=number > 0)


def episode_twice_from_one_day(register: Register) -> None:
    """Two episodes with one first day, as a status and a placement change apart: the later ends."""
    for year in (2015, 2016, 2017):
        child = case_child(register, year, (date(year, 6, 9), None))
        second = child.episodes[0]
        placement = {"place_post": second.place_post, "home_post": second.home_post}
        first = Episode(second.began, second.began, "V2", "U4", ceased_because="X1", **placement)
        second.legal_status, second.new_because = "C1", "L"
        child.episodes.insert(0, first)


def open_episode_not_continued(register: Register) -> None:
    """Open at 31 March, and the next return does not have it (validation rule 502, rule 5).

    Three are replaced by an episode with a corrected first day, three were short breaks: so no
    child leaves the snapshot at 31 March by it, whichever way one reads the open end.
    """
    for year in (2014, 2015, 2016):
        child = case_child(register, year, (date(year, 11, 12), None))
        corrected = child.episodes[0]
        corrected.only_in = frozenset(later for later in YEARS if later > year)
        mistaken = Episode(**{**vars(corrected), "began": date(year, 11, 21)})
        mistaken.only_in = frozenset({year})
        child.episodes.insert(0, mistaken)
        lapsed = case_child(register, year, (date(year, 4, 28), date(year, 7, 2)))
        stay(register, lapsed, date(year, 9, 8), None, legal="V4", moves=[])
        lapsed.episodes[-1].only_in = frozenset({year})
        started = date(year + 1, 5, 14)
        register.went(lapsed, "A" if year < 2016 else "M", started, started, counts=False)


def care_at_the_edges_of_a_year(register: Register) -> None:
    """Care that begins or ends on 31 March or 1 April, with occasions on both days."""
    for year in (2015, 2016, 2017):
        last = date(year, 3, 31)
        case_child(register, year, (date(year - 1, 8, 1), last))
        case_child(register, year, (last, date(year, 10, 9)))
        case_child(register, year, (date(year - 1, 8, 1), last + DAY))
        case_child(register, year, (last + DAY, date(year, 10, 9)))
    for month in (1, 2, 3):
        child = case_child(register, 2017, (date(2016, month + 4, 2), date(2018, 3, 31)))
        register.went(child, "M", date(2017, 4, 1), date(2017, 4, 1))
        register.went(child, "M", date(2018, 3, 31), date(2018, 3, 31))


def rejected_episodes(register: Register) -> None:
    """Rows of episodes that cannot be read or cannot be, beside the child's sound episode."""
    faults = (("", "30/11/{0}"), ("31/02/{0}", ""), ("04/05/{0}", "3o/11/{0}"),
              ("04/12/{0}", "30/11/{0}"))  # fmt: skip
    for year in (2014, 2016, 2017):
        for began, ended in faults:
            child = case_child(register, year, (date(year, 5, 4), None))
            first, last = began.format(year), ended.format(year)
            ceased = "X1" if last else ""
            row = [child.child_id, first, "S", "V2", "N1", "U4", "PR1", last, ceased, ""]
            row += [child.home_post, child.episodes[0].place_post, "XXXXXXX"]
            register.episode_rows.setdefault(year, []).append(row)


def rejected_occasions(register: Register) -> None:
    """Rows that rule 7 rejects, each kind three times, of children in care.

    Kinds that a count of statuses and starts would take for sound stand in the last year only,
    which has no published figure to equal. None stand in the first year, of whose few rows they
    would be too large a part (rule 16).
    """
    children = {
        year: case_child(register, year, (date(year, 4, 2), date(year + 1, 2, 14)))
        for year in (2014, 2015, 2016)
    }
    for month in (5, 8, 11):
        child = case_child(register, 2017, (date(2017, 4, 6), None))
        children[2017] = child
        for start, end in (
            (f"07/{month:02d}/2017", "soon"),
            (f"12/{month:02d}/2017", "31/09/2017"),
            (f"22/{month:02d}/2017", f"21/{month:02d}/2017"),
        ):
            register.row(2017, child.child_id, written(child.born), "M", start, end)
    for year in (2015, 2016, 2017):
        child, too_late = children[year], f"02/04/{year + 1}"
        for who, status, start, end in (
            ("", "A", f"05/05/{year}", f"06/05/{year}"),
            (child.child_id, "A", "", ""),
            (child.child_id, "A", f"31/06/{year}", ""),
            (child.child_id, "X", f"17/08/{year}", f"18/08/{year}"),
            (child.child_id, "", f"19/08/{year}", f"19/08/{year}"),
            (child.child_id, "M", too_late, too_late),
        ):
            register.row(year, who, written(child.born), status, start, end)
