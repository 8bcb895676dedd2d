"""Words of a grade, addressed to the student."""

from __future__ import annotations

from simulator.story.catalog import Words

HEAD = Words("{file}: {lesson} 연습 문제, {points}/{most}점", "{file}: exercise of {lesson}, {points} of {most} points")
TASK = Words("문제: {text}", "Exercise: {text}")
PASSED = Words("통과했습니다.", "Passed.")
NOT_PASSED = Words("아직 통과하지 못했습니다.", "Not passed yet.")
BELIEVED = Words(
    '흔한 생각입니다: "{belief}". 이 생각이 놓치는 것: {goals}',
    'Many believe this: "{belief}". What it misses: {goals}',
)
THE_BUDGET = Words("프로세스 예산", "the budget of processes")
CHANGES = Words("바꾼 설정", "What you changed")
UNCHANGED = Words("바꾼 설정이 없습니다.", "You have not changed anything.")
CHANGE = Words("{path}: {before} → {after}", "{path}: {before} → {after}")
FORBIDDEN = Words("{path}: {before} → {after}  (바꿀 수 없는 설정)", "{path}: {before} → {after}  (not allowed)")
MORE = Words("… 그 밖에 {count}개", "… and {count} more")
MAY_CHANGE = Words("바꿀 수 있는 것: {paths}", "You may change: {paths}")
NOT_RUN = Words(
    "바꿀 수 없는 설정을 되돌린 다음 다시 채점하세요. 아직 실행하지 않았습니다.",
    "Undo the changes that are not allowed, then check again. Nothing was run.",
)
BEGIN_WITH = Words(
    "레슨 전체를 옮겨 적지 않으려면 파일을 `{line}`로 시작하고 바꿀 것만 적으세요.",
    "Unless the file is to repeat the whole lesson, begin it with `{line}` and write only what you change.",
)
RUNS = Words("실행 {runs}번 (숨은 seed {hidden}개 포함)", "Runs: {runs}, {hidden} of them with hidden seeds")
MET = Words("달성", "met")
MISSED = Words("미달성", "missed")
GUARD = Words("지킬 것", "guard")
"""A goal that the lesson meets already."""
IN_RUN = Words("실행, seed {seed}", "in the run with seed {seed}")
IN_SHOWN_RUN = Words(
    "숨은 실행에서 놓쳤고, 채점하지 않는 seed {seed}에서도 같습니다",
    "missed in a hidden run, and likewise with seed {seed}, which is not graded",
)
IN_HIDDEN_RUN = Words("숨은 실행 {number}", "in hidden run {number}")
DECIDED = Words("결정된 순간 [{when}] {text}", "decided at [{when}] {text}")
NEVER = Words("이룰 수 있는 일이 일어나지 않았습니다", "nothing happened that would meet it")
LOOK = Words("직접 보기: {command}", "See it: {command}")
BUDGET = Words("프로세스(자리) {used}개, 예산 {limit}개", "{used} processes (slots); the budget is {limit}")
