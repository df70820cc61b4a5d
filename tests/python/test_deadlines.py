"""Deadlines: the cases worked by hand, the two properties of the law, and what the command says."""

import csv
import json
import os
from datetime import date, timedelta
from itertools import pairwise

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

import deadlines
import forked
from compiled_models import run_dbt
from deadline_cases import CASES
from missing_from_care.base.faults import DataFault
from missing_from_care.base.models_in_memory import build_model, make_table
from missing_from_care.base.project import CHECKOUT
from missing_from_care.base.register import COLUMNS, Register
from missing_from_care.deadlines.states import is_pack_older, request_states


def register(*requests):
    """A register of requests, each a dictionary of texts."""
    rows = [[request.get(column, "") for column in COLUMNS] for request in requests]
    return Register("register.csv", rows, "")


def due_dates(requests, holidays=()):
    """[due_on, earliest_due_on] of each request, with further bank holidays in the seed."""
    with duckdb.connect() as connection:
        read = register(*requests)
        make_table(connection, "foi_requests", list(COLUMNS), read.rows)
        build_model(connection, "bank_holidays")
        for day in holidays:
            connection.execute(
                "insert into bank_holidays values "
                "(?, 'One more', 'false', 'true', 'false', 'false', 'true', null, 'a test', ?)",
                [str(day), str(day)],
            )
        build_model(connection, "foi_deadlines")
        found = connection.execute(
            "select request_ref, due_on, earliest_due_on from foi_deadlines"
        ).fetchall()
    return {ref: dates for ref, *dates in found}


@pytest.mark.parametrize("case", CASES, ids=[case["request_ref"] for case in CASES])
def test_case_worked_by_hand(case):
    [state] = request_states(register(case), date.fromisoformat(case["received_on"]))
    assert [str(state.due_on), str(state.due_on_alternative)] == [case["due"], case["alternative"]]
    assert str(state.extended_due_on) == case.get("extended_due", "None")
    assert (state.due_on_alternative is None) == (state.due_on_alternative_reason is None)
    assert state.earliest_due_on == min(state.due_on, state.due_on_alternative or state.due_on)


@pytest.mark.parametrize(
    ("received", "on", "left", "state"),
    [
        ("2022-09-01", "2022-09-29", 0, "due soon"),
        ("2022-09-01", "2022-09-30", -1, "late"),
        ("2009-03-14", "2009-04-16", -1, "late"),
    ],
)
def test_the_earlier_of_two_dates_is_used(received, on, left, state):
    request = {"request_ref": "a", "received_on": received}
    [found] = request_states(register(request), date.fromisoformat(on))
    assert (found.working_days_left, found.state) == (left, state)


def test_the_earliest_reading_stands_beside_the_act_where_there_are_three():
    request = {"request_ref": "a", "received_on": "2026-12-12"}
    [state] = request_states(register(request), date(2026, 12, 14))
    assert [str(state.due_on), str(state.due_on_alternative)] == ["2027-01-14", "2027-01-13"]
    assert state.due_on_alternative_reason.startswith("2nd January, 2027-01-04: ")


def test_reasons_name_the_doubt():
    reasons = {
        case["request_ref"]: request_states(register(case), date(2026, 11, 22))[0]
        for case in CASES
        if case["alternative"] != "None"
    }
    assert "Code of Practice" in reasons["D03"].due_on_alternative_reason
    assert "2022-09-19: The bank holiday was proclaimed" in (
        reasons["D10"].due_on_alternative_reason
    )
    assert "2027-01-04: The bank holiday is published but" in (
        reasons["D27"].due_on_alternative_reason
    )


def with_and_without_a_fee(first, days):
    """Two requests for each of the days from `first` on, one with a fees notice and payment."""
    for number in range(days):
        received = first + timedelta(days=number)
        plain = {"request_ref": f"{received}", "received_on": str(received)}
        yield plain
        yield {
            **plain,
            "request_ref": f"{received} fee",
            "fee_notice_on": str(received + timedelta(days=9)),
            "fee_paid_on": str(received + timedelta(days=30)),
        }


@settings(max_examples=20, deadline=None)
@given(first=st.dates(date(2006, 1, 1), date(2027, 6, 30)), after=st.integers(0, 120))
def test_one_more_holiday_never_makes_a_date_earlier(first, after):
    requests = list(with_and_without_a_fee(first, 40))
    before = due_dates(requests)
    now = due_dates(requests, [first + timedelta(days=after)])
    for ref, (due, earliest) in before.items():
        assert now[ref][0] >= due
        assert now[ref][1] >= earliest


def test_a_request_received_later_is_never_due_earlier():
    days = (date(2028, 9, 1) - date(2006, 1, 1)).days
    found = due_dates(list(with_and_without_a_fee(date(2006, 1, 1), days))[::2])
    assert len(found) == days
    for earlier, later in pairwise(sorted(found)):
        assert found[later][0] >= found[earlier][0]
        assert found[later][1] >= found[earlier][1]


def test_days_left_are_twenty_on_the_day_of_receipt_and_none_on_the_last():
    request = {"request_ref": "a", "received_on": "2018-06-18"}
    [first] = request_states(register(request), date(2018, 6, 18))
    [last] = request_states(register(request), first.due_on)
    [after] = request_states(register(request), first.due_on + timedelta(days=1))
    assert (first.working_days_left, first.state) == (20, "on time")
    assert (last.working_days_left, last.state) == (0, "due soon")
    assert (after.working_days_left, after.state) == (-1, "late")


@pytest.mark.parametrize(
    ("request_dates", "as_of"),
    [
        ({"received_on": "2028-12-04"}, "2028-12-05"),
        ({"received_on": "2005-12-30"}, "2006-01-05"),
        ({"received_on": "2028-11-20", "extension_claimed_on": "2028-12-01"}, "2028-12-05"),
        ({"received_on": "2028-11-01", "responded_on": "2028-11-20"}, "2028-12-05"),
        ({"received_on": "2028-06-01"}, "2029-01-02"),
    ],
)
def test_a_window_beyond_the_confirmed_holidays_is_an_error_that_says_so(request_dates, as_of):
    requests = register({"request_ref": "far", **request_dates})
    with pytest.raises(DataFault, match=r"register\.csv: .*[Rr]equest far .*confirmed"):
        request_states(requests, date.fromisoformat(as_of))


def test_a_fees_notice_stops_the_clock_only_while_it_runs():
    open_notice = {"request_ref": "a", "received_on": "2026-01-05", "fee_notice_on": "2026-01-14"}
    too_late = {**open_notice, "request_ref": "b", "fee_notice_on": "2026-03-20"}
    waiting, late = (request_states(register(each), date(2026, 4, 1))[0] for each in
                     (open_notice, too_late))  # fmt: skip
    assert (waiting.state, waiting.due_on, waiting.working_days_left) == (
        "waiting for fee", None, None,
    )  # fmt: skip
    assert (late.state, str(late.due_on)) == ("late", "2026-02-02")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("received_on", "", "is blank"),
        ("received_on", "31/02/2026", 'reads "31/02/2026", which is no date'),
        ("clock_started_on", "2026-01-01", "earlier than received_on, 2026-02-02"),
        ("responded_on", "2026-02-01", "earlier than received_on"),
        ("fee_paid_on", "2026-02-20", "fee_notice_on is blank"),
        ("request_ref", "", "is blank"),
        ("request_ref", "other", "stands in more than one row"),
    ],
)
def test_a_wrong_row_is_named_with_file_row_and_column(column, value, said):
    request = {"request_ref": "a", "received_on": "2026-02-02", column: value}
    rows = register({"request_ref": "other", "received_on": "2026-02-02"}, request)
    with pytest.raises(DataFault) as caught:
        request_states(rows, date(2026, 2, 3))
    [sentence] = caught.value.sentences
    place = "rows 1 and 2" if value == "other" else "row 2"
    assert sentence.startswith(f"register.csv, {place} below the header, column {column} ")
    assert said in sentence


def test_a_pack_is_looked_for_where_the_export_puts_it(tmp_path, monkeypatch):
    monkeypatch.setenv("FOI_RESPONSES", str(tmp_path / "responses"))
    pack, database = tmp_path / "responses" / "foi-2018-7", tmp_path / "x.duckdb"
    pack.mkdir(parents=True)
    (pack / "answer.csv").write_text("x")
    os.utime(pack / "answer.csv", (1, 1))
    database.write_text("x")
    register = Register("r.csv", [["FOI/2018/7", "2018-06-18", *[None] * (len(COLUMNS) - 2)]], "")
    (state,) = request_states(register, date(2018, 6, 20))
    assert deadlines.is_old(state, database)


def test_a_pack_is_old_once_the_data_is_newer(tmp_path):
    pack, database = tmp_path / "responses" / "a", tmp_path / "x.duckdb"
    assert not is_pack_older(pack, database)
    pack.mkdir(parents=True)
    (pack / "answer.csv").write_text("x")
    assert not is_pack_older(pack, database)
    database.write_text("x")
    os.utime(pack / "answer.csv", (1, 1))
    assert is_pack_older(pack, database)


def command(*arguments):
    """Runs scripts/deadlines.py in a terminal of 80 columns."""
    given = os.environ | {"COLUMNS": "80", "FOI_REQUESTS": ""}
    return forked.run([CHECKOUT / "scripts" / "deadlines.py", *arguments], given)


def write_register(path, requests):
    """Writes a register with only the columns that the requests use, the reference last."""
    names = sorted({name for request in requests for name in request}, reverse=True)
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, names)
        writer.writeheader()
        writer.writerows(requests)
    return path


def test_the_command_prints_json_writes_a_calendar_and_ends_with_six(tmp_path):
    file = write_register(
        tmp_path / "register.csv",
        [
            {"request_ref": "a, with ümlaut", "received_on": "02/11/2026", "subject": "x" * 90},
            {"request_ref": "b", "received_on": "2026-11-20", "subject": "Girls \u202eand boys"},
            {"request_ref": "c", "received_on": "2026-10-01", "responded_on": "2026-10-20"},
        ],
    )
    ics = tmp_path / "due.ics"
    options = ["--register", str(file), "--as-of", "2026-11-26", "--ics", str(ics)]
    done = command(*options, "--json")
    assert done.returncode == 6, done.stderr
    assert "1 request is at risk: a, with ümlaut (2 working days left)." in done.stderr
    told = {each["request_ref"]: each for each in json.loads(done.stdout)}
    assert told["a, with ümlaut"]["due_on"] == "2026-12-01"
    assert told["c"]["state"] == "answered" and told["c"]["working_days_left"] is None
    events = Calendar.from_ical(ics.read_bytes()).walk("VEVENT")
    assert {str(event["uid"]).partition("@")[0] for event in events} == {"a, with ümlaut", "b"}
    # Marks of writing direction can make a text read other than it is.
    assert "Girls \ufffdand boys" in ics.read_text(encoding="utf-8")
    assert all(len(line) <= 75 for line in ics.read_bytes().split(b"\r\n"))
    answered = command(*options[:2], "--as-of", "2026-11-03")
    assert answered.returncode == 0, answered.stderr
    assert max(map(len, answered.stdout.splitlines())) <= 80


def test_the_command_gives_the_answer_of_the_built_models(tmp_path):
    folder = tmp_path / "requests"
    folder.mkdir()
    names = [name for name in COLUMNS if name != "request_ref"]
    rows = [{"request_ref": case["request_ref"], **{n: case.get(n, "") for n in names}}
            for case in CASES]  # fmt: skip
    file = write_register(folder / "foi_requests.csv", rows)
    questions = CHECKOUT / "seeds" / "requests" / "foi_request_questions.csv"
    header = questions.read_text(encoding="utf-8").splitlines()[0]
    (folder / questions.name).write_text(header + "\n", encoding="utf-8")
    selected = ["+foi_deadline_states", "--vars", "{as_of: 2026-11-22}", "--quiet"]
    built = run_dbt(["build", "--select", *selected], tmp_path, requests=folder)
    assert built.returncode == 0, built.stdout
    with duckdb.connect(str(tmp_path / "compiled.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select request_ref, due_on, due_on_alternative, extended_due_on from foi_deadlines"
        ).fetchall()
    done = command("--register", str(file), "--as-of", "2026-11-22", "--json")
    told = {
        tuple(str(each[key]) for key in
              ("request_ref", "due_on", "due_on_alternative", "extended_due_on"))
        for each in json.loads(done.stdout)
    }  # fmt: skip
    assert told == {tuple(map(str, row)) for row in found}


def test_a_review_is_asked_for_within_40_working_days_and_answered_within_20_more():
    """By hand from 16 July 2018: 6 August is a holiday in Scotland, 27 August in England."""
    request = {"request_ref": "a", "received_on": "2018-06-18", "responded_on": "2018-07-16"}
    with duckdb.connect() as connection:
        make_table(connection, "foi_requests", list(COLUMNS), register(request).rows)
        build_model(connection, "foi_deadlines")
        found = connection.execute(
            "select review_request_by, review_answer_by from foi_deadlines"
        ).fetchall()
    assert found == [(date(2018, 9, 12), date(2018, 10, 10))]
