"""Texts of a worksheet, in both languages."""

from simulator.story.catalog import Words

TITLE = Words("활동지: {title}", "Worksheet: {title}")
WITH_ANSWERS = Words("교사용: 답 포함", "Teacher's copy, with answers")
NAME = Words("이름", "Name")
DATE = Words("날짜", "Date")
SAME_RUN = Words(
    "모두 같은 실행을 봅니다: profile {profile}, seed {seed}, trace {hash}. 화면에 다른 값이 보이면 알려 주세요.",
    "Everybody has the same run: profile {profile}, seed {seed}, trace {hash}. If your screen shows something else, tell your teacher.",
)
START = Words("초기 상태", "Initial state")
WORKER_COLUMNS = (
    Words("이름", "name"),
    Words("Queue", "queues"),
    Words("pool", "pool"),
    Words("자리", "slots"),
    Words("prefetch", "prefetch"),
)
SENT_COLUMNS = (
    Words("Task", "task"),
    Words("실행 시간", "duration"),
    Words("개수", "count"),
    Words("처음", "first"),
    Words("마지막", "last"),
)
SECONDS = Words("{number}초", "{number} s")
UNLIMITED = Words("제한 없음", "no limit")
TIMELINE = Words("타임라인", "Timeline")
TIMELINE_TASK = Words(
    "실행을 보기 전에, 어느 Worker가 어느 Task를 언제 실행할지 막대로 그려 보세요. 그런 다음 실행을 보고 다른 색으로 고치세요.",
    "Before you watch, draw a bar for each task on the worker that will run it. Then watch, and correct it in another colour.",
)
TIMELINE_ANSWER = Words("실행 결과에서 읽은 답입니다.", "As read from the run.")
LEGEND = Words(
    "막대: 실행 · 흰색: 성공, 빗금: 재시도, 격자: 실패, 점선: 중단 · ▲ ACK · ✕ 강제 종료",
    "Bar: a run (white: succeeded, hatched: retried, crossed: failed, dashed: interrupted) · ▲ ACK · ✕ killed",
)
TEXT_LEGEND = Words(
    "= 성공, / 재시도, # 실패, ~ 중단, ^ ACK, X 강제 종료",
    "= succeeded, / retried, # failed, ~ interrupted, ^ ACK, X killed",
)
ASKED = Words("질문 {number}", "question {number}")
EXCERPT = Words("{begin}초부터 {end}초까지만 그립니다.", "An excerpt: from {begin} s to {end} s.")
CASE = Words("경우", "case")
EXPECTED = Words("예상", "expected")
SEEN = Words("결과", "seen")
MORE_LANES = Words("자리 {count}개는 지면상 뺐습니다.", "{count} more slots are not shown.")
QUESTIONS = Words("예상하기", "Predict")
QUESTION = Words("{number}. {text}", "{number}. {text}")
AT = Words("{time}초에 멈춥니다", "The run stops at {time} s")
BECAUSE = Words("이유:", "Because:")
RIGHT = Words("답: {letter}. {why}", "Answer: {letter}. {why}")
UNSETTLED = Words("이 실행만으로는 답을 정할 수 없습니다.", "This run does not decide it.")
WRONG = Words("{letter}: {because}", "{letter}: {because}")
CONTRAST = Words("바꿔 보기", "Change one thing")
CONTRAST_TASK = Words(
    "줄마다 예상을 먼저 적고, 실행해서 확인하세요: {command}",
    "For each row, write down what you expect, then run it: {command}",
)
VARIANT = Words("변형", "variant")
AS_IT_IS = Words("원래 실행", "original")
KNOBS = Words("설정 바꿔 보기", "Change a setting")
KNOB_COLUMNS = (
    Words("설정", "setting"),
    Words("쓸 수 있는 값", "allowed values"),
    Words("내가 고른 값", "my value"),
    Words("예상", "I expect"),
    Words("결과", "what happened"),
)
EXERCISE = Words("연습 문제", "Exercise")
MAY_CHANGE = Words("바꿀 수 있는 것: {paths}", "You may change: {paths}")
REACH = Words("목표: {goals}", "Goals: {goals}")
MODEL = Words("모범 답안", "Model solution")
MODEL_COLUMNS = (Words("설정", "setting"), Words("값", "value"))
NOTES = Words("오늘 가장 놀란 것 하나", "One thing that surprised me")
MEASURES = Words("적을 값의 뜻", "What the values mean")
