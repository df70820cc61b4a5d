"""Times landing, the models and hand-written code over the same invented returns, side by side.

`make bench` runs it and writes `benchmarks/RESULTS.md` and its chart. Every step is a process of
its own; its memory is that of all its processes together, looked at ten times a second.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import duckdb
import typer
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from measured import Measured, processes_of, write_results

from missing_from_care.base.command_line import err, run
from missing_from_care.base.faults import DataFault

MARTS = (
    "foi_q1_missing_occasions",
    "foi_q2_harm_while_missing",
    "foi_q3_uasc_children",
    "foi_q4_uasc_missing_occasions",
)
WAYS = {
    "scan": ("Floor: DuckDB reads each file once", ".venv"),
    "sql": ("Hand-written SQL, DuckDB", ".venv"),
    "polars": ("polars", ".venv-bench"),
    "pandas": ("pandas", ".venv-bench"),
    "spark": ("The same SQL, PySpark local", ".venv-spark"),
}
WAYS_OF_DUCKDB = ("scan", "sql")
MOST_FOR_ALL_WAYS = 10_000_000
"""Occasions; above it the other ways run out of memory or patience."""
LANDINGS = {
    "Landing as Parquet": "parquet",
    "Landing as Parquet again, nothing changed": "parquet",
    "Landing as CSV": "csv",
}
SIZES = [100_000, 1_000_000, 10_000_000, 50_000_000]
LIMITS = ["1GiB", "2GiB", "4GiB"]
FOUR_MARTS = "The four marts, dbt"
REQUEST = "foi-2018-0417"
EXACT = """
    select cast(left(q1.financial_year, 4) as int), q1.* exclude (financial_year, definition,
        is_break_in_series), q2.*, q4.occasions_missing, q4.occasions_absent, q4.children_missing,
        q3.* exclude (financial_year)
    from foi_q1_missing_occasions as q1
    inner join (
        select financial_year as label, max(occasions_found), max(occasions_with_interview),
            max(if(question_part = 'a', occasions_with_outcome, 0)),
            max(if(question_part = 'b', occasions_with_outcome, 0)),
            max(if(question_part = 'c', occasions_with_outcome, 0)),
            max(if(question_part = 'd', occasions_with_outcome, 0))
        from foi_q2_harm_while_missing group by financial_year
    ) as q2 on q1.financial_year = q2.label
    inner join foi_q3_uasc_children as q3 on q1.financial_year = q3.financial_year
    inner join foi_q4_uasc_missing_occasions as q4 on q1.financial_year = q4.financial_year
    order by 1
"""


def measure(
    occasions: int,
    step: str,
    command: list[str],
    may_end: tuple[int, ...] = (0,),
    **environment: str,
) -> tuple[Measured, str]:
    """Runs a command and measures it; also gives what it printed.

    Raises:
        DataFault: it ended with another exit status than it may.
    """
    err.print(f"{occasions:,}: {step}")
    started, busy, memory = time.perf_counter(), {}, 0.0
    output = ROOT / "target" / "bench.out"
    output.parent.mkdir(exist_ok=True)
    with output.open("w+") as printed:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | environment,
            stdout=printed,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while process.poll() is None:
            now, size = processes_of(process.pid)
            busy, memory = busy | now, max(memory, size)
            time.sleep(0.1)
        seconds = time.perf_counter() - started
        text = output.read_text()
    if process.returncode not in may_end:
        raise DataFault(f"The step “{step}” failed at {occasions:,}: {text[-300:]}")
    note = f"ends with status {process.returncode}" if process.returncode else ""
    return Measured(occasions, step, seconds, sum(busy.values()), memory, note), text


def python(environment: str, script: str, *arguments: object) -> list[str]:
    """The command that runs a script of the project in one of its environments."""
    return [str(ROOT / environment / "bin" / "python"), script, *map(str, arguments)]


def given(folder: Path) -> dict[str, str]:
    """The landed returns, and the demonstration's settings as if they were the council's own."""
    settings = folder / "settings"
    settings.mkdir(exist_ok=True)
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    for name in project["vars"]["settled_by_the_council"]:
        shutil.copy(ROOT / "seeds" / "rules" / f"{name}.csv", settings)
    return {
        "FOI_EXTRACTS": str(folder / "landed"),
        "FOI_SETTINGS": str(settings),
        "FOI_REQUESTS": str(ROOT / "seeds" / "requests"),
    }


def dbt(
    occasions: int, step: str, folder: Path, options: list[str], memory: str = "80%"
) -> Measured:
    """Builds with dbt over the landed files; the note says how long without dbt's own start."""
    target = folder / "dbt"
    for file in folder.glob("missing_from_care.duckdb*"):
        file.unlink()
    done, _ = measure(
        occasions,
        step,
        [str(ROOT / ".venv/bin/dbt"), "--quiet", "build", "--exclude-resource-type", *options],
        **given(folder),
        FOI_DATABASE=str(folder / "missing_from_care.duckdb"),
        FOI_MEMORY_LIMIT=memory,
        DBT_TARGET_PATH=str(target),
        DBT_LOG_PATH=str(target),
    )
    nodes = json.loads((target / "run_results.json").read_text())["results"]
    done.note = f"{sum(node['execution_time'] for node in nodes):.1f} s without dbt's own start"
    return done


def release(occasions: int, folder: Path) -> list[Measured]:
    """Exports a request from the warehouse that was built, and has it judged alone."""
    place = given(folder) | {"DBT_TARGET_PATH": str(folder / "dbt")}
    asked = ["--request", REQUEST, "--database", folder / "missing_from_care.duckdb"]
    export = python(".venv", "scripts/export_response.py", *asked, "--out", folder / "responses")
    exported, _ = measure(occasions, "Export", export, may_end=(0, 4), **place)
    command = python(".venv", "benchmarks/protection.py", *asked)
    judged, printed = measure(occasions, "Protection", command, **place)
    found = json.loads(printed)
    judged.seconds, judged.busy = found["seconds"], found["busy"]
    judged.note = f"the judging alone; {found['withheld']} figures withheld"
    return [exported, judged]


def landings(occasions: int, folder: Path) -> list[Measured]:
    """Makes the returns and lands them, in the end in the form that the steps after it read."""
    returns, landed = folder / "returns", folder / "landed"
    make = python(".venv", "benchmarks/make_returns.py", returns, "--occasions", occasions)
    found = [measure(occasions, "Making the returns (not ours)", make)[0]]
    for step, form in LANDINGS.items():
        if form == "parquet" or occasions <= MOST_FOR_ALL_WAYS:
            land = ["scripts/land_extracts.py", returns, "--into", landed, "--format", form]
            done, _ = measure(occasions, step, python(".venv", *land))
            size = sum(file.stat().st_size for file in landed.rglob("*") if file.is_file())
            done.note = f"{size / 2**20:,.0f} MiB"
            found.append(done)
    shutil.rmtree(returns)
    return found


def at_size(
    occasions: int, folder: Path, ways: list[str], limits: list[str], found: list[Measured]
) -> None:
    """Appends all steps at one size, answers checked equal, to what was found.

    Raises:
        DataFault: two ways give different answers.
    """
    shutil.rmtree(folder, ignore_errors=True)
    is_for_all = occasions <= MOST_FOR_ALL_WAYS
    found += landings(occasions, folder)
    four = ["test", "unit_test", "--select", *(f"+{mart}" for mart in MARTS)]
    if is_for_all:
        found.append(dbt(occasions, FOUR_MARTS, folder, four))
    for limit in limits:
        found.append(dbt(occasions, f"{FOUR_MARTS}, within {limit}", folder, four, limit))
    with duckdb.connect(str(folder / "missing_from_care.duckdb"), read_only=True) as warehouse:
        rows = warehouse.execute(EXACT).fetchall()
    expected = [[value for value in row if not isinstance(value, str)] for row in rows]
    for way in ways if is_for_all else WAYS_OF_DUCKDB:
        step, environment = WAYS[way]
        command = python(environment, "benchmarks/four_questions.py", way, folder / "landed")
        done, printed = measure(occasions, step, command)
        found.append(done)
        if way != "scan" and json.loads(printed.splitlines()[-1]) != expected:
            raise DataFault(f"{step} and the marts differ at {occasions:,} occasions.")
    if is_for_all:
        found.append(dbt(occasions, "Everything, dbt build with its tests", folder, ["unit_test"]))
        found += release(occasions, folder)
    shutil.rmtree(folder)


def main(
    below: Annotated[Path, typer.Option(metavar="DIR", help="Scratch folder, 1 GB a million.")],
    size: Annotated[list[int], typer.Option(help="Occasions; may be repeated.")] = SIZES,
    way: Annotated[list[str], typer.Option(help="Hand-written ways.")] = list(WAYS),  # noqa: B006
    limit: Annotated[list[str], typer.Option(help="Memory limits.")] = LIMITS,
) -> None:
    """Measures everything at each size and writes benchmarks/RESULTS.md."""
    for occasions in sorted(size):
        found: list[Measured] = []
        try:
            at_size(occasions, (below / str(occasions)).resolve(), way, limit, found)
        finally:
            write_results(found)


if __name__ == "__main__":
    run(main)
