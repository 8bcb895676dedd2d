"""Words of a sweep's report."""

from __future__ import annotations

from simulator.story.catalog import Words

TITLE = Words("설정별 결과, 좋은 것부터", "Settings, best first")
SETTING = Words("설정", "setting")
AS_IT_IS = Words("그대로", "as it is")
RUNS = Words("실행", "runs")
VERSUS = Words("첫 설정과의 차이", "vs. the first")
GOAL = Words("목표 {number}", "goal {number}")
AT_LEAST = Words("{met}/{total} (≥ {bound})", "{met}/{total} (≥ {bound})")
CHART = Words("{measure}: 평균과 {confidence} 신뢰구간", "{measure}: mean and {confidence} interval")
PLAY = Words(
    "직접 보기 (설정마다 목표를 놓쳤거나 값이 가장 나쁜 실행)",
    "To watch (of each setting, a run that misses a goal, or else the worst)",
)
LONG = Words("{label}: 명령이 길어 --json에만 담습니다", "{label}: the command is long; --json has it")
SAME_SEEDS = Words(
    "모든 설정을 같은 seed로 실행했습니다({first}부터). ±는 {confidence} 신뢰구간의 절반 폭입니다(Student t).",
    "All settings ran with the same seeds, from {first} on. ± is half of the {confidence} interval (Student's t).",
)
DIFFERENCES = Words(
    "*: 첫 설정({base})과의 차이가 0이 아님. seed마다 짝지어 비교했고, 모든 차이가 함께 {confidence}로 성립합니다(Bonferroni).",
    "*: differs from the first setting ({base}). Compared seed by seed; all differences together hold at {confidence} (Bonferroni).",
)
BOUND = Words(
    "≥ 뒤의 비율은 신뢰수준 {confidence}의 정확한 하한입니다(Clopper-Pearson).",
    "The share after ≥ is the exact lower bound at {confidence} (Clopper-Pearson).",
)
WARM_UP = Words("처음 {seconds}초는 세지 않았습니다: {label}", "The first {seconds} s do not count: {label}")
NOT_PRECISE = Words(
    "실행 {runs}번으로는 {precision} 정밀도에 이르지 못했습니다: {label}. --runs를 늘리세요.",
    "{runs} runs do not reach a precision of {precision}: {label}. Raise --runs.",
)
PRECISE = Words(
    "평균을 {precision} 안으로 알 때까지 실행했습니다. 결과를 보며 멈추므로 신뢰수준은 {confidence}보다 조금 낮습니다.",
    "Runs were added until each mean was known to {precision}. Stopping by what is found covers slightly less than {confidence}.",
)
INTERRUPTED = Words(
    "중단됨: 끝난 실행 {done}번까지의 결과입니다.", "Interrupted: these are the {done} runs that had ended."
)
ONE_RUN = Words(
    "긴 실행 하나(seed {seed})를 {batches}개 묶음으로 나눔. ±는 {confidence} 신뢰구간의 절반 폭 (batch means)",
    "One long run (seed {seed}) in {batches} batches; ± is half of the {confidence} interval (batch means)",
)
FEW = Words("실행 {count}번 이상이어야 신뢰구간이 나옵니다.", "An interval takes at least {count} runs.")
"""Under a table in which a mean stands without its interval."""
NUMBER_OF_RUNS = Words("실행별 값", "each run")
"""Name of the dots in a plot."""
INTERVAL = Words("평균과 신뢰구간", "mean and interval")
SHARE = Words("목표를 이룬 실행의 비율과 하한", "share of runs that meet a goal, with its lower bound")
PROGRESS = Words("{done}/{total}번 실행, 1초에 {rate}번, {left} 남음", "{done}/{total} runs, {rate}/s, {left} left")
