"""Turns landed random returns into a case-management extract that says much the same.

Every row of the returns becomes a row of the extract, faults and all, so that the extract is as
awkward. On top comes what only a system has: identifiers used twice, times of day, statuses in
words.
"""

import csv
import shutil
from pathlib import Path
from random import Random

from missing_from_care.base.project import raw_tables

TIMES = [" 00:00", " 00:00:00", " 09:05", " 23:59:59", "T07:30:00", " 14:10:00.000"]
MIDNIGHTS = ["", " 00:00:00", "T00:00"]
UASC_WORDS = [
    "UASC",
    "Unaccompanied Asylum-Seeking Child",
    "Unaccompanied asylum seeking child (UASC)",
]
OTHER_WORDS = [
    "Refugee Status",
    "Former UASC",
    "Not UASC",
    "",
    "Indefinite Leave to Remain in the UK",
]
ANSWERS = ["Y", "N", "NA", "", "Yes", "no", "y", "NULL"]
LEGAL_WORDS = {
    "C1": "Interim care order Sec. 38(1)",
    "C2": "Care Order Sec. 31(a)",
    "E1": "Care Order Sec.31(a) & Placement Order (Sec. 21)",
    "V2": "Accommodated S20",
    "V3": "Agreed series of short-term breaks, individual episodes",
    "V4": "Respite - recorded as one agreement",
}
OPTIONAL = [
    "ssd_cla_episodes",
    "ssd_immigration_status",
    "ssd_person",
    "ssd_legal_status",
    "ssd_cla_placement",
]
# Days that names of files tell: 31 March and the day after among them.
DAYS = ["2016-10-01", "2017-03-31", "2017-04-01", "2017-12-01", "2018-03-30", "2018-05-01"]

Row = dict[str, str]


def read(folder: Path, name: str) -> list[Row]:
    """The rows of a landed table."""
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(folder: Path, name: str, columns: list[str], rows: list[Row]) -> None:
    """A landed table."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, "", "ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def identified(rng: Random, rows: list[Row], column: str) -> list[Row]:
    """The rows with identifiers: mostly their own, some blank, some of another row."""
    for number, row in enumerate(rows):
        other = str(rng.randint(0, number))
        row[column] = rng.choices([str(number), other, "", "NULL"], [80, 14, 3, 3])[0]
    return rows


def with_time(rng: Random, text: str, times: list[str]) -> str:
    """A date with a time of day behind it, unless it has one or is no date."""
    is_bare = text.strip()[-4:].isdigit() or text.strip()[-3:-2] == "-"
    return text.strip() + rng.choice(times) if is_bare else text


def missing_rows(rng: Random, returns: list[Row]) -> list[Row]:
    """The occasions; in some systems all starts, or all ends, are at midnight."""
    start_times = rng.choice([TIMES, TIMES, MIDNIGHTS])
    end_times = rng.choice([TIMES, TIMES, TIMES, MIDNIGHTS])
    rows = [
        {
            "miss_person_id": row["child"],
            "miss_missing_episode_start_date": with_time(rng, row["mis_start"], start_times),
            "miss_missing_episode_type": row["missing"],
            "miss_missing_episode_end_date": with_time(rng, row["mis_end"], end_times) or "NULL",
            "miss_missing_rhi_offered": rng.choice(ANSWERS),
            "miss_missing_rhi_accepted": rng.choice(ANSWERS),
        }
        for row in returns
    ]
    if rows and rng.random() < 0.3:
        year = rng.choice(["1017", "1989", "2999"])
        rows.append({**rng.choice(rows), "miss_missing_episode_start_date": f"01/05/{year}"})
        rows[-1]["miss_missing_episode_end_date"] = ""
    return identified(rng, rows, "miss_table_id")


def episode_rows(rng: Random, returns: list[Row]) -> list[Row]:
    """The episodes of care."""
    rows = [
        {
            "clae_person_id": row["child"],
            "clae_cla_episode_start_date": row["decom"],
            "clae_cla_episode_ceased_date": row["dec"].strip()
            or rng.choice(["", "NULL", "null", "1900-01-01"]),
            "clae_cla_placement_id": rng.choice(
                [f"p{number}", f"p{number}", f"p{max(number - 1, 0)}", "", "NULL"]
            ),
        }
        for number, row in enumerate(returns)
    ]
    return identified(rng, rows, "clae_cla_episode_id")


def placement_rows(rng: Random, returns: list[Row]) -> list[Row]:
    """The placements; a version of the data set has no person, and types are codes or begin so."""
    has_person = rng.random() < 0.7
    return [
        {
            "clap_cla_placement_id": rng.choice([f"p{number}", f"p{number}", ""]),
            "clap_person_id": row["child"] if has_person else "",
            "clap_cla_placement_start_date": row["decom"],
            "clap_cla_placement_end_date": row["dec"],
            "clap_cla_placement_type": row["place"] + rng.choice(["", "", " - as the guide says"]),
        }
        for number, row in enumerate(returns)
    ]


def legal_rows(rng: Random, returns: list[Row]) -> list[Row]:
    """The legal statuses of the episodes, and some without bearing on being looked after."""
    rows = [
        {
            "lega_person_id": row["child"],
            "lega_legal_status": rng.choice(
                [
                    row["ls"],
                    row["ls"] + rng.choice([" Full care order", " - order"]),
                    LEGAL_WORDS.get(row["ls"], row["ls"]),
                ]
            ),
            "lega_legal_status_start_date": row["decom"],
            "lega_legal_status_end_date": row["dec"],
        }
        for row in returns
    ]
    others = [
        {**row, "lega_legal_status": rng.choice(["SGO", "Supervision order", "Other order"])}
        for row in rows
        if rng.random() < 0.1
    ]
    rows = rng.sample(rows + others, len(rows) + len(others))
    return identified(rng, rows, "lega_legal_status_id")


def immigration_rows(rng: Random, returns: list[Row]) -> list[Row]:
    """The statuses, from the start of the return's year or without any start."""
    return [
        {
            "immi_person_id": row["child"],
            "immi_immigration_status_start_date": rng.choice(
                [
                    "",
                    "?",
                    f"{row['collection_year'][:4]}-04-01",
                    f"31/03/{row['collection_year'][:4]}",
                ]
            ),
            "immi_immigration_status_end_date": rng.choice([row, row, rng.choice(returns)])["duc"],
            "immi_immigration_status": rng.choice(UASC_WORDS * 3 + OTHER_WORDS),
        }
        for row in returns
    ]


def person_rows(returns: list[Row]) -> list[Row]:
    """The people."""
    return [
        {"pers_person_id": row["child"], "pers_sex": row["sex"], "pers_dob": row["dob"]}
        for row in returns
    ]


def add_case_extract(returns: Path, into: Path, seed: int, lacks: bool = True) -> None:
    """Copies landed returns and lands a case-management extract made from them beside them.

    Args:
        returns: landed raw tables.
        into: the folder to make.
        seed: the same seed writes the same extract.
        lacks: whether a table of the extract may be lacking.
    """
    rng = Random(seed)
    shutil.copytree(returns, into)
    tables = {
        "ssd_missing": missing_rows(rng, read(returns, "ssda903_missing")),
        "ssd_cla_episodes": episode_rows(rng, read(returns, "ssda903_episodes")),
        "ssd_legal_status": legal_rows(rng, read(returns, "ssda903_episodes")),
        "ssd_immigration_status": immigration_rows(rng, read(returns, "ssda903_uasc")),
        "ssd_person": person_rows(read(returns, "ssda903_header")),
        "ssd_cla_placement": placement_rows(rng, read(returns, "ssda903_episodes")),
    }
    is_dated = rng.random() < 0.5
    covers_from = rng.choice(["", "", "2014-04-01", "2015-06-01"])
    lacking = {name for name in OPTIONAL if lacks and rng.random() < 0.12}
    # Forms of dates are landing's; here each date is read or not by itself.
    modules = [row | {"date_forms": ""} for row in read(returns, "landed_modules")]
    for name, rows in tables.items():
        if name in lacking:
            continue
        files = {"case/a.csv": 0, "case/b.csv": 0} if rng.random() < 0.3 else {"case/only.csv": 0}
        for row in rows:
            file = rng.choice(list(files))
            files[file] += 1
            row |= {"source_file": file, "source_row": str(files[file])}
        for file, number in files.items():
            module = {"raw_table": name, "status": "landed", "source_file": file}
            taken_on = rng.choice([*DAYS, ""]) if is_dated else ""
            covered = {"taken_on": taken_on, "covers_to": taken_on, "covers_from": covers_from}
            modules.append({**module, **covered, "rows_landed": str(number)})
        write(into, name, list(raw_tables()[name].landed_columns), rows)
    write(into, "landed_modules", list(modules[0]), modules)


def drop_returns(folder: Path) -> None:
    """Leaves the extract and the interviews alone in a landed folder."""
    modules = read(folder, "landed_modules")
    kept = [row for row in modules if not row["raw_table"].startswith("ssda903_")]
    write(folder, "landed_modules", list(modules[0]), kept)
    for name, table in raw_tables().items():
        if name.startswith("ssda903_"):
            write(folder, name, list(table.landed_columns), [])
