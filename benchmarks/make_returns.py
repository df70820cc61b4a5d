"""Makes returns of invented children at any size, in the form in which councils have them.

    .venv/bin/python benchmarks/make_returns.py target/returns --occasions 1000000 --councils 20

A council and year at a time, so memory stays flat. The same options write the same bytes. Where
there are several councils each has a folder with its code, and they share the children's ids.
"""

import csv
import sys
from pathlib import Path
from typing import Annotated

import duckdb
import numpy as np
import typer

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from missing_from_care.base.command_line import err, out, run
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.project import CHECKOUT

EPOCH = np.datetime64("2000-01-01", "D")
LAST_YEAR = 2017
CHILDREN_TO_OCCASIONS = 0.5
SAME_DAY, CHAINED, BAD = 0.35, 0.25, 0.01
DATE = "strftime(date '2000-01-01' + cast({} as int), '%d/%m/%Y')"
CHILD = "'C' || lpad(cast({} as varchar), 8, '0')"
HARMS = ", ".join(
    f"case when answer = 0 then if(harm % {chance} = 0, 'Y', 'N') end as {name}"
    for name, chance in {"HARMED": 31, "SEXUAL_HARM": 97, "DRUG_SALE": 23, "CRIME": 19}.items()
)
FILES = {
    "Header": f"""
        select {CHILD.format("child")} as CHILD, sex + 1 as SEX, {DATE.format("born")} as DOB,
            ['WBRI', 'WOTH', 'BAFR', 'APKN', 'MWBC', 'OOTH', 'REFU'][ethnic + 1] as ETHNIC,
            null as UPN, 0 as MOTHER, null as MC_DOB from rows_made""",
    "Episodes": f"""
        select {CHILD.format("child")} as CHILD, {DATE.format("start")} as DECOM,
            if(part = 0, 'S', 'P') as RNE, ['C2', 'C1', 'V2', 'V3'][status + 1] as LS, 'N1' as CIN,
            ['U6', 'U4', 'K2', 'H5', 'P1', 'U1'][place + 1] as PLACE, 'PR1' as PLACE_PROVIDER,
            if(is_open, null, {DATE.format("stop")}) as DEC,
            if(is_open, null, if(is_last, 'E8', 'X1')) as REC, null as REASON_PLACE_CHANGE,
            null as HOME_POST, null as PL_POST, null as URN from rows_made""",
    "Missing": f"""
        select if(bad = 1, null, {CHILD.format("child")}) as CHILD, {DATE.format("born")} as DOB,
            case when bad = 2 then 'X' when is_away then 'A' else 'M' end as MISSING,
            case bad when 3 then null when 4 then '31/02/2017'
                when 5 then {DATE.format("stop + 40")} when 6 then '01/04/2019'
                else {DATE.format("start")} end as MIS_START,
            case when bad = 7 then 'see the file' when bad = 5 then {DATE.format("stop")}
                when is_open or bad = 6 then null else {DATE.format("stop")} end as MIS_END
        from rows_made""",
    "UASC": f"""
        select {CHILD.format("child")} as CHILD, sex + 1 as SEX, {DATE.format("born")} as DOB,
            if(born % 5 = 0, null, {DATE.format("born + 6575")}) as DUC
        from rows_made where is_uasc""",
    "Interviews": f"""
        select 'I' || lpad(cast(row_number() over () as varchar), 8, '0') as INTERVIEW_ID,
            {CHILD.format("child")} as CHILD, {DATE.format("start")} as MIS_START,
            null as OCCASION, {DATE.format("stop")} as OFFERED_DATE,
            ['COMPLETED', 'DECLINED', 'NOT_OFFERED'][answer + 1] as OUTCOME,
            if(answer = 0, {DATE.format("stop + 2")}, null) as INTERVIEW_DATE,
            'Invented' as CONDUCTED_BY, {HARMS}
        from rows_made""",
}


def year_days(year: int) -> tuple[int, int]:
    """The first and last day of a collection year, as days since 2000."""
    first, after = (np.datetime64(f"{each}-04-01", "D") - EPOCH for each in (year, year + 1))
    return int(first.astype(int)), int(after.astype(int)) - 1


class Council:
    """The children of one council, and what happened to them.

    Args:
        rng: the source of chance.
        occasions: how many in all years.
        years: the collection years, ascending.
    """

    def __init__(self, rng: np.random.Generator, occasions: int, years: list[int]) -> None:
        self.rng, self.years = rng, years
        self.per_year = occasions // len(years)
        first, last = year_days(years[0])[0] - 400, year_days(years[-1])[1]
        many = max(4, int(self.per_year * CHILDREN_TO_OCCASIONS * (1 + 0.5 * len(years))))
        self.came = rng.integers(first, last, many)
        age = np.clip(rng.normal(13, 4, many) * 365.25, 30, 6450).astype(int)
        self.born = self.came - age
        left = self.came + 1 + rng.exponential(500, many).astype(int)
        self.left = np.minimum(left, self.born + 6573)
        self.left = np.maximum(self.left, self.came + 1)
        self.sex = rng.integers(0, 2, many)
        self.ethnic = rng.choice(7, many, p=[0.6, 0.08, 0.1, 0.08, 0.07, 0.05, 0.02])
        self.is_uasc = rng.random(many) < 0.06
        # A few children go missing very many times, most never or once.
        self.weight = np.minimum(rng.pareto(1.2, many) + 0.05, 60)
        self._chain_episodes()
        self.carried: dict[str, np.ndarray] | None = None

    def _chain_episodes(self) -> None:
        rng, many = self.rng, len(self.came)
        parts = np.minimum(rng.geometric(0.45, many), 6)
        self.owner = np.repeat(np.arange(many), parts)
        self.part = np.arange(len(self.owner)) - np.repeat(np.cumsum(parts) - parts, parts)
        days = (self.left - self.came)[self.owner]
        count = parts[self.owner]
        self.start = self.came[self.owner] + days * self.part // count
        self.stop = self.came[self.owner] + days * (self.part + 1) // count
        self.is_last = self.part == count - 1
        self.status = rng.choice(4, many, p=[0.5, 0.2, 0.27, 0.03])[self.owner]
        self.place = rng.integers(0, 6, len(self.owner))

    def year(self, year: int) -> dict[str, dict[str, np.ndarray]]:
        """The rows of each module of one return, as arrays; the years are asked for in order."""
        first, last = year_days(year)
        here = np.flatnonzero((self.came <= last) & (self.left >= first))
        child = {name: getattr(self, name)[here] for name in ("born", "sex", "ethnic", "is_uasc")}
        chosen = np.flatnonzero((self.start <= last) & (self.stop >= first))
        episodes = {
            "child": self.owner[chosen],
            "is_open": self.stop[chosen] > last,
        } | {
            name: getattr(self, name)[chosen]
            for name in ("start", "stop", "part", "is_last", "status", "place")
        }
        missing, interviews = self._missing(here, first, last, year)
        header = {"child": here} | child
        return {
            "Header": header,
            "Episodes": episodes,
            "Missing": missing,
            "UASC": header,
            "Interviews": interviews,
        }

    def _missing(
        self, here: np.ndarray, first: int, last: int, year: int
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        rng, many = self.rng, self.per_year
        chance = np.cumsum(self.weight[here])
        child = here[np.searchsorted(chance, rng.random(many) * chance[-1])]
        low = np.maximum(self.came[child], first)
        high = np.minimum(self.left[child], last)
        start = low + (rng.random(many) * (high - low + 1)).astype(int)
        days = np.where(rng.random(many) < SAME_DAY, 0, 1 + rng.exponential(2.5, many).astype(int))
        days = np.where(rng.random(many) < 0.01, days + rng.integers(20, 300, many), days)
        # Chains: an occasion that begins on the day on which the one before it ended.
        chained = np.flatnonzero(rng.random(many - 1) < CHAINED) + 1 if many > 1 else here[:0]
        child[chained] = child[chained - 1]
        start[chained] = np.minimum(start[chained - 1] + days[chained - 1], last)
        new = {
            "child": child,
            "start": start,
            "stop": start + days,
            "is_away": (rng.random(many) < 0.4) & (year < LAST_YEAR),
            "bad": np.where(rng.random(many) < BAD, rng.integers(1, 8, many), 0),
        }
        rows = new
        if self.carried is not None:
            rows = {name: np.concatenate([self.carried[name], new[name]]) for name in new}
        rows["is_open"] = rows["stop"] > last
        rows["born"] = self.born[rows["child"]]
        # An occasion that is open at the year's end stands in the next return as well.
        again = rows["is_open"] & (rows["bad"] == 0)
        self.carried = {name: rows[name][again] for name in new if name != "is_open"}
        held = np.flatnonzero((rng.random(many) < 0.5) & (new["bad"] == 0))
        interviews = {name: new[name][held] for name in ("child", "start", "stop")}
        interviews["answer"] = rng.choice(3, len(held), p=[0.6, 0.3, 0.1])
        interviews["harm"] = rng.integers(0, 1_000_003, len(held))
        return rows, interviews


def write(connection: duckdb.DuckDBPyConnection, module: str, rows: dict, file: Path) -> None:
    """Writes one module of one return as CSV."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection.register("rows_made", rows)
    connection.execute(f"copy ({FILES[module]}) to '{file}' (header, delimiter ',')")
    connection.unregister("rows_made")


def make_returns(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    occasions: Annotated[int, typer.Option(min=1000, help="In all years and councils.")] = 1000000,
    councils: Annotated[int, typer.Option(min=1, max=150, help="Folders of councils.")] = 1,
    years: Annotated[int, typer.Option(min=1, max=10, help="Returns, the last of 2017-18.")] = 4,
    seed: Annotated[int, typer.Option(help="Another seed, other children.")] = 1,
) -> None:
    """Writes returns and return interviews of invented children into a new folder."""
    if into.exists() and any(into.iterdir()):
        raise UsageFault(f"{into} is not empty: give a new folder.")
    with (CHECKOUT / "seeds" / "rules" / "councils.csv").open(encoding="utf-8") as opened:
        codes = [row["la_code"] for row in csv.DictReader(opened)]
    wanted = range(LAST_YEAR - years + 1, LAST_YEAR + 1)
    with duckdb.connect() as connection, err.status("Making returns") as status:
        connection.execute("set preserve_insertion_order = true")
        for number in range(councils):
            status.update(f"Council {number + 1} of {councils}")
            rng = np.random.default_rng([seed, number])
            council = Council(rng, occasions // councils, list(wanted))
            folder = into / codes[number] if councils > 1 else into
            for year in wanted:
                label = f"{year}-{(year + 1) % 100:02d}"
                for module, rows in council.year(year).items():
                    name = f"interviews {label}.csv" if module == "Interviews" else None
                    file = folder / name if name else folder / label / f"{module}.csv"
                    write(connection, module, rows, file)
    out.print(str(into), markup=False, soft_wrap=True)


if __name__ == "__main__":
    run(make_returns)
