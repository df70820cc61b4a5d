"""The four questions over landed files, each way a process of its own: WAY FOLDER, prints JSON.

The answers of all ways are the columns of `four_questions.sql`, a row a year. pandas and polars are
written as their users would write them: columns at once, no loop over rows.
"""

import json
import sys
from pathlib import Path
from typing import Any

SQL = Path(__file__).with_suffix(".sql")
TABLES = ("missing", "episodes", "header", "uasc", "interviews")
KEY = ["child", "began", "number"]
HARMS = {"hurt": "harmed", "abused": "sexual_harm", "drugs": "drug_sale", "crime": "crime"}


def file_of(folder: Path, table: str) -> str:
    """The landed file of a table, or its files as Parquet."""
    name = "return_interviews" if table == "interviews" else f"ssda903_{table}"
    file = folder / f"{name}.csv"
    return str(file if file.exists() else folder / name / "*.parquet")


def rows_of(folder: Path, table: str) -> str:
    """The same, as DuckDB reads it."""
    file = file_of(folder, table)
    is_csv = file.endswith(".csv")
    return f"read_csv('{file}', all_varchar = true)" if is_csv else f"read_parquet('{file}')"


def scan(folder: Path) -> list:
    """The floor: DuckDB reads every file once and looks at every value."""
    import duckdb

    for table in TABLES:
        duckdb.sql(f"select max(columns(*)) from {rows_of(folder, table)}").fetchall()
    return []


def duckdb_sql(folder: Path) -> list:
    """The hand-written statement in DuckDB."""
    import duckdb

    for table in TABLES:
        duckdb.execute(f"create view {table} as from {rows_of(folder, table)}")
    duckdb.execute("create macro as_day(x) as cast(try_strptime(x, '%d/%m/%Y') as date)")
    duckdb.execute("create macro as_number(x) as year(x) * 10000 + month(x) * 100 + day(x)")
    return duckdb.execute(SQL.read_text(encoding="utf-8")).fetchall()


def spark_sql(folder: Path) -> list:
    """The same statement in Spark, in this one process."""
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.config("spark.driver.memory", "4g")
        .config("spark.sql.shuffle.partitions", 4)
        .config("spark.ui.enabled", "false")
        .getOrCreate()
    )
    for table in TABLES:
        spark.read.csv(file_of(folder, table), header=True).createOrReplaceTempView(table)
    spark.sql(
        "create temporary function as_day(x string) returns date return try_cast(concat("
        "right(x, 4), '-', substring(x, 4, 2), '-', left(x, 2)) as date)"
    )
    spark.sql(
        "create temporary function as_number(x date) returns int "
        "return year(x) * 10000 + month(x) * 100 + day(x)"
    )
    return [tuple(row) for row in spark.sql(SQL.read_text(encoding="utf-8")).collect()]


def pandas_way(folder: Path) -> list:
    """The same in pandas."""
    import pandas as pd

    read = {name: pd.read_csv(file_of(folder, name), dtype="str") for name in TABLES}

    def as_day(column: Any) -> Any:
        return pd.to_datetime(column, format="%d/%m/%Y", errors="coerce")

    def as_number(days: Any) -> Any:
        return days.dt.year * 10000 + days.dt.month * 100 + days.dt.day

    for name in ("missing", "episodes", "header", "uasc"):
        read[name]["place"] = read[name]["source_row"].astype(int)
        read[name]["year"] = read[name]["collection_year"].str[:4].astype(int)

    def newest(rows: Any, by: list[str], order: list[str]) -> Any:
        return rows.sort_values(order, ascending=False, na_position="first").drop_duplicates(by)

    rows = read["missing"].assign(
        began=lambda x: as_day(x.mis_start), ended=lambda x: as_day(x.mis_end)
    )
    rows = rows[
        rows.child.notna()
        & rows.began.notna()
        & (rows.mis_end.isna() | rows.ended.notna())
        & rows.missing.isin(["M", "A"])
        & (rows.ended.isna() | (rows.began <= rows.ended))
        & (rows.began <= pd.to_datetime((rows.year + 1).astype(str) + "-03-31"))
    ].sort_values(["ended", "place"], ascending=False, na_position="first")
    rows["number"] = rows.groupby(["year", "child", "began"]).cumcount()
    rows["found"] = rows.ended.notna().groupby([rows[each] for each in KEY]).transform("max")
    rows = newest(rows, KEY, ["year"])
    rows = rows.sort_values(["ended", "number"], ascending=[True, False], na_position="last")
    rows["occasion"] = rows.groupby(["child", "began"]).cumcount() + 1

    care = read["episodes"].assign(first=lambda x: as_day(x.decom), last=lambda x: as_day(x.dec))
    care = newest(
        care[care.child.notna() & care["first"].notna()],
        ["child", "first"],
        ["year", "last", "place"],
    )
    is_stale = care["last"].isna() & (care.year < care.year.max())
    care["last"] = care["last"].mask(
        is_stale, pd.to_datetime((care.year + 1).astype(str) + "-03-31")
    )
    care = care.loc[~care.ls.isin(["V3", "V4"]), ["child", "first", "last"]]

    born = newest(read["header"], ["child"], ["year", "place"])
    born = born.assign(known=as_day(born.dob))[["child", "known"]]
    refugees = newest(read["uasc"], ["child", "year"], ["place"])
    refugees = refugees.assign(until=as_day(refugees.duc), listed=True)
    refugees = refugees[["child", "year", "until", "listed"]].rename(columns={"year": "fy"})

    days = rows[["child", "began"]].drop_duplicates().merge(care, on="child")
    days = days[(days.began >= days["first"]) & ~(days["last"] < days.began)]
    rows = rows.merge(days[["child", "began"]].drop_duplicates(), on=["child", "began"])
    rows = rows.merge(born, on="child", how="left")
    birth = rows.known.fillna(as_day(rows.dob))
    rows = rows[~(as_number(rows.began) - as_number(birth) >= 180000)]
    rows["fy"] = rows.began.dt.year - (rows.began.dt.month < 4)
    rows = rows.merge(refugees, on=["child", "fy"], how="left")
    rows["u"] = rows.listed.notna() & ~(rows.until < rows.began)

    talks = read["interviews"].assign(began=lambda x: as_day(x.mis_start))
    talks["occasion"] = talks.occasion.fillna("1").astype(int)
    talks["held"] = talks.outcome == "COMPLETED"
    for name, column in HARMS.items():
        talks[name] = talks[column] == "Y"
    said = ["held", *HARMS]
    talks = talks.groupby(["child", "began", "occasion"], as_index=False)[said].max()
    rows = rows.merge(talks, on=["child", "began", "occasion"], how="left")
    rows["m"] = (rows.missing == "M") | (rows.began >= "2017-04-01")
    found = []
    for fy in sorted(read["episodes"].year.unique()):
        first, last = pd.Timestamp(fy, 4, 1), pd.Timestamp(fy + 1, 3, 31)
        of = rows[rows.fy == fy]
        m, then = of[of.m], of[of.m & of.found]
        here = care[(care["first"] <= last) & ~(care["last"] < first)]
        here = here.merge(refugees[refugees.fy == fy], on="child", how="left")
        is_uasc = here.listed.notna() & ~(here.until < here["first"].clip(lower=first))
        at_end = ~(here["last"] <= last)
        then_uasc = at_end & here.listed.notna() & ~(here.until < last)
        found.append(
            [fy, len(m), len(of) - len(m), len(of), m.child.nunique(), of.child.nunique()]
            + [len(then), *(int((then[name] == True).sum()) for name in said)]  # noqa: E712
            + [int(m.u.sum()), int((of.u & ~of.m).sum()), m[m.u].child.nunique()]
            + [here[which].child.nunique() for which in (is_uasc, then_uasc)]
            + [here.child.nunique(), here[at_end].child.nunique()]
        )
    return found


def polars_way(folder: Path) -> list:
    """The same in polars, lazily, so that it reads only what it needs."""
    from four_questions_polars import answers

    return answers({name: file_of(folder, name) for name in TABLES})


WAYS = {
    "scan": scan,
    "sql": duckdb_sql,
    "spark": spark_sql,
    "pandas": pandas_way,
    "polars": polars_way,
}

if __name__ == "__main__":
    way, place = sys.argv[1:]
    print(json.dumps([[int(x or 0) for x in row] for row in WAYS[way](Path(place))]))
