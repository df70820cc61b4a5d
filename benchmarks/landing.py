"""Times landing beside one plain copy of the same files into Parquet by DuckDB, in one run.

    .venv/bin/python benchmarks/landing.py --below target/bench --occasions 1000000

Each is a process of its own with one thread; time and memory are those of the whole process.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))


def copy(source: Path, into: Path) -> None:
    """Copies every CSV file into Parquet, with nothing checked."""
    import duckdb

    into.mkdir()
    connection = duckdb.connect(config={"threads": 1})
    for number, file in enumerate(sorted(source.rglob("*.csv"))):
        connection.execute(
            f"copy (from read_csv('{file}', all_varchar = true)) to '{into}/{number}.parquet' "
            "(format parquet, compression zstd)"
        )


def land(source: Path, into: Path) -> None:
    """Lands the same files."""
    from missing_from_care.landing.land import land

    land(source, into)


STEPS = {"copy": copy, "landing": land, "landing again": land}


def main(
    below: Annotated[Path, typer.Option(help="Where the returns go for the time.")],
    occasions: int = 1_000_000,
    step: Annotated[str, typer.Option(hidden=True)] = "",
    source: Annotated[Path | None, typer.Option(hidden=True)] = None,
) -> None:
    """Prints seconds of processor time and MiB of both, and how many times the copy landing is."""
    if step:
        STEPS[step](source, below)
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(time.process_time(), used.ru_maxrss / 1024)
        return
    below.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=below) as folder:
        returns = Path(folder) / "returns"
        make = [ROOT / "benchmarks" / "make_returns.py", returns, "--occasions", str(occasions)]
        subprocess.run([sys.executable, *map(str, make)], check=True, stdout=subprocess.DEVNULL)
        busy = {}
        for name in STEPS:
            into = Path(folder) / name.partition(" ")[0]
            told = ["--below", into, "--step", name, "--source", returns]
            done = subprocess.run(
                [sys.executable, __file__, *map(str, told)],
                check=True,
                capture_output=True,
                text=True,
            )
            busy[name], memory = map(float, done.stdout.split())
            print(f"{name:14} {busy[name]:7.2f} s {memory:6.0f} MiB")
    print(f"landing is {busy['landing'] / busy['copy']:.1f} times the copy")


if __name__ == "__main__":
    typer.run(main)
