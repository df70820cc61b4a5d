"""The least and the most that each unknown of a linear system can be, by solving for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor

import highspy
import numpy as np

from missing_from_care.faults import ProtectionFault

NEAR = 1e-6


@dataclass(frozen=True)
class System:
    """What is known about some unknowns.

    Attributes:
        lower, upper: the bounds of each unknown.
        rows: sums of unknowns and their bounds: pairs of (unknown, coefficient), low, high.
        is_whole: whether every unknown is a whole number.
    """

    lower: Sequence[float]
    upper: Sequence[float]
    rows: Sequence[tuple[tuple[tuple[int, float], ...], float, float]]
    is_whole: bool


def narrowest_ranges(system: System, actual: Sequence[float]) -> list[tuple[float, float]]:
    """The range [low, high] of each unknown over all solutions of the system.

    Linear programming first. If the unknowns are whole numbers and the solution it finds is not,
    the same question is asked again of whole numbers only, unless a whole solution already met
    reaches as far.

    Args:
        system: what is known.
        actual: one solution, the true one.

    Raises:
        ProtectionFault: the solver did not answer.
    """
    if not actual:
        return []
    lows, highs = np.empty(len(actual)), np.empty(len(actual))
    seen_low, seen_high = np.array(actual, dtype=float), np.array(actual, dtype=float)
    model = _model(system)
    for unknown, sense in _questions(len(actual)):
        point = _extreme(model, unknown, sense)
        (lows if sense > 0 else highs)[unknown] = point[unknown]
        if system.is_whole and np.abs(point - np.round(point)).max() < NEAR:
            np.minimum(seen_low, np.round(point), out=seen_low)
            np.maximum(seen_high, np.round(point), out=seen_high)
    if not system.is_whole:
        return [(_tidy(low), _tidy(high)) for low, high in zip(lows, highs, strict=True)]
    whole_model = None
    for unknown, sense in _questions(len(actual)):
        reach, seen = (
            (ceil(lows[unknown] - NEAR), seen_low)
            if sense > 0
            else (floor(highs[unknown] + NEAR), seen_high)
        )
        if reach != seen[unknown]:
            whole_model = whole_model or _model(system, whole=True)
            point = np.round(_extreme(whole_model, unknown, sense))
            np.minimum(seen_low, point, out=seen_low)
            np.maximum(seen_high, point, out=seen_high)
    return [(int(low), int(high)) for low, high in zip(seen_low, seen_high, strict=True)]


def _questions(count: int) -> Iterator[tuple[int, int]]:
    """Each unknown twice: its least (1, minimise) and its most (-1)."""
    for sense in (1, -1):
        for unknown in range(count):
            yield unknown, sense


def _model(system: System, whole: bool = False) -> highspy.Highs:
    lp = highspy.HighsLp()
    count, rows = len(system.lower), system.rows
    lp.num_col_, lp.num_row_ = count, len(rows)
    lp.col_cost_ = np.zeros(count)
    lp.col_lower_ = np.array(system.lower, dtype=float)
    lp.col_upper_ = np.array(system.upper, dtype=float)
    lp.row_lower_ = np.array([low for _, low, _ in rows], dtype=float)
    lp.row_upper_ = np.array([high for _, _, high in rows], dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0, *(len(terms) for terms, _, _ in rows)], dtype=np.int32)
    entries = [term for terms, _, _ in rows for term in terms]
    lp.a_matrix_.index_ = np.array([unknown for unknown, _ in entries], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([coefficient for _, coefficient in entries], dtype=float)
    if whole:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * count
    model = highspy.Highs()
    model.setOptionValue("output_flag", False)
    model.setOptionValue("threads", 1)
    model.setOptionValue("random_seed", 0)
    model.setOptionValue("mip_rel_gap", 0.0)
    model.setOptionValue("mip_abs_gap", 0.5)
    if not whole:
        model.setOptionValue("presolve", "off")
        model.setOptionValue("solver", "simplex")
        model.setOptionValue("simplex_strategy", 4)
    model.passModel(lp)
    return model


def _extreme(model: highspy.Highs, unknown: int, sense: int) -> np.ndarray:
    """The solution in which one unknown is least (sense 1) or most (sense -1)."""
    model.changeColCost(unknown, float(sense))
    model.run()
    solved = model.getModelStatus() == highspy.HighsModelStatus.kOptimal
    point = np.array(model.getSolution().col_value) if solved else np.empty(0)
    model.changeColCost(unknown, 0.0)
    if not solved:
        raise ProtectionFault(
            "The audit could not be solved, so nothing is proved and nothing may be released: "
            "check the bounds and the relations of the cells."
        )
    return point


def _tidy(number: float) -> float:
    rounded = round(float(number), 6)
    return int(rounded) if rounded.is_integer() else rounded
