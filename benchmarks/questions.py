"""What a thousand more questions cost: the models that answer, over the demonstration extracts.

Run by hand: `.venv/bin/python benchmarks/questions.py`. Both times are of one run, side by side.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / name) for name in ("scripts", "tests/python")]

import compiled_models
from missing_from_care.base.project import CHECKOUT

MEASURES = ("occasions_missing", "children_missing", "occasions_found", "children_looked_after")
BREAKDOWNS = ("none", "age_band", "sex", "placement_type", "ethnic_group")
POPULATIONS = ("all", "uasc:yes", "sex:male", "age_band:16_to_17", "placement_type:foster_other")
QUESTION_MODELS = (
    "stg_foi_request_questions",
    "int_question_periods",
    "int_question_faults",
    "int_question_problems",
    "int_answer_counts",
    "int_answers",
    "foi_answers",
)


def questions(number: int) -> list[tuple[str, ...]]:
    """So many question rows about the last four years, as different as the words allow."""
    words = [
        (measure, breakdown, population, "financial_year", f"{year}/{(year + 1) % 100}", "2017/18")
        for year in range(2014, 2018)
        for population in POPULATIONS
        for breakdown in BREAKDOWNS
        for measure in MEASURES
    ]
    return [("foi-2018-0417", str(n), "", "Made up", *words[n % len(words)]) for n in range(number)]


def main() -> None:
    """Prints the seconds for one question, for a thousand and one, and their ratio."""
    with tempfile.TemporaryDirectory() as scratch:
        statements = compiled_models.compile_models(Path(scratch))
        warehouse = compiled_models.connect()
        compiled_models.build(warehouse, statements, CHECKOUT / "seeds" / "extracts")
        seconds = {}
        for number in (1, 1001):
            rows = questions(number)
            warehouse.execute("delete from foi_request_questions")
            warehouse.executemany(
                f"insert into foi_request_questions values ({', '.join('?' * len(rows[0]))})", rows
            )
            best = []
            for _ in range(3):
                started = time.perf_counter()
                for name, statement in statements:
                    if name in QUESTION_MODELS:
                        kind = "view" if name in statements.views else "table"
                        warehouse.execute(f"create or replace {kind} {name} as {statement}")
                best.append(time.perf_counter() - started)
            seconds[number] = min(best)
            answers = warehouse.execute("select count(*) from foi_answers").fetchall()[0][0]
            print(f"{number:>5} questions  {answers:>7} answers  {seconds[number]:6.2f} s")
        print(f"ratio {seconds[1001] / seconds[1]:.1f}")


if __name__ == "__main__":
    main()
