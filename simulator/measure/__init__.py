"""The evaluation of runs: measures, goals, statistics, theory."""

from simulator.measure.compare import Comparison, Row, compare
from simulator.measure.estimate import Estimate, estimate
from simulator.measure.goals import GoalResult, check_goals, evaluate, evaluate_text, same_value
from simulator.measure.measures import MEASURED, Value
from simulator.measure.summary import Spread, Summary, spread, summary
from simulator.measure.theory import erlang_c, kiefer_wolfowitz, mean_wait

__all__ = [
    "MEASURED",
    "Comparison",
    "Estimate",
    "GoalResult",
    "Row",
    "Spread",
    "Summary",
    "Value",
    "check_goals",
    "compare",
    "erlang_c",
    "estimate",
    "evaluate",
    "evaluate_text",
    "kiefer_wolfowitz",
    "mean_wait",
    "same_value",
    "spread",
    "summary",
]
