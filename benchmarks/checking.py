"""Times the checking of a large made-up annual return: this project beside pandas.

Run by hand: `.venv/bin/python benchmarks/checking.py [--occasions N]`. By default Missing and
Episodes of 2017-18 come to about 100 MB. Each step is a process of its own, measured whole;
compiling is not timed. The models find all rules of Missing, pandas only the five compared.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "python")]
RULES = ("567", "570", "571", "581", "1006")
FIRST, LAST = date(2017, 4, 1), date(2018, 3, 31)
HEADERS = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,HOME_POST,PL_POST,URN",
    "missing": "CHILD,DOB,MISSING,MIS_START,MIS_END",
    "uasc": "CHILD,SEX,DOB,DUC",
}


def make(place: Path, occasions: int) -> int:
    """Writes the return, the same for the same number; the size of Missing and Episodes in MB."""
    rng = Random(903)
    days = [f"{FIRST + timedelta(days=n - 800):%d/%m/%Y}" for n in range(1600)]
    place.mkdir(parents=True)
    files = {name: (place / f"{name}.csv").open("w", encoding="utf-8") for name in HEADERS}
    for name, header in HEADERS.items():
        files[name].write(header + "\n")
    for number in range(-(-occasions // 5)):
        child = f"{number:07}"
        born = f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/{rng.randint(2001, 2012)}"
        files["header"].write(f"{child},{rng.choice('12')},{born},WBRI,UN1,,\n")
        files["uasc"].write(f"{child},1,{born},\n" * (number % 20 == 0))
        change = (begin := rng.randint(300, 850)) + rng.randint(1, 250)
        again = change + rng.choice((0, 0, 0, 30))
        last = days[min(again + rng.randint(1, 200), 1164)] if rng.random() < 0.3 else ""
        for start, end in ((begin, days[change]), (again, last)):
            row = f"{days[start]},S,C2,N1,U1,PR1,{end},{'E4A' if end else ''}"
            files["episodes"].write(f"{child},{row},XL7 3EY,XL18 8AB,SC000000\n")
        for _ in range(min(5, occasions - number * 5)):
            start = 800 + (rng.randint(365, 400) if rng.random() < 0.01 else rng.randrange(365))
            end = days[start + rng.randint(-1, 9)] if rng.random() < 0.95 else ""
            status = rng.choice("MMMMMMMAAA") if rng.random() < 0.99 else "X"
            files["missing"].write(f"{child},{born},{status},{days[start]},{end}\n")
    size = files["missing"].tell() + files["episodes"].tell()
    return [file.close() for file in files.values()] and round(size / 1e6)


def compiled(folder: Path) -> dict[str, int]:
    """Has dbt compile the models; keeps what `int_findings_missing` needs."""
    from compiled_models import compile_models

    kept = compile_models(folder / "dbt").needed_for("int_findings_missing")
    (folder / "statements.json").write_text(json.dumps([kept, sorted(kept.views), kept.raw_tables]))
    return {"models": len(kept)}


def landing(folder: Path) -> dict[str, int]:
    """Lands the return; tells its rows by source file."""
    from missing_from_care.landing.land import land

    report = land(folder / "source", folder / "landed", form="csv")
    return {one.source_file: one.rows for one in report.landed}


def by_models(folder: Path) -> dict[str, int]:
    """Builds the models as dbt would, in a file; counts the findings of the five rules."""
    from compiled_models import Statements, build, connect

    kept, views, raw_tables = json.loads((folder / "statements.json").read_text())
    statements = Statements(kept)
    statements.views, statements.raw_tables = views, raw_tables
    with connect(folder) as connection:
        build(connection, statements, folder / "landed")
        return {
            rule: connection.execute(
                f"select count(rule_{rule}) from "
                + ("int_findings_missing" if rule == "581" else "int_missing_rows_judged")
            ).fetchone()[0]
            for rule in RULES
        }


def by_pandas(folder: Path) -> dict[str, int]:
    """The five rules with pandas; a start is outside care if all episodes begun by then ended."""
    import pandas as pd

    def read(module: str, columns: list[str], days: list[str]) -> pd.DataFrame:
        path = folder / "landed" / f"ssda903_{module}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, usecols=columns + days)
        return frame[columns].join(frame[days].apply(pd.to_datetime, format="%d/%m/%Y"))

    missing = read("missing", ["child", "missing"], ["mis_start", "mis_end"])
    care = read("episodes", ["child"], ["decom", "dec"])
    start, end, first, last = missing.mis_start, missing.mis_end, *map(pd.Timestamp, (FIRST, LAST))
    care = care[~(care.dec < care.decom)].sort_values("decom")
    care["dec"] = care.dec.fillna(pd.Timestamp("2262-01-01")).groupby(care.child).cummax()
    starts = missing.sort_values("mis_start")
    beside = pd.merge_asof(starts, care, left_on="mis_start", right_on="decom", by="child")
    outside, status = ~(beside.dec >= beside.mis_start), ~missing.missing.isin(["M", "A"])
    found = (start > end, start > last, (end < first) | (end > last), outside, status)
    return {rule: int(each.sum()) for rule, each in zip(RULES, found, strict=True)}


STEPS = {"compile": compiled, "landing": landing, "models": by_models, "pandas": by_pandas}


def measured(step: str, folder: Path) -> tuple[float, float, dict[str, int]]:
    """Seconds, peak MiB and counts of a step in a process of its own."""
    command = [sys.executable, __file__, "--step", step, str(folder)]
    begun = time.perf_counter()
    counts, peak = json.loads(subprocess.check_output(command, text=True).splitlines()[-1])
    return time.perf_counter() - begun, peak / 1024, counts


def main() -> None:
    """Makes the return, measures the steps and prints the table, or does one step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--occasions", type=int, default=1_400_000)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        counts = STEPS[given.step[0]](Path(given.step[1]))
        print(json.dumps([counts, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
        return
    with tempfile.TemporaryDirectory() as work:
        size = make(Path(work) / "source" / "2017-18", given.occasions)
        print(f"{given.occasions:,} occasions; Missing and Episodes: {size} MB.", flush=True)
        if not find_spec("pandas"):
            print("pandas is missing: run `pip install pandas` in the venv of your choice.")
            del STEPS["pandas"]
        results = {step: measured(step, Path(work)) for step in STEPS}
    del results["compile"]
    if "pandas" in results and results["models"][2] != results["pandas"][2]:
        sys.exit(f"The counts differ: {results['models'][2]}, pandas {results['pandas'][2]}.")
    print(f"{'step':<8}{'seconds':>9}{'peak MiB':>10}{'rows':>12}{'ratio to pandas':>17}")
    for step, (seconds, peak, counts) in results.items():
        ratio = f"{seconds / results['pandas'][0]:.2f}" if "pandas" in results else "-"
        print(f"{step:<8}{seconds:>9.1f}{peak:>10.0f}{sum(counts.values()):>12,}{ratio:>17}")
    print("Findings by rule:", results["models"][2])


if __name__ == "__main__":
    main()
