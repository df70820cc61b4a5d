"""Every rule finds the row that breaks it and not its neighbour, and says so where it stands."""

import csv
from pathlib import Path

import duckdb
import pytest

import compiled_models
from finding_cases import CASES, Case, e, h, land_cases, m
from missing_from_care.base.project import CHECKOUT

RULES_FILE = CHECKOUT / "seeds" / "rules" / "validation_rules.csv"
ACCEPTED = ["rule_code", "source_file", "child_id", "reason", "accepted_by", "accepted_until"]
COLUMNS = ["rule_code", "raw_table", "source_file", "source_row", "finding", "effect", "severity"]


def rule_rows() -> list[dict[str, str]]:
    """The rules of the returns; `test_case_management` has those of the extract.

    Those without a table speak of a whole module, or of one beside another.
    """
    with RULES_FILE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [row for row in rows if row["raw_table"] and not row["raw_table"].startswith("ssd_")]


@pytest.fixture(scope="module")
def warehouse() -> duckdb.DuckDBPyConnection:
    return compiled_models.connect()


@pytest.fixture(scope="module")
def findings(
    tmp_path_factory: pytest.TempPathFactory, statements: compiled_models.Statements
) -> list[dict]:
    """What is found in all cases, built once."""
    connection = compiled_models.connect()
    compiled_models.build(
        connection, statements, land_cases(CASES, tmp_path_factory.mktemp("cases"))
    )
    balance = (
        "select count(*) from dq_row_accounting where rows_landed <> rows_rejected"
        " + rows_repeated + rows_left_out + rows_counted"
    )
    assert connection.execute(balance).fetchone() == (0,)
    return compiled_models.rows(connection, "dq_findings", COLUMNS)


def of_case(findings: list[dict], name: str) -> list[dict]:
    return [each for each in findings if each["source_file"] == f"{name}.csv"]


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_these_findings_and_no_other(name: str, findings: list[dict]) -> None:
    found = sorted(each["rule_code"] for each in of_case(findings, name))
    assert found == sorted(CASES[name].rules.split()), CASES[name].about


def test_every_rule_has_a_case_that_breaks_it() -> None:
    broken = {code for case in CASES.values() for code in case.rules.split()}
    assert broken == {row["rule_code"] for row in rule_rows()}


def test_a_case_is_named_for_the_rule_that_it_breaks_or_just_does_not() -> None:
    codes = {row["rule_code"] for row in rule_rows()}
    with_a_neighbour = {name.split()[0] for name in CASES if name.split()[0] not in
                        CASES[name].rules.split()}  # fmt: skip
    two_sided = codes - {"1004", "566", "several"} - with_a_neighbour
    # A blank, or a text that is no date, number or code, has no neighbour but the usual row.
    assert two_sided <= {
        "MFC01", "MFC02", "MFC03", "MFC04", "MFC05", "MFC06", "MFC07", "MFC14", "MFC20", "MFC25",
        "102", "141", "147",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "rule", "row", "effect", "sentence"),
    [
        ("1004 blank", "1004", 1, "rejected", "MIS_START is blank."),
        ("1004 unreadable", "1004", 1, "rejected", "MIS_START reads 30/02/2016."),
        ("104 unreadable", "104", 1, "counted", "DUC reads NEVER."),
        ("574", "574", 1, "counted", "the occasion of row 2 ends on 2016-06-05."),
        ("574 open", "574", 2, "counted", "the occasion of row 1 has no end."),
        ("574 not the neighbour", "574", 3, "counted", "row 1 ends on 2016-06-30."),
        ("574 long twins", "574", 1, "counted", "row 2 ends on 2017-06-02."),
        ("576", "576", 1, "counted", "2016-17 does not have the occasion."),
        ("578", "578", 1, "left_out", "the period of care ended on 2016-08-01."),
        ("502", "502", 1, "counted", "2016-17 has no episode of the child with this start."),
        ("MFC10", "MFC10", 1, "counted", "2015-16 does not have the occasion."),
        ("571 before", "MFC10", 2, "counted", "in 2015-16 MIS_END reads 31/03/2016."),
        ("MFC09", "MFC09", 2, "counted", "It is M here and A before."),
        ("146 too early", "146", 1, "counted", "PLACE reads K3, a code from 2024-25 on."),
        ("205A flagged", "205A", 1, "counted", "not as UASC, with DUC 01/06/2016."),
        (
            "205B now",
            "205B",
            2,
            "counted",
            "in 2016-17 01/01/2022, the 18th birthday is 2022-01-01.",
        ),
        ("205C", "205C", 1, "left_out", "2015-16 does not have the child as UASC."),
        ("205D", "205D", 1, "counted", "2015-16 has the child in its Header, not as UASC."),
        ("231", "231", 1, "counted", "is 2017-04-01, the year ends on 2017-03-31."),
        ("303", "303", 1, "left_out", "the flag reads 0."),
        ("MFC03", "MFC03", 4, "rejected", "CHILD is blank or no identifier."),
        (
            "MFC24",
            "MFC24",
            3,
            "counted",
            "the same as row 1: MIS_START is 2016-06-01, MIS_END is 2016-06-01.",
        ),
        ("INT36", "INT36", 1, "repeated", "The last row of the child is row 2."),
        ("MFC17", "MFC17", 1, "counted", "HARMED reads YES, CRIME reads 1."),
        ("MFC08", "MFC08", 1, "left_out", "MIS_START is 2016-06-02, OCCASION is blank."),
    ],
)
def test_a_finding_says_where_and_what_and_to_what_effect(
    name: str, rule: str, row: int, effect: str, sentence: str, findings: list[dict]
) -> None:
    at = {(each["rule_code"], each["source_row"]): each for each in of_case(findings, name)}
    found = at[rule, row]
    assert found["finding"].casefold().endswith(sentence.casefold())
    assert found["effect"] == effect
    assert found["severity"] == next(
        each["severity"] for each in rule_rows() if each["rule_code"] == rule
    )


@pytest.mark.parametrize(
    ("table", "rules"),
    [("header", {"INT04", "INT13"}), ("episodes", {"1012", "581"}), ("missing", {"576", "MFC10"})],
)
def test_a_module_that_is_not_landed_breaks_no_rule(
    table: str,
    rules: set[str],
    tmp_path: Path,
    warehouse: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
) -> None:
    """A return that nobody has says nothing of the rows in the others."""
    other_year = {"header": "2016-17", "episodes": "2016-17", "missing": "2015-16"}[table]
    case = Case(
        "",
        "a return without one module",
        header=(h("2015-16", "02/01/2004"), h("2016-17", "02/01/2004")),
        episodes=(e("2017-18", "01/05/2017"),),
        missing=(m("2016-17", "01/03/2016", "01/06/2016"),),
    )
    landed = land_cases({"x": case}, tmp_path)
    compiled_models.build(warehouse, statements, landed)
    found = {each["rule_code"] for each in compiled_models.rows(warehouse, "dq_findings", COLUMNS)}
    expected = {"INT13", "1012", "581", "MFC10"}
    assert found == expected
    for name in (f"ssda903_{table}", "landed_modules"):
        lines = (landed / f"{name}.csv").read_text(encoding="utf-8").splitlines()
        marked = f"ssda903_{table},{other_year}," if name == "landed_modules" else f",{other_year},"
        kept = [line for line in lines if marked not in line]
        (landed / f"{name}.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    compiled_models.build(warehouse, statements, landed)
    found = {each["rule_code"] for each in compiled_models.rows(warehouse, "dq_findings", COLUMNS)}
    assert found == expected - rules


@pytest.fixture(scope="module")
def accepted_test(statements: compiled_models.Statements) -> str:
    """The data test on accepted findings as dbt runs it, which counts its rows alone."""
    test = compiled_models.data_test("accepted_findings_have_a_reason", statements)
    return f"select count(*) from ({test}) as rows_of_the_test"


@pytest.fixture(scope="module")
def two_overlaps(
    tmp_path_factory: pytest.TempPathFactory, statements: compiled_models.Statements
) -> duckdb.DuckDBPyConnection:
    """A warehouse of two children with an overlap each."""
    connection = compiled_models.connect()
    cases = {name: CASES[name] for name in ("574", "574 open")}
    landed = land_cases(cases, tmp_path_factory.mktemp("overlaps"))
    compiled_models.build(connection, statements, landed)
    return connection


def accept(
    connection: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
    folder: Path,
    **row: str,
) -> None:
    """Builds what depends on the accepted findings, with one of them."""
    usual = {
        "rule_code": "574",
        "child_id": "574",
        "reason": "seen",
        "accepted_by": "A. Analyst",
        "accepted_until": "31/12/2099",
    }
    file = folder / "accepted_findings.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ACCEPTED, "")
        writer.writeheader()
        writer.writerow(usual | row)
    compiled_models.load_csv(connection, file)
    for name, statement in statements:
        if name in ("stg_rules__accepted_findings", "dq_findings"):
            connection.execute(f"create or replace table {name} as {statement}")


@pytest.mark.parametrize(
    ("row", "accepted"),
    [
        ({}, {"574"}),
        ({"source_file": "574.csv"}, {"574"}),
        ({"source_file": "574.csv", "child_id": ""}, {"574"}),
        ({"source_file": "574 open.csv"}, set()),
        ({"rule_code": "576"}, set()),
        ({"accepted_until": "{today}"}, {"574"}),
    ],
)
def test_an_accepted_finding_stays_listed_as_accepted(
    row: dict[str, str],
    accepted: set[str],
    tmp_path: Path,
    two_overlaps: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
    accepted_test: str,
) -> None:
    connection = two_overlaps
    # Within one transaction it stays the same day, though midnight may pass.
    connection.begin()
    [(today,)] = connection.execute("select current_date").fetchall()
    row = {column: value.format(today=today) for column, value in row.items()}
    accept(connection, statements, tmp_path, **row)
    assert connection.execute(accepted_test).fetchone() == (0,)
    connection.commit()
    columns = ["child_id", "is_accepted", "accepted_reason"]
    found = compiled_models.rows(connection, "dq_findings", columns)
    assert {each["child_id"] for each in found} == {"574", "574 open"}
    assert {each["child_id"] for each in found if each["is_accepted"]} == accepted
    assert {each["accepted_reason"] for each in found if each["is_accepted"]} <= {"seen"}
    assert all(each["accepted_reason"] is None for each in found if not each["is_accepted"])


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"reason": " "}, "rule 574, any file) has no reason"),
        ({"accepted_by": ""}, "does not say by whom"),
        ({"accepted_until": ""}, "does not say until when"),
        ({"accepted_until": "31/02/2099"}, "has an accepted_until that is no date"),
        ({"accepted_until": "2020-01-31"}, "was accepted until 2020-01-31"),
        ({"rule_code": "5740"}, "has no rule_code of"),
        ({"rule_code": ""}, "rule blank, any file"),
        ({"child_id": ""}, "names neither a file nor a child"),
    ],
)
def test_an_acceptance_that_does_not_hold_fails_the_build(
    row: dict[str, str],
    sentence: str,
    tmp_path: Path,
    two_overlaps: duckdb.DuckDBPyConnection,
    statements: compiled_models.Statements,
    accepted_test: str,
) -> None:
    connection = two_overlaps
    accept(connection, statements, tmp_path, **row)
    with pytest.raises(duckdb.Error, match=r"An accepted finding \(rule") as raised:
        connection.execute(accepted_test).fetchall()
    assert sentence in str(raised.value)
    assert "574.csv" not in str(raised.value)
