"""The demonstration returns hold what they promise: published totals and every awkward case.

The counts here read the written files and share no code with the generator or the models. They
count as the Department for Education does, one return at a time: the rows whose occasion started
in the year, status as recorded, child looked after that day otherwise than for short breaks.
"""

import csv
import io
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest

from demonstration.returns import write_demonstration_returns

Row = dict[str, str]

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
YEARS = (2014, 2015, 2016, 2017)
PUBLISHED_YEARS = (2014, 2015, 2016)
FOLDERS = {2014: "2014-15", 2015: "2015-16", 2016: "2016-17", 2017: "2017-18"}
ONE_TO_FIVE = range(1, 6)  # withheld: published as x
DAY = timedelta(days=1)

# Department for Education, Children looked after in England including adoption, Leicester:
# SFR34/2015, SFR41/2016, SFR50/2017 and the 2022 release (looked after during 2017/18). Open
# Government Licence v3. No figure was published for looked-after children at 31 March 2018.
LOOKED_AFTER_IN_YEAR = {2014: 746, 2015: 815, 2016: 916, 2017: 883}
LOOKED_AFTER_AT_31_MARCH = {2014: 564, 2015: 646, 2016: 695}
UASC_AT_31_MARCH = {2014: ONE_TO_FIVE, 2015: ONE_TO_FIVE, 2016: [14]}
INCIDENTS = {
    (2014, "M"): [6], (2014, "A"): ONE_TO_FIVE,
    (2015, "M"): [107], (2015, "A"): [92],
    (2016, "M"): [43], (2016, "A"): [84],
}  # fmt: skip
CHILDREN = {
    (2014, "M"): ONE_TO_FIVE, (2014, "A"): ONE_TO_FIVE,
    (2015, "M"): [6], (2015, "A"): [31],
    (2016, "M"): ONE_TO_FIVE, (2016, "A"): [32],
}  # fmt: skip
MORE_THAN_ONCE = {
    (2014, "M"): ONE_TO_FIVE, (2014, "A"): ONE_TO_FIVE,
    (2015, "M"): [6], (2015, "A"): [13],
    (2016, "M"): ONE_TO_FIVE, (2016, "A"): [18],
}  # fmt: skip


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> "Returns":
    folder = tmp_path_factory.mktemp("returns")
    write_demonstration_returns(folder)
    return Returns(folder)


class Returns:
    """The written files, and what can be said of a child on a day from one year's return."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.header = {year: self._module(year, "header") for year in YEARS}
        self.episodes = {year: self._module(year, "episodes") for year in YEARS}
        self.missing = {year: self._module(year, "missing") for year in YEARS}
        self.uasc = {year: self._module(year, "uasc") for year in YEARS}
        self.interviews = read(folder / "interviews" / "return-interviews-invented-children.csv")
        self.others = read(folder / "interviews" / "harrowmere-invented-children.csv")
        self.care: dict[int, dict[str, list[tuple[date, date | None, bool]]]] = {}
        for year in YEARS:
            spans = self.care[year] = defaultdict(list)
            for row in self.episodes[year]:
                began, ended = day_of(row["DECOM"]), day_of(row["DEC"])
                readable = began and (ended or not row["DEC"])
                if began and readable and not (ended and ended < began):
                    spans[row["CHILD"]].append((began, ended, row["LS"] in ("V3", "V4")))

    def _module(self, year: int, module: str) -> list[Row]:
        (path,) = (self.folder / FOLDERS[year]).glob(f"*{module}*")
        return read(path)

    def covering(self, year: int, child: str, day: date) -> list[bool]:
        """For each episode of a child that covers a day, whether it is a short break."""
        return [
            is_short
            for began, ended, is_short in self.care[year][child]
            if began <= day and (ended is None or day <= ended)
        ]

    def looked_after(self, year: int) -> set[str]:
        return {child for child, spans in self.care[year].items() if not all(s[2] for s in spans)}

    def looked_after_at_end(self, year: int) -> set[str]:
        last = date(year + 1, 3, 31)
        return {
            child
            for child, spans in self.care[year].items()
            for began, ended, is_short in spans
            if not is_short and began <= last and (ended is None or ended > last)
        }

    def is_uasc(self, year: int, child: str, day: date) -> bool:
        rows = [row for row in self.uasc[year] if row["CHILD"] == child]
        if not rows:
            return False
        ceased = day_of(rows[-1]["DUC"])
        return ceased is None or day <= ceased

    def incidents(self, year: int, status: str) -> Counter[str]:
        """Incidents of a status in a year as published ones are counted, by child."""
        counted: Counter[str] = Counter()
        for row in self.missing[year]:
            start, end = day_of(row["MIS_START"]), day_of(row["MIS_END"])
            is_sound = start and (end or not row["MIS_END"]) and not (end and end < start)
            if is_sound and row["MISSING"].upper() == status and year_of(start) == year:
                covering = self.covering(year, row["CHILD"], start)
                counted[row["CHILD"]] += bool(covering) and not all(covering)
        return +counted

    def is_adult(self, row: Row, start: date) -> bool:
        """Whether a Missing row starts on or after the 18th birthday."""
        for year in reversed(YEARS):
            rows = [each for each in self.header[year] if each["CHILD"] == row["CHILD"]]
            if rows:
                return start >= eighteenth(day_of(rows[-1]["DOB"]))
        return start >= eighteenth(day_of(row["DOB"]))

    def counted_in_last_year(self) -> list[Row]:
        """The rows of 2017-18 that count by the project's rules: in care, under 18, sound."""
        sound = []
        for row in self.missing[2017]:
            start, end = day_of(row["MIS_START"]), day_of(row["MIS_END"])
            if not start or (row["MIS_END"] and not end) or (end and end < start):
                continue
            covering = self.covering(2017, row["CHILD"], start)
            is_in_care = bool(covering) and not all(covering)
            if is_in_care and year_of(start) == 2017 and not self.is_adult(row, start):
                sound.append(row)
        return sound


def read(path: Path) -> list[Row]:
    """The rows of a file, whatever its encoding."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@cache
def day_of(text: str) -> date | None:
    """A day written dd/mm/yyyy or yyyy-mm-dd; None for anything else."""
    parts = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    iso = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    try:
        if parts:
            return date(int(parts[3]), int(parts[2]), int(parts[1]))
        return date(int(iso[1]), int(iso[2]), int(iso[3])) if iso else None
    except ValueError:
        return None


def year_of(day: date) -> int:
    return day.year - (day.month < 4)


def eighteenth(born: date) -> date:
    is_leap_day = (born.month, born.day) == (2, 29)
    return date(born.year + 18, 3, 1) if is_leap_day else born.replace(year=born.year + 18)


@pytest.mark.parametrize("year", YEARS)
def test_looked_after_in_year_is_published(returns: Returns, year: int) -> None:
    assert len(returns.looked_after(year)) == LOOKED_AFTER_IN_YEAR[year]


@pytest.mark.parametrize("year", PUBLISHED_YEARS)
def test_looked_after_at_31_march_is_published(returns: Returns, year: int) -> None:
    assert len(returns.looked_after_at_end(year)) == LOOKED_AFTER_AT_31_MARCH[year]


@pytest.mark.parametrize("year", PUBLISHED_YEARS)
def test_nobody_is_in_short_breaks_only(returns: Returns, year: int) -> None:
    """Published: no child was looked after under short-term placements only."""
    children = {row["CHILD"] for row in returns.episodes[year]}
    assert children == returns.looked_after(year)


@pytest.mark.parametrize("year", PUBLISHED_YEARS)
def test_uasc_at_31_march_is_published(returns: Returns, year: int) -> None:
    last = date(year + 1, 3, 31)
    here = [c for c in returns.looked_after_at_end(year) if returns.is_uasc(year, c, last)]
    assert len(here) in UASC_AT_31_MARCH[year]


@pytest.mark.parametrize(("year", "status"), INCIDENTS)
def test_incidents_and_children_are_published(returns: Returns, year: int, status: str) -> None:
    counted = returns.incidents(year, status)
    assert sum(counted.values()) in INCIDENTS[year, status]
    assert len(counted) in CHILDREN[year, status]
    assert sum(number > 1 for number in counted.values()) in MORE_THAN_ONCE[year, status]


@pytest.mark.parametrize("year", PUBLISHED_YEARS)
def test_nobody_looked_after_is_missing_at_31_march(returns: Returns, year: int) -> None:
    """Published: no child missing and none away at 31 March."""
    still = {
        row["CHILD"]
        for row in returns.missing[year]
        if row["MISSING"].upper() in ("M", "A") and day_of(row["MIS_START"]) and not row["MIS_END"]
    }
    assert still
    assert not still & returns.looked_after_at_end(year)


def test_last_year_follows_the_councils_note(returns: Returns) -> None:
    """All `M`, and the size that the 2024 release gives Leicester for 2019/20."""
    # Five rows of another status, or of none, are rejected.
    rows = [row for row in returns.counted_in_last_year() if row["MISSING"] == "M"]
    counted = Counter(row["CHILD"] for row in rows)
    assert sum(row["MISSING"] != "M" for row in returns.missing[2017]) == 5
    assert sum(counted.values()) == 843
    assert len(counted) == 97
    assert sum(number > 1 for number in counted.values()) == 66
    assert counted.most_common(3)[-1][1] > 30


def test_uasc_grow_in_the_last_year_and_go_missing(returns: Returns) -> None:
    last = date(2018, 3, 31)
    at_end = [c for c in returns.looked_after_at_end(2017) if returns.is_uasc(2017, c, last)]
    assert 20 <= len(at_end) <= 30 < len({row["CHILD"] for row in returns.uasc[2017]})
    for year in YEARS:
        starts = [(row["CHILD"], day_of(row["MIS_START"])) for row in returns.missing[year]]
        assert any(start and returns.is_uasc(year, child, start) for child, start in starts)


def test_small_enough_for_seeds(returns: Returns) -> None:
    assert sum(map(len, returns.header.values())) < 3_500
    assert sum(map(len, returns.episodes.values())) < 6_500
    assert sum(map(len, returns.missing.values())) < 1_400


def test_every_file_says_that_children_are_invented(returns: Returns) -> None:
    files = [path for path in returns.folder.rglob("*") if path.is_file()]
    assert len(files) == 19
    assert all("invented" in path.name.lower() for path in files)
    note = returns.folder / "READ ME - INVENTED CHILDREN.txt"
    assert "No row is about anybody" in note.read_text(encoding="utf-8")


def test_files_differ_in_dress(returns: Returns) -> None:
    def content(year: int, module: str) -> bytes:
        (path,) = (returns.folder / FOLDERS[year]).glob(f"*{module}*")
        return path.read_bytes()

    assert content(2016, "missing").startswith(
        b"\xef\xbb\xbfCHILD,DOB,MISSING,MIS_START,MIS_END\r\n"
    )
    assert content(2015, "missing").count(b"-0") > 100
    assert content(2017, "uasc").startswith(b"CHILD,SEX,DOB,DUC,LA,YEAR\n")
    assert b",1.0," in content(2014, "header")
    host = (returns.folder / "interviews" / "harrowmere-invented-children.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        host.decode("utf-8")
    ids = {row["CHILD"] for row in returns.header[2017]}
    assert any(i.startswith("0") for i in ids) and any(i[0].isalpha() for i in ids)


def test_same_seed_gives_same_bytes(returns: Returns, tmp_path: Path) -> None:
    write_demonstration_returns(tmp_path / "again")
    write_demonstration_returns(tmp_path / "other", seed=7)
    differing = 0
    for path in sorted(returns.folder.rglob("*.*")):
        name = path.relative_to(returns.folder)
        assert path.read_bytes() == (tmp_path / "again" / name).read_bytes()
        differing += path.read_bytes() != (tmp_path / "other" / name).read_bytes()
    assert differing == 19


def test_command_lands_the_returns_and_keeps_them(returns: Returns, tmp_path: Path) -> None:
    command = [sys.executable, str(SCRIPTS.parent / "tools" / "make_demo_extracts.py"), "--into"]
    command += [str(tmp_path / "extracts"), "--returns", str(tmp_path / "returns")]
    subprocess.run(command, check=True, capture_output=True)
    landed = {path.stem: len(read(path)) for path in (tmp_path / "extracts").glob("*.csv")}
    assert landed["ssda903_missing"] == sum(map(len, returns.missing.values()))
    assert landed["ssda903_episodes"] == sum(map(len, returns.episodes.values()))
    assert landed["return_interviews"] == len(returns.interviews) + len(returns.others)
    assert (tmp_path / "returns" / "2017-18").is_dir()


# --- Awkward cases: each counted from the files, each at least three times ---------------------


def starts_of(returns: Returns) -> list[tuple[int, Row, date]]:
    """All Missing rows with a readable start, with the return's year."""
    return [
        (year, row, start)
        for year in YEARS
        for row in returns.missing[year]
        if row["CHILD"] and (start := day_of(row["MIS_START"]))
    ]


def occasion_cases(returns: Returns) -> dict[str, int]:
    """How often each case of rules 1 to 3 occurs."""
    rows = starts_of(returns)
    per_day = Counter((year, row["CHILD"], start) for year, row, start in rows)
    in_returns: dict[tuple[str, date], set[int]] = defaultdict(set)
    statuses: dict[tuple[int, str, date], set[str]] = defaultdict(set)
    ends: dict[tuple[int, str], list[date | None]] = defaultdict(list)
    for year, row, start in rows:
        in_returns[row["CHILD"], start].add(year)
        statuses[year, row["CHILD"], start].add(row["MISSING"].upper())
        ends[year, row["CHILD"]].append(day_of(row["MIS_END"]))
    is_open = {(year, row["CHILD"], start) for year, row, start in rows if not row["MIS_END"]}
    early = [(year, row["CHILD"], start) for year, row, start in rows if year_of(start) < year]
    return {
        "same-day repeats": sum(number > 1 for number in per_day.values()),
        "three or more of a day": sum(number > 2 for number in per_day.values()),
        "start equal to the previous end": sum(
            any(end == start for end in ends[year, row["CHILD"]])
            and day_of(row["MIS_END"]) != start
            for year, row, start in rows
        ),
        "overlapping": sum(
            any(
                other["CHILD"] == row["CHILD"]
                and begun < start < (day_of(other["MIS_END"]) or date.max)
                for _, other, begun in rows
            )
            for _, row, start in rows
        ),
        "carried over one year end": sum(len(years) == 2 for years in in_returns.values()),
        "carried over two year ends": sum(len(years) == 3 for years in in_returns.values()),
        "carried over, one of a day": sum(per_day[y - 1, c, s] > 1 for y, c, s in early),
        "not repeated": sum((y + 1, c, s) not in per_day and y < 2017 for y, c, s in is_open),
        "closed but repeated": sum(
            (y - 1, c, s) in per_day and (y - 1, c, s) not in is_open for y, c, s in early
        ),
        "without original": sum(year_of(s) not in in_returns[c, s] for _, c, s in early),
        "status changed": sum(
            (y - 1, c, s) in statuses and not statuses[y - 1, c, s] & statuses[y, c, s]
            for y, c, s in early
        ),
        "still missing": sum(y == 2017 for y, _, _ in is_open),
        "lower-case status": sum(row["MISSING"].islower() for _, row, _ in rows),
    }


def care_cases(returns: Returns) -> dict[str, int]:
    """How often each case of rules 5 and 6 occurs."""
    cases: Counter[str] = Counter()
    for year, row, start in starts_of(returns):
        covering = returns.covering(year, row["CHILD"], start)
        ends_today = {
            day_of(e["DEC"]) for e in returns.episodes[year] if e["CHILD"] == row["CHILD"]
        }
        is_adult = returns.is_adult(row, start)
        cases["short break only"] += bool(covering) and all(covering)
        cases["short break and other care"] += any(covering) and not all(covering)
        cases["changeover day"] += len(covering) > 1 and start in ends_today
        cases["outside care"] += year_of(start) == year and not covering
        cases["on 1 April"] += (start.month, start.day) == (4, 1)
        cases["on 31 March"] += (start.month, start.day) == (3, 31)
        cases["day before 18th birthday"] += returns.is_adult(row, start + DAY) and not is_adult
        cases["on 18th birthday"] += is_adult and not returns.is_adult(row, start - DAY)
        cases["after 18th birthday"] += returns.is_adult(row, start - DAY)
        leap = row["DOB"] == "29/02/2000"
        cases["29 February, 28 February"] += leap and start == date(2018, 2, 28)
        cases["29 February, 1 March"] += leap and start == date(2018, 3, 1)
        cases["not in any Header"] += year_of(start) == year and all(
            row["CHILD"] != h["CHILD"] for y in YEARS for h in returns.header[y]
        )
    born: dict[str, set[str]] = defaultdict(set)
    for year in YEARS:
        in_header = Counter(row["CHILD"] for row in returns.header[year])
        cases["twice in Header"] += sum(number > 1 for number in in_header.values())
        for row in returns.header[year]:
            if in_header[row["CHILD"]] == 1:
                born[row["CHILD"]].add(row["DOB"])
        began = Counter(
            (child, span[0]) for child, spans in returns.care[year].items() for span in spans
        )
        cases["two episodes from one day"] += sum(number > 1 for number in began.values())
        for row in returns.episodes[year]:
            first, last = day_of(row["DECOM"]), day_of(row["DEC"])
            cases["episode start unreadable or blank"] += not first
            cases["episode end unreadable"] += bool(row["DEC"]) and not last
            cases["episode ends before it begins"] += bool(first and last and last < first)
            is_open = year < 2017 and first and not row["DEC"]
            cases["open, not continued"] += bool(is_open) and not any(
                later["CHILD"] == row["CHILD"] and later["DECOM"] == row["DECOM"]
                for later in returns.episodes.get(year + 1, [])
            )
    cases["birth date corrected"] = sum(len(dates) > 1 for dates in born.values())
    return dict(cases)


def uasc_cases(returns: Returns) -> dict[str, int]:
    """How often each case of rule 12 occurs."""
    cases: Counter[str] = Counter()
    for year in YEARS:
        rows = Counter(row["CHILD"] for row in returns.uasc[year])
        cases["twice in UASC"] += sum(number > 1 for number in rows.values())
        for row in returns.uasc[year]:
            ceased = day_of(row["DUC"])
            cases["DUC unreadable"] += bool(row["DUC"]) and not ceased
            cases["DUC before the year"] += bool(ceased and ceased < date(year, 4, 1))
            if ceased and year_of(ceased) == year and ceased < eighteenth(day_of(row["DOB"])):
                cases["ceases in the year, care goes on"] += bool(
                    returns.covering(year, row["CHILD"], ceased + DAY)
                )
                days = [d for _, m, d in starts_of(returns) if m["CHILD"] == row["CHILD"]]
                cases["on the last day as UASC"] += ceased in days
                cases["the day after"] += ceased + DAY in days
    return dict(cases)


def rejected_cases(returns: Returns) -> dict[str, int]:
    """How often each kind of rule 7 occurs."""
    cases: Counter[str] = Counter()
    for year in YEARS:
        for row in returns.missing[year]:
            start, end = day_of(row["MIS_START"]), day_of(row["MIS_END"])
            cases["no child"] += not row["CHILD"]
            cases["start blank"] += not row["MIS_START"]
            cases["start unreadable"] += bool(row["MIS_START"]) and not start
            cases["end unreadable"] += bool(row["MIS_END"]) and not end
            cases["status blank"] += not row["MISSING"]
            cases["status unknown"] += row["MISSING"].upper() not in ("", "M", "A")
            cases["start after end"] += bool(start and end and start > end)
            cases["start after the year"] += bool(start and start > date(year + 1, 3, 31))
    return dict(cases)


def interview_cases(returns: Returns) -> dict[str, int]:
    """How often each case of the return interviews occurs."""
    rows = [*returns.interviews, *returns.others]
    covered = Counter(row["INTERVIEW_ID"] for row in rows)
    number = {id(row): int(float(row["OCCASION"] or 1)) for row in rows}
    keys = [(row["CHILD"], day_of(row["MIS_START"]), number[id(row)]) for row in rows]
    of_day: Counter[tuple[str, date]] = Counter()
    for year, row, start in starts_of(returns):
        of_day[row["CHILD"], start] += year_of(start) == year
    own = {(r["CHILD"], r["MIS_START"], number[id(r)]): r for r in returns.interviews}
    both = [
        (own[key], row)
        for row in returns.others
        if (key := (row["CHILD"], row["MIS_START"], number[id(row)])) in own
    ]
    cases = {
        "one over several occasions": sum(n > 1 for n in covered.values()),
        "two for one occasion": len(both),
        "two that differ": sum(a["SEXUAL_HARM"] != b["SEXUAL_HARM"] for a, b in both),
        "in the other authority's file": len(returns.others),
        "another authority in the council's file": sum(
            row["CONDUCTED_BY"] not in ("", "Leicester City Council") for row in returns.interviews
        ),
        "matching no occasion": sum(n > of_day[child, day] for child, day, n in keys),
        "OCCASION 2": sum(n == 2 for n in number.values()),
        "OCCASION 3": sum(n == 3 for n in number.values()),
        "OCCASION blank for the first of several": sum(
            not row["OCCASION"] and of_day[row["CHILD"], day_of(row["MIS_START"])] > 1
            for row in rows
        ),
        "declined with an outcome": sum(
            row["OUTCOME"] == "DECLINED" and row["HARMED"] == "Y" for row in rows
        ),
    }
    for outcome in ("COMPLETED", "DECLINED", "NOT_OFFERED", "AWAITED"):
        cases[outcome] = sum(row["OUTCOME"] == outcome for row in rows)
    for value in ("Y", "N", ""):
        cases[f"crime {value or 'blank'}"] = sum(row["CRIME"] == value for row in rows)
    return cases


@pytest.mark.parametrize(
    "cases", [occasion_cases, care_cases, uasc_cases, rejected_cases, interview_cases]
)
def test_every_awkward_case_occurs_three_times(returns: Returns, cases) -> None:
    rare = {name: number for name, number in cases(returns).items() if number < 3}
    assert not rare


def test_question_2_has_small_and_larger_numbers(returns: Returns) -> None:
    """Occasions of the last year with each outcome, found and counted, as rule 11 has it."""
    found: dict[tuple[str, date], list[Row]] = defaultdict(list)
    for row in returns.counted_in_last_year():
        if row["MIS_END"]:
            found[row["CHILD"], day_of(row["MIS_START"])].append(row)
    outcomes: dict[str, set[tuple[str, date, int]]] = defaultdict(set)
    for row in [*returns.interviews, *returns.others]:
        start, number = day_of(row["MIS_START"]), int(float(row["OCCASION"] or 1))
        if number <= len(found.get((row["CHILD"], start), [])):
            for part in ("HARMED", "SEXUAL_HARM", "DRUG_SALE", "CRIME"):
                if row[part] == "Y":
                    outcomes[part].add((row["CHILD"], start, number))
    numbers = {part: len(of_part) for part, of_part in outcomes.items()}
    assert numbers == {"HARMED": 16, "SEXUAL_HARM": 4, "DRUG_SALE": 24, "CRIME": 31}
