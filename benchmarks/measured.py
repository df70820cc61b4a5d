"""What was measured, and how it is written down."""

import json
import math
import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Measured:
    """One step at one size.

    Attributes:
        occasions: as generated.
        step: in words.
        seconds: by the clock.
        busy: seconds of processor time, which other work on the machine does not lengthen much.
        memory: the highest memory seen, in MiB.
        note: what else is worth saying.
    """

    occasions: int
    step: str
    seconds: float
    busy: float
    memory: float
    note: str = ""


def processes_of(session: int) -> tuple[dict[int, float], float]:
    """Processor seconds by process, and MiB, of all processes of a session."""
    busy, pages = {}, 0
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = file.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == session:
            busy[int(file.parent.name)] = (int(fields[11]) + int(fields[12])) / TICKS
            pages += int(fields[21])
    return busy, pages * PAGE / 2**20


def exponent(of_step: list[Measured]) -> str:
    """By which power of the size the processor time grows, from the smallest to the largest."""
    first, last = min(of_step, key=lambda x: x.occasions), max(of_step, key=lambda x: x.occasions)
    if first.occasions == last.occasions:
        return ""
    grown = math.log(last.busy / first.busy) / math.log(last.occasions / first.occasions)
    return f"{grown:.2f}"


def write_block(name: str, text: str) -> None:
    """Replaces what stands in `RESULTS.md` between the mark of that name and the next end."""
    file, mark, end = HERE / "RESULTS.md", f"<!-- {name} -->", "<!-- end -->"
    head, _, rest = file.read_text(encoding="utf-8").partition(mark)
    tail = rest.partition(end)[2]
    file.write_text(f"{head}{mark}\n{text}\n{end}{tail}", encoding="utf-8")


def write_results(found: list[Measured]) -> None:
    """Writes `RESULTS.md`'s tables, with what was measured before at other sizes."""
    now, kept = {each.occasions for each in found}, HERE / "results.json"
    before = [Measured(**each) for each in json.loads(kept.read_text(encoding="utf-8"))]
    found = [*(each for each in before if each.occasions not in now), *found]
    found.sort(key=lambda each: each.occasions)
    text = ",\n".join(json.dumps(asdict(each), ensure_ascii=False) for each in found)
    kept.write_text(f"[\n{text}\n]\n", encoding="utf-8")
    steps = list(dict.fromkeys(each.step for each in found))
    lines = ["| step | occasions | seconds | processor seconds | peak MiB | growth | |"]
    lines.append("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    for step in steps:
        of_step = sorted((x for x in found if x.step == step), key=lambda x: x.occasions)
        for each in of_step:
            grown = exponent(of_step) if each is of_step[-1] else ""
            lines.append(
                f"| {step} | {each.occasions:,} | {each.seconds:.1f} | {each.busy:.1f} "
                f"| {each.memory:,.0f} | {grown} | {each.note} |"
            )
    cores = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((x.split(":")[1].strip() for x in cores if "model name" in x), "unknown")
    memory = os.sysconf("SC_PHYS_PAGES") * PAGE / 2**30
    machine = (
        f"{os.cpu_count()} cores of {model}, {memory:.0f} GiB, {platform.system()}, "
        f"Python {platform.python_version()}, DuckDB {version('duckdb')}, "
        f"dbt-core {version('dbt-core')}, dbt-duckdb {version('dbt-duckdb')}; "
        f"{os.getloadavg()[2]:.1f} processes waiting or running in the last quarter of an hour"
    )
    write_block("measured", f"Machine: {machine}.\n\n" + "\n".join(lines))
