"""Words of a plan."""

from __future__ import annotations

from simulator.story.catalog import Words
from simulator.study.planning import MET, MISSED, OPEN

GOALS = Words("목표: {goals}", "Goals: {goals}")
ANSWER = Words("가장 싼 설정: {label} (비용 {cost})", "The cheapest setting: {label} (cost {cost})")
SURE = Words(
    "  {total}번 중 {met}번 목표를 이뤘습니다. 신뢰수준 {confidence}로 전체 실행의 {share} 이상이 이룹니다.",
    "  {met} of {total} runs meet the goals: at {confidence} confidence, at least {share} of all runs do.",
)
NONE = Words(
    "목표를 이루는 설정이 없습니다 (실행의 {share} 이상, 신뢰수준 {confidence}).",
    "No setting meets the goals in at least {share} of runs at {confidence} confidence.",
)
CHEAPER = Words(
    "바로 아래 설정: {label} (비용 {cost}): {total}번 중 {met}번만 이룹니다.",
    "The next cheaper one, {label} (cost {cost}), does not do: {met} of {total} runs meet them.",
)
CHEAPER_OPEN = Words(
    "바로 아래 설정: {label} (비용 {cost}): {total}번 중 {met}번. 충분하다고도 부족하다고도 할 수 없습니다. --runs를 늘리세요.",
    "The next cheaper one, {label} (cost {cost}), remains open: {met} of {total}. Raise --runs to decide.",
)
CHEAPEST = Words("더 싼 설정은 목록에 없습니다.", "Nothing on the list is cheaper.")
WATCH = Words("  놓치는 실행 보기: {command}", "  Watch a run that misses: {command}")
TRIED = Words("시도한 설정, 싼 것부터", "Settings tried, cheapest first")
SETTING = Words("설정", "setting")
COST = Words("비용", "cost")
RUNS = Words("실행", "runs")
MEETING = Words("목표 달성", "meet")
VERDICT = Words("판정", "verdict")
VERDICTS = {
    MET: Words("충분", "enough"),
    MISSED: Words("부족", "not enough"),
    OPEN: Words("미정", "open"),
}
SPENT = Words(
    "설정 {cells}개 중 {tried}개를 모두 {runs}번 실행했습니다. 판정은 정확한 이항 한계로, 여러 번 들여다본 만큼 엄격하게 합니다.",
    "{tried} of {cells} settings were tried, in {runs} runs. Verdicts use exact binomial bounds, stricter for looking often.",
)
GROWING = Words(
    "Worker나 자리가 늘면 나빠지지 않는다고 보고 찾습니다. 답의 바로 아래 설정은 직접 실행해 확인했습니다.",
    "The search takes more workers or slots to be no worse; the setting next below the answer was played to check.",
)
INTERRUPTED = Words("중단됨", "Interrupted")
