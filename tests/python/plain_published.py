"""What the Department would publish of one return by itself, in plain Python."""

from collections import Counter
from datetime import date

import plain_count
from plain_count import EPISODES, HEADER, MISSING, UASC, Row, as_day, year_end, year_start


class OneReturn:
    """One year's return by itself, counted without the models' help."""

    def __init__(self, tables: dict[str, list[Row]], year: int) -> None:
        own = {name: [r for r in rows if plain_count.first_year(r) == year]
               for name, rows in tables.items()}  # fmt: skip
        self.first, self.last = year_start(year), year_end(year)
        self.missing = [r for r in own[MISSING] if not plain_count.missing_is_rejected(r)]
        self.episodes = [
            (row["child"], as_day(row["decom"]), as_day(row["dec"]) or date.max,
             row["ls"].upper() in plain_count.SHORT_BREAKS)
            for row in own[EPISODES]
            if not plain_count.episode_is_rejected(row)
            and as_day(row["decom"]) <= self.last
            and (as_day(row["dec"]) or date.max) >= self.first
        ]  # fmt: skip
        in_file_order = sorted(own[HEADER], key=plain_count.place_in_file)
        self.born = {row["child"]: as_day(row["dob"]) for row in in_file_order}
        in_file_order = sorted(own[UASC], key=plain_count.place_in_file)
        self.ceased = {row["child"]: as_day(row["duc"]) for row in in_file_order}

    def is_in_care(self, child: str, day: date) -> bool:
        return any(
            who == child and began <= day <= ended and not is_short
            for who, began, ended, is_short in self.episodes
        )

    def at_end(self) -> set[str]:
        return {who for who, _, ended, short in self.episodes if not short and ended > self.last}

    def incidents(self, status: str) -> Counter[str]:
        counted: Counter[str] = Counter()
        for row in self.missing:
            start = as_day(row["mis_start"])
            born = self.born.get(row["child"]) or as_day(row["dob"])
            if (
                plain_count.STATUSES[row["missing"].upper()] == status
                and self.first <= start <= self.last
                and self.is_in_care(row["child"], start)
                and not plain_count.is_adult(start, born)
            ):
                counted[row["child"]] += 1
        return counted

    def still(self, status: str) -> set[str]:
        return self.at_end() & {
            row["child"]
            for row in self.missing
            if plain_count.STATUSES[row["missing"].upper()] == status
            and (as_day(row["mis_end"]) or date.max) > self.last
        }

    def counts(self) -> dict[str, int]:
        everyone = {who for who, *_ in self.episodes}
        in_care = {who for who, _, _, is_short in self.episodes if not is_short}
        found = {
            "cla_during_year": len(in_care),
            "cla_at_31_march": len(self.at_end()),
            "cla_only_short_term_placements_in_year": len(everyone - in_care),
            "uasc_at_31_march": sum(
                child in self.ceased and (self.ceased[child] or date.max) >= self.last
                for child in self.at_end()
            ),
        }
        for status, word in (("M", "missing"), ("A", "away")):
            by_child = self.incidents(status)
            found[f"{word}_incidents"] = by_child.total()
            found[f"children_{word}_in_year"] = len(by_child)
            found[f"children_{word}_more_than_once"] = sum(n > 1 for n in by_child.values())
            found[f"children_{word}_at_31_march"] = len(self.still(status))
        return found
