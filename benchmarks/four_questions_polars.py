"""The four questions in polars."""

from datetime import date

import polars as pl
from polars import col

HARMS = {"hurt": "harmed", "abused": "sexual_harm", "drugs": "drug_sale", "crime": "crime"}


def as_day(name: str) -> pl.Expr:
    """A date written dd/mm/yyyy, null if it is none."""
    return col(name).str.to_date("%d/%m/%Y", strict=False)


def as_number(day: pl.Expr) -> pl.Expr:
    """A date as 20180331."""
    return day.dt.year().cast(pl.Int32) * 10000 + day.dt.month().cast(pl.Int32) * 100 + day.dt.day()


def answers(files: dict[str, str]) -> list[list[int]]:
    """The columns of `four_questions.sql`, a row a year.

    Args:
        files: the landed file of each table.
    """
    read = {name: pl.scan_csv(file, infer_schema=False) for name, file in files.items()}
    for name in ("missing", "episodes", "header", "uasc"):
        read[name] = read[name].with_columns(
            place=col("source_row").cast(pl.Int64),
            year=col("collection_year").str.head(4).cast(int),
        )
    year_end = pl.date(col("year") + 1, 3, 31)
    rows = (
        read["missing"]
        .with_columns(began=as_day("mis_start"), ended=as_day("mis_end"), born=as_day("dob"))
        .filter(
            col("child").is_not_null(),
            col("began").is_not_null(),
            col("mis_end").is_null() | col("ended").is_not_null(),
            col("missing").is_in(["M", "A"]),
            col("ended").is_null() | (col("began") <= col("ended")),
            col("began") <= year_end,
        )
        .sort("ended", "place", descending=True, nulls_last=False)
        .with_columns(number=pl.int_range(pl.len()).over("year", "child", "began"))
        .with_columns(found=col("ended").is_not_null().any().over("child", "began", "number"))
        .sort("year", descending=True)
        .unique(["child", "began", "number"], keep="first", maintain_order=True)
        .sort("ended", "number", descending=[False, True], nulls_last=True)
        .with_columns(occasion=pl.int_range(1, pl.len() + 1).over("child", "began"))
    )
    care = (
        read["episodes"]
        .with_columns(first=as_day("decom"), last=as_day("dec"))
        .filter(col("child").is_not_null(), col("first").is_not_null())
        .sort("year", "last", "place", descending=True, nulls_last=False)
        .unique(["child", "first"], keep="first", maintain_order=True)
        .with_columns(
            last=pl.when(col("last").is_null() & (col("year") < col("year").max()))
            .then(year_end)
            .otherwise(col("last"))
        )
        .filter(~col("ls").is_in(["V3", "V4"]))
        .select("child", "first", "last")
        .collect()
        .lazy()
    )
    born = (
        read["header"]
        .sort("year", "place", descending=True)
        .unique("child", keep="first", maintain_order=True)
        .select("child", known=as_day("dob"))
    )
    refugees = (
        read["uasc"]
        .sort("place", descending=True)
        .unique(["child", "year"], keep="first", maintain_order=True)
        .select("child", fy="year", until=as_day("duc"), listed=True)
    )
    days = (
        rows.select("child", "began")
        .unique()
        .join(care, on="child")
        .filter(col("began") >= col("first"), col("last").is_null() | (col("began") <= col("last")))
        .select("child", "began")
        .unique()
    )
    said = ["held", *HARMS]
    talks = (
        read["interviews"]
        .select(
            "child",
            began=as_day("mis_start"),
            occasion=col("occasion").fill_null("1").cast(pl.Int64),
            held=col("outcome") == "COMPLETED",
            **{name: (col(column) == "Y").fill_null(False) for name, column in HARMS.items()},
        )
        .group_by("child", "began", "occasion")
        .agg(col(name).any() for name in said)
    )
    age = as_number(col("began")) - as_number(pl.coalesce("known", "born"))
    counted = (
        rows.join(days, on=["child", "began"], how="semi")
        .join(born, on="child", how="left")
        .filter((age < 180000).fill_null(True))
        .with_columns(
            fy=col("began").dt.year().cast(pl.Int64) - (col("began").dt.month() < 4).cast(pl.Int64)
        )
        .join(refugees, on=["child", "fy"], how="left")
        .join(talks, on=["child", "began", "occasion"], how="left")
        .with_columns(
            m=(col("missing") == "M") | (col("began") >= date(2017, 4, 1)),
            u=col("listed").is_not_null()
            & (col("until").is_null() | (col("until") >= col("began"))),
        )
        .with_columns(col(name).fill_null(False) for name in said)
        .group_by("fy")
        .agg(
            col("m").sum().alias("missing"),
            (~col("m")).sum().alias("absent"),
            pl.len().alias("either"),
            col("child").filter(col("m")).n_unique().alias("children"),
            col("child").n_unique().alias("children_either"),
            (col("m") & col("found")).sum().alias("were_found"),
            *((col("m") & col("found") & col(name)).sum().alias(name) for name in said),
            (col("m") & col("u")).sum().alias("uasc_missing"),
            (~col("m") & col("u")).sum().alias("uasc_absent"),
            col("child").filter(col("m") & col("u")).n_unique().alias("uasc_children"),
        )
        .sort("fy")
        .collect()
    )
    found = []
    for fy, *figures in counted.iter_rows():
        first, last = date(fy, 4, 1), date(fy + 1, 3, 31)
        is_known = col("listed").is_not_null()
        at_end = col("last").is_null() | (col("last") > last)
        is_uasc = is_known & (
            col("until").is_null()
            | (col("until") >= pl.max_horizontal(col("first"), pl.lit(first)))
        )
        then_uasc = at_end & is_known & (col("until").is_null() | (col("until") >= last))
        here = (
            care.filter(col("first") <= last, col("last").is_null() | (col("last") >= first))
            .join(refugees.filter(col("fy") == fy), on="child", how="left")
            .select(
                col("child").filter(is_uasc).n_unique().alias("a"),
                col("child").filter(then_uasc).n_unique().alias("b"),
                col("child").n_unique().alias("c"),
                col("child").filter(at_end).n_unique().alias("d"),
            )
            .collect()
        )
        found.append([fy, *figures, *here.row(0)])
    return found
