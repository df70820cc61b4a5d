"""Returns of small made-up councils without faults, and requests whose figures touch each other.

The same seed makes the same returns and the same requests.
"""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from missing_from_care.response.asking import Question
from plain_answers import (
    BEFORE,
    BREAKDOWNS,
    CATEGORIES,
    MEASURES,
    NOT_ON_A_DAY,
    OF_THE_PERIOD,
    TIMES,
)
from plain_count import Returns
from random_questions import random_questions
from random_returns import postcodes_of
from sound_returns import as_csv, as_texts

DAY = timedelta(days=1)
RELATED = {
    "occasions_missing": [
        *("children_missing", "occasions_found", "occasions_still_missing", "occasions_absent"),
        *("occasions_missing_or_absent", "occasions_per_child_missing", "longest_duration_days"),
    ],
    "children_missing": [
        *("children_missing_more_than_once", "children_absent", "children_missing_or_absent"),
        *("children_looked_after", "percent_of_looked_after_children_missing"),
        *("occasions_missing", "uasc_children"),
    ],
    "occasions_found": [
        *("occasions_with_interview", "occasions_without_interview", "occasions_any_harm"),
        *("occasions_hurt", "occasions_sexually_harmed", "occasions_drug_sale"),
        *("occasions_crime", "occasions_interview_offered", "occasions_interview_declined"),
        *("occasions_interviewed_within_72_hours", "occasions_missing"),
    ],
    "children_looked_after": [
        *("uasc_children", "children_looked_after_at_end", "uasc_children_at_end"),
    ],
    "children_looked_after_at_end": ["uasc_children_at_end", "children_looked_after"],
}


# Each a breakdown; the columns that a file of interviews need not have.
MORE_OF_INTERVIEWS = ("POLICE_NOTIFIED", "TRAFFICKING_CONCERN", "EXPLOITATION_CONCERN")


def as_extract(folder: Path, returns: Returns) -> tuple[str, str]:
    """Puts a case-management extract in the place of the occasions; the days that it covers."""
    for file in folder.glob("*/missing.csv"):
        file.unlink()
    names = ["miss_table_id", "miss_person_id", "miss_missing_episode_start_date"]
    names += ["miss_missing_episode_type", "miss_missing_episode_end_date"]
    lines = [",".join(names)]
    for number, each in enumerate(returns.occasions):
        end = each.ended_on.isoformat() if each.ended_on else ""
        status = each.row["missing"]
        lines.append(f"{number},{each.child_id},{each.started_on},{status},{end}")
    (folder / "missing_episodes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return f"{min(returns.years)}-04-01", f"{max(returns.years) + 1}-03-31"


def small_returns(rng: Random, late: bool = False) -> dict[str, str]:
    """The files of one to three years of a council with 5 to 40 children, by path.

    Args:
        rng: where chance comes from.
        late: with one more occasion in the last year, as when a row arrives late.
    """
    last = rng.choice([2016, 2017, 2017])
    years = list(range(last - rng.choice([0, 0, 1, 2]), last + 1))
    end = date(last + 1, 3, 31)
    tables = {f"{year}-{(year + 1) % 100:02d}": year for year in years}
    children = [_child(rng, number, years, end) for number in range(rng.randint(5, 40))]
    if late:
        child = rng.choice(children)
        child["occasions"].append((end - rng.randint(0, 200) * DAY, end, "M"))
    files: dict[str, list[dict]] = {}
    for label, year in tables.items():
        first, until = date(year, 4, 1), date(year + 1, 3, 31)
        rows: dict[str, list[dict]] = {name: [] for name in ("header", "episodes", "missing")}
        rows["uasc"] = []
        for child in children:
            header = child["header"]
            rows["header"].append(header)
            who = {"CHILD": header["CHILD"], "DOB": header["DOB"]}
            for episode in child["episodes"]:
                if episode["DECOM"] <= until and (episode["DEC"] or until) >= first:
                    dec = episode["DEC"] if (episode["DEC"] or end) <= until else None
                    rows["episodes"].append({"CHILD": who["CHILD"], **episode, "DEC": dec})
            for start, stop, status in child["occasions"]:
                if start <= until and (stop or until) >= first:
                    ended = stop if stop and stop <= until else None
                    row = {"MISSING": status, "MIS_START": start, "MIS_END": ended}
                    rows["missing"].append({**who, **row})
            if child["is_uasc"]:
                rows["uasc"].append({**who, "SEX": header["SEX"], "DUC": child["until"]})
        files |= {f"{label}/{name}.csv": part for name, part in rows.items()}
    files["interviews.csv"] = [row for child in children for row in child["interviews"]]
    return {file: as_csv(file, rows) for file, rows in as_texts(files).items()}


def _child(rng: Random, number: int, years: list[int], end: date) -> dict:
    first = date(years[0], 4, 1)
    born = date(rng.choice([*range(years[0] - 17, years[0] - 10), years[0] - 3]), 1, 1)
    born += rng.randint(0, 364) * DAY
    is_uasc = rng.random() < 0.2
    header = {"CHILD": f"S{number:03d}", "DOB": born, "SEX": rng.choice("1122"), "MOTHER": "0"}
    header["ETHNIC"] = rng.choice(["WBRI", "WBRI", "MWAS", "BAFR", "REFU"])
    began = first + rng.choice([-100, -100, -100, 30, 150, 300]) * DAY
    episodes, day = [], began
    for _ in range(rng.choice([0, 0, 0, 1, 2])):
        stop = day + rng.randint(20, 250) * DAY
        episodes.append({"DECOM": day, "DEC": stop})
        day = stop
    episodes.append({"DECOM": day, "DEC": rng.choice([None] * 3 + [day + 200 * DAY])})
    for episode in episodes:
        episode |= {"LS": rng.choice(["C2", "C2", "V2", "E1"]), "RNE": "S"}
        episode["PLACE"] = rng.choice(["U4", "U4", "K2", "H5"])
        episode |= postcodes_of(header["CHILD"], episode["DECOM"])
    occasions = []
    for _ in range(rng.choice([0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 8, 13])):
        start = max(began, first) + rng.randint(0, (end - max(began, first)).days) * DAY
        occasions.append((start, start + rng.choice([0, 0, 1, 2, 5, 12, 45]) * DAY))
    occasions.sort()
    apart = [one for one, after in pairwise(occasions) if one[1] <= after[0]]
    apart += occasions[-1:]
    told = [(start, stop, rng.choice("MMA")) for start, stop in apart]
    if told and rng.random() < 0.15:
        told[-1] = (told[-1][0], None, told[-1][2])
    until = rng.choice([None, born.replace(year=born.year + 18, day=min(born.day, 28))])
    return {
        "header": header,
        "episodes": episodes,
        "occasions": told,
        "is_uasc": is_uasc,
        "until": until if until is None or until >= first else None,
        "interviews": [_interview(rng, header["CHILD"], each) for each in told if each[1]],
    }


def _interview(rng: Random, child: str, occasion: tuple) -> dict:
    harms = ("HARMED", "SEXUAL_HARM", "DRUG_SALE", "CRIME")
    return {
        "INTERVIEW_ID": f"I{child}{occasion[0]:%y%m%d}",
        "CHILD": child,
        "MIS_START": occasion[0],
        "OFFERED_DATE": occasion[1],
        "OUTCOME": rng.choice(["COMPLETED", "COMPLETED", "DECLINED", "NOT_OFFERED", "AWAITED"]),
        "INTERVIEW_DATE": occasion[1] + rng.choice([1, 2, 6]) * DAY,
        "CONDUCTED_BY": "Leicester",
        **{name: rng.choice("YNN") for name in harms},
        **{name: rng.choice(["Y", "N", "N", ""]) for name in MORE_OF_INTERVIEWS},
    }


def write_returns(folder: Path, files: dict[str, str]) -> None:
    """Writes the files of a council."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")


def random_request(rng: Random, returns: Returns) -> list[Question]:
    """Two to six questions: one of any kind, and others whose figures touch its."""
    (row,) = random_questions(rng, returns, 1)
    if rng.random() < 0.6:
        row |= {"period_basis": "financial_year", "first_period": "", "last_period": ""}
        years = sorted(returns.years)
        chosen = sorted(rng.choices(years, k=2)) if rng.random() < 0.3 else [years[-1]] * 2
        for key, year in zip(("first_period", "last_period"), chosen, strict=True):
            row[key] = f"{year}/{(year + 1) % 100:02d}"
    names = Question.__dataclass_fields__
    question = Question(**{name: row[name] for name in names})
    if rng.random() < 0.7:
        question = Question(**{**vars(question), "measure": rng.choice(list(RELATED))})
    asked = [_fitting(question)]
    for _ in range(rng.choice([1, 2, 2, 3, 4, 5])):
        touching = _touching(rng, rng.choice([asked[0], *asked]), returns.is_of_extract)
        asked.append(_fitting(touching))
    return list(dict.fromkeys(asked))


def _touching(rng: Random, question: Question, of_others: bool) -> Question:
    """The question with another measure, breakdown, population or period."""
    words = dict(vars(question))
    change = rng.choice(["measure", "measure", "total", "breakdown", "part", "row", "period"])
    if change == "measure":
        kin = RELATED.get(words["measure"]) or [
            name for name, others in RELATED.items() if words["measure"] in others
        ]
        words["measure"] = rng.choice(kin or list(MEASURES))
    elif change == "total":
        words |= {"breakdown": "none"} if rng.random() < 0.5 else {"population": "all"}
    elif change == "breakdown":
        listed = ["sex", "age_band", "uasc", TIMES, BEFORE, "quarter", "none"]
        listed += ["placement_area", "distance_band"]
        words["breakdown"] = rng.choice([*listed, *["care"] * 4 * of_others])
    elif change == "period" and words["period_basis"] == "financial_year":
        year = int(words["last_period"][:4])
        basis = rng.choice(["quarter", "range", "snapshot"])
        first, last = f"{year}-{rng.randint(4, 8):02d}-01", f"{year + 1}-03-31"
        if basis == "quarter":
            first, last = (
                f"{words['last_period']} Q{n}" for n in sorted(rng.choices([1, 2, 3, 4], k=2))
            )
        words |= {"period_basis": basis, "first_period": first, "last_period": last}
    elif change == "row" and words["breakdown"] not in ("none", *OF_THE_PERIOD):
        listed = [row["category"] for row in CATEGORIES[words["breakdown"]]]
        words["population"] = f"{words['breakdown']}:{rng.choice(listed[:6])}"
        words["breakdown"] = "none"
    else:
        listed = ["sex", "uasc", "age_band", TIMES, BEFORE, "ethnic_group", "legal_status"]
        listed += ["placement_area", "distance_band"]
        name = rng.choice([*listed, *["care"] * 4 * of_others])
        listed = [row["category"] for row in CATEGORIES[name]]
        condition = f"{name}:{rng.choice(listed[:5])}"
        if words["population"] == "all" or name in words["population"]:
            words["population"] = condition
        else:
            words["population"] += f"&{condition}"
    return Question(**words)


def _fitting(question: Question) -> Question:
    """Without what the measure or a snapshot does not have."""
    words = dict(vars(question))
    conditions = [each.strip() for each in words["population"].split("&")]
    is_of_care = MEASURES[words["measure"]]["counts"] in ("care", "both")
    is_snapshot = words["period_basis"] == "snapshot"

    def fits(name: str) -> bool:
        if name == "all":
            return True
        if is_of_care and BREAKDOWNS[name]["applies_to_care"] != "true":
            return False
        return not (is_snapshot and name in NOT_ON_A_DAY)

    if not fits(words["breakdown"]):
        words["breakdown"] = "none"
    kept = [each for each in conditions if fits(each.partition(":")[0])]
    words["population"] = "&".join(kept) or "all"
    return Question(**words)
