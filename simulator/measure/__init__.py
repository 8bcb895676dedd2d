"""The evaluation of runs: measures, goals, statistics, theory."""

from simulator.measure.compare import Comparison, Row, compare
from simulator.measure.estimate import Estimate, estimate
from simulator.measure.goals import GoalResult, check_goals, evaluate, evaluate_text, same_value
from simulator.measure.measures import MEASURED
from simulator.measure.summary import Spread, Summary, spread, summary
from simulator.measure.tallied import can_tally, evaluate_tally, summarise_tally
from simulator.measure.tally import Tally
from simulator.measure.theory import erlang_c, kiefer_wolfowitz, mean_wait
from simulator.scenario.conditions.evaluation import Value

__all__ = [
    "MEASURED",
    "Comparison",
    "Estimate",
    "GoalResult",
    "Row",
    "Spread",
    "Summary",
    "Tally",
    "Value",
    "can_tally",
    "check_goals",
    "compare",
    "erlang_c",
    "estimate",
    "evaluate",
    "evaluate_tally",
    "evaluate_text",
    "kiefer_wolfowitz",
    "mean_wait",
    "same_value",
    "spread",
    "summarise_tally",
    "summary",
]
