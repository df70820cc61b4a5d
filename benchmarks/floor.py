"""Times our `dbt build` beside dbt's own floor: as many nodes of each kind, with nothing in them.

The floor is a throw-away project below a scratch folder, made from our manifest: a node for each
of ours, of the same kind and with the same parents, that does nothing (`select 1 as a`). Profile
and flags are ours. `make bench` runs it and writes the table into `benchmarks/RESULTS.md`.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Annotated, Any

import typer
import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from measured import write_block

from missing_from_care.base.command_line import err, out, run
from missing_from_care.base.faults import DataFault

PASSES = "{% test passes(model, number) %}select * from {{ model }} where false{% endtest %}"
WITHOUT = ["--exclude-resource-type", "unit_test"]
CASES = {
    "First build, as `make response` runs it": WITHOUT,
    "Again, nothing changed": WITHOUT,
    "Again, with the unit tests": [],
}
HEAD = (
    "| dbt build | nodes | seconds | of the floor | processor seconds | of the floor | over it |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def write_project(into: Path, manifest: dict[str, Any]) -> None:
    """Writes a project with a node for each of ours, of its kind, with its parents and no work."""
    ours = yaml.safe_load((ROOT / "dbt_project.yml").read_text(encoding="utf-8"))
    hooks = {"on-run-start": "select 1", "on-run-end": "select 1"}
    project = {key: ours[key] for key in ("profile", "config-version", "flags")} | hooks
    files = {
        "dbt_project.yml": json.dumps({"name": "floor"} | project),
        "profiles.yml": (ROOT / "profiles.yml").read_text(encoding="utf-8"),
        "macros/passes.sql": PASSES,
    }
    described: dict[str, dict[str, Any]] = {}
    tests = []
    for node in manifest["nodes"].values():
        kind, name = node["resource_type"], node["name"]
        parents = [one.split(".") for one in node.get("depends_on", {}).get("nodes", [])]
        needs = "\n".join(
            f"-- depends_on: {{{{ ref('{parent[2]}') }}}}"
            for parent in parents
            if parent[0] in ("model", "seed")
        )
        if kind in ("model", "seed"):
            described[node["unique_id"]] = {"name": name, "data_tests": []}
        if kind == "seed":
            files[f"seeds/{name}.csv"] = "a\n1\n"
        elif kind == "model":
            kept = node["config"]["materialized"]
            files[f"models/{name}.sql"] = (
                f"{{{{ config(materialized='{kept}') }}}}\n{needs}\nselect 1 as a"
            )
        elif kind == "test" and node.get("attached_node"):
            tests.append(node["attached_node"])
        elif kind == "test":
            files[f"tests/{name}.sql"] = f"{needs}\nselect 1 as a where false"
    for number, of in enumerate(tests):
        described[of]["data_tests"].append({"passes": {"arguments": {"number": number}}})
    properties = {
        f"{kind}s": [one for key, one in described.items() if key.startswith(kind)]
        for kind in ("model", "seed")
    }
    one_row = {"rows": [{"a": 1}]}
    properties["unit_tests"] = [
        {
            "name": test["name"],
            "model": test["model"],
            "given": [{"input": one["input"]} | one_row for one in test["given"]],
            "expect": one_row,
        }
        for test in manifest["unit_tests"].values()
    ]
    files["models/properties.yml"] = json.dumps(properties)
    for name, text in files.items():
        (into / name).parent.mkdir(parents=True, exist_ok=True)
        (into / name).write_text(text, encoding="utf-8")


def build(project: Path, folder: Path, options: list[str]) -> tuple[float, float, int]:
    """Seconds, processor seconds and nodes of one `dbt build`.

    Raises:
        DataFault: it failed.
    """
    environment = {
        "FOI_DATABASE": str(folder / "missing_from_care.duckdb"),
        "DBT_TARGET_PATH": str(folder / "dbt"),
        "DBT_LOG_PATH": str(folder / "dbt"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [str(ROOT / ".venv/bin/dbt"), "--quiet", "build", *options],
        cwd=project,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    seconds, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise DataFault(f"dbt build failed in {project}: {done.stdout[-500:]}")
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    results = json.loads((folder / "dbt" / "run_results.json").read_text())["results"]
    nodes = [one for one in results if not one["unique_id"].startswith("exposure.")]
    return seconds, busy, len(nodes)


def main(
    below: Annotated[Path, typer.Option(metavar="DIR", help="Scratch folder.")],
    rounds: Annotated[int, typer.Option(min=1, help="The median of so many is kept.")] = 3,
) -> None:
    """Measures ours and the floor by turns and writes the table into benchmarks/RESULTS.md."""
    below = below.resolve() / "floor"
    took: dict[tuple[str, bool], list[tuple[float, float, int]]] = defaultdict(list)
    for number in range(rounds):
        shutil.rmtree(below, ignore_errors=True)
        for case, options in CASES.items():
            for is_ours in (True, False):
                err.print(f"Round {number + 1}: {case}, {'ours' if is_ours else 'the floor'}")
                project = ROOT if is_ours else below / "project"
                if not is_ours and not project.exists():
                    manifest = json.loads((below / "ours/dbt/manifest.json").read_text())
                    write_project(project, manifest)
                folder = below / ("ours" if is_ours else "floor")
                took[case, is_ours].append(build(project, folder, options))
    lines = [HEAD]
    for case in CASES:
        ours, floors = took[case, True], took[case, False]
        (seconds, busy, nodes), (least, floor, as_many) = (
            map(median, zip(*each, strict=True)) for each in (ours, floors)
        )
        over = median(one[1] / other[1] for one, other in zip(ours, floors, strict=True))
        if nodes != as_many:
            raise DataFault(f"{case}: ours has {nodes:.0f} nodes and the floor {as_many:.0f}.")
        lines.append(
            f"| {case} | {nodes:.0f} | {seconds:.1f} | {least:.1f} | {busy:.1f} | {floor:.1f} "
            f"| {over - 1:+.0%} |"
        )
    table = "\n".join(lines)
    out.print(table, markup=False, soft_wrap=True)
    write_block("floor", table)
    shutil.rmtree(below)


if __name__ == "__main__":
    run(main)
