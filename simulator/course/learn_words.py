"""Words of the course: its list, questions, results, and suggestions."""

from __future__ import annotations

from simulator.story.catalog import Words

# The list
COURSE = Words("배우기", "Learn")
PART = Words("{title} ({total}개 중 {done}개 완료)", "{title} ({done} of {total} done)")
OTHERS = Words("그 밖의 시나리오", "Other scenarios")
DONE = Words("완료", "done")
NEXT = Words("다음", "next")
SCORE = Words("정답 {right}/{total}", "{right}/{total} right")
EXERCISE_OPEN = Words("연습", "exercise")
EXERCISE_PASSED = Words("연습 통과", "exercise passed")
ALL_DONE = Words(
    "모든 레슨을 마쳤습니다. 복습: ackademy learn --review", "All lessons are done. Review: ackademy learn --review"
)
HOW_TO_START = Words("시작: ackademy learn {name}", "Start: ackademy learn {name}")
GUIDE = Words("가이드의 절", "Section of the guide")
LESSONS = Words("레슨", "Lessons")

# Questions as text
PROMPT = Words(
    "번호를 입력하세요 (1-{most}, 모르면 Enter): ", "Type a number (1-{most}; press Enter if you are not sure): "
)
AGAIN = Words("그런 번호의 답이 없습니다.", "There is no such choice.")
NO_INPUT = Words(
    "입력이 끝났습니다. 남은 질문에는 답하지 않고 계속합니다.",
    "End of input; the rest continues without answers.",
)

# How it went
HOW_IT_WENT = Words("정리", "Summary")
RIGHT_OF = Words("질문 {total}개 중 {right}개 정답", "Questions: {right} of {total} right")
SEE_AGAIN = Words(
    "틀린 질문이 있습니다. 이 레슨을 한 번 더 하면 완료됩니다.",
    "Not done yet: a question was missed. Play the lesson once more, now that you know why.",
)
NO_QUESTIONS = Words("이 실행에는 질문이 없습니다.", "There are no questions in this run.")
RIGHT = Words("맞음", "right")
WRONG = Words("틀림", "wrong")
UNKNOWN = Words("모름", "not sure")
UNSETTLED = Words("정할 수 없음", "undecided")
IN_RUN = Words("실행 결과: {text}", "what happened: {text}")
OPEN = Words("답하지 않음", "not answered")
GOALS = Words("목표 {total}개 중 {met}개 달성", "Goals: {met} of {total} met")
EXERCISE = Words("연습 문제", "Exercise")
EXERCISE_STATE = Words("연습 문제 ({state})", "Exercise ({state})")
PASSED = Words("통과", "passed")
NOT_PASSED = Words("아직", "not yet")
WHY_IT_WORKS = Words("이래서 됩니다: {text}", "Why it works: {text}")
IN_PRODUCTION = Words("실제 운영에서는: {text}", "In production: {text}")
MAY_CHANGE = Words("바꿀 수 있는 것: {paths}", "You may change: {paths}")
BUDGET = Words("예산: 프로세스(자리) {limit}개", "Budget: {limit} processes (slots)")
WRITE_IT = Words("파일에 적어 채점하세요:", "Put it in a file and have it checked:")
TURN_IT = Words("설정 바꾸기 (o)", "Change a setting (o)")
EDIT_IT = Words("파일을 고쳐서 풀기 (e)", "Edit the file (e)")
CHECK_IT = Words("내 풀이 채점", "Check my solution")
CHECK_AGAIN = Words("다시 채점", "Check again")
CHECKING = Words("채점하는 중 …", "checking …")
FORBIDDEN = Words("바꿀 수 없는 설정: {path}", "Not allowed to change: {path}")
CHANGED = Words("{path}: {before} → {after}", "{path}: {before} → {after}")
CHECK_ABOUT = Words(
    "바꾼 설정, 목표, 예산을 지금의 실행과 seed가 다른 실행 3개에서 확인합니다.",
    "Checks your changes, the goals and the budget, in this run and in three others with different seeds.",
)
SHOWN_MISSED = Words("예: seed {seed} (채점하지 않는 seed)", "For example, seed {seed} (which is not graded)")
HIDDEN_MISSED = Words("이 실행에서는 되지만 다른 seed에서는 되지 않습니다", "Met in this run, but not with other seeds")
DECIDED = Words("[{when}] {text}", "[{when}] {text}")
NEVER = Words("이룰 수 있는 일이 일어나지 않았습니다", "Nothing happened that would meet it")
GO_THERE = Words("enter: 그 순간으로 이동", "enter: go to that moment")
ON = Words("이어 하기", "Continue")
NEXT_LESSON = Words("다음: {title}", "Next: {title}")
NEXT_IS = Words("다음: {title} (ackademy learn {name})", "Next: {title} (ackademy learn {name})")
BACK_TO_RUN = Words("실행으로 돌아가기", "Back to the run")
AT_END = Words("끝입니다. →: 정리 · ←: 한 단계 뒤로", "This is the end. →: summary · ←: one step back")

AT_END_WITH_CASE = Words("r: 정리 · a: 다시 예상하기 - {case}", "r: summary · a: predict again - {case}")

# Contrast cases
CASES = Words(
    "조건을 바꿔 다시 예상하기 ({total}개 중 {played}개 완료)",
    "Predict again with a change ({played} of {total} played)",
)
AS_IT_STANDS = Words("원래 레슨", "The original lesson")
PLAYED = Words("완료", "played")
NOT_PLAYED = Words("아직", "not yet")
CASE_BEGINS = Words("바뀐 것: {changes} · 다시 예상해 보세요", "Changed: {changes}. Predict what difference it makes.")
NO_MORE_CASES = Words("변형을 모두 해 보았습니다. r: 정리", "You have played every variant. r: summary")
NO_LATER_CASES = Words(
    "이 뒤로는 해 보지 않은 변형이 없습니다. r: 모든 변형", "No variant after this one is left to play. r: all of them"
)
NO_CASES = Words("이 시나리오에는 변형이 없습니다.", "This scenario has no variants.")

# A course as text
WHICH = Words(
    "레슨 이름이나 번호 (Enter: 다음 레슨, q: 끝내기): ",
    "Lesson name or number (Enter: the next one, q: quit): ",
)
NO_SUCH = Words("그런 레슨이 없습니다.", "There is no such lesson.")

# Review
REVIEW = Words("복습 {number}/{total}", "Review {number} of {total}")
REVIEW_FROM = Words("{title} (seed {seed})", "{title} (seed {seed})")
REVIEW_VARIANT = Words("{title}: {variant} (seed {seed})", "{title}: {variant} (seed {seed})")
REVIEW_SCORE = Words("복습 끝: {total}개 중 {right}개 정답", "Review done: {right} of {total} right")
REVIEW_OF = Words(
    "복습 {number}/{total} · {title} · r: 다음 질문으로", "Review {number} of {total} · {title} · r: continue"
)
NEXT_QUESTION = Words("다음 질문 ({number}/{total})", "Next question ({number} of {total})")
LAST_QUESTION = Words("복습 마치기", "Finish the review")
