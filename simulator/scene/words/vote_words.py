"""Texts of the screen for a class vote, in both languages."""

from simulator.story.catalog import Words

QUESTION = Words("질문 {number} / {count}", "Question {number} of {count}")
AT = Words("{time}초에 멈춤", "stopped at {time} s")
HOW = Words(
    "손든 수를 입력하세요: 12/5/3 · ← → 한 명씩 · enter: 막대 보기",
    "Type the counts: 12/5/3 · ← → one at a time · enter: show the bars",
)
HOW_WITH_PHONES = Words(
    "enter: 투표 끝내고 막대 보기 · 손든 수도 더할 수 있습니다: 3/0/1",
    "enter: close the vote and show the bars · hands may be added: 3/0/1",
)
PHONES = Words(
    "{count}명이 답했습니다 (접속 {joined}) · {address}", "{count} have answered ({joined} are in) · {address}"
)
COUNTED = Words(
    "space: 옆 사람과 토론한 뒤 다시 세기 · enter: 실행해서 확인하기 · page up: 다시 세기",
    "space: discuss with a neighbour, then count again · enter: let it run · page up: recount",
)
COUNTED_BUT_ASKED = Words(
    "space: 옆 사람과 토론한 뒤 다시 세기 · enter: 다음 질문으로, 답은 그다음에 · page up: 다시 세기",
    "space: discuss with a neighbour, then count again · enter: one more question before the answer · page up: recount",
)
SECOND = Words("토론 뒤", "after the discussion")
TOTAL_TWICE = Words("모두 {count}명, 토론 전(┃) {before}명", "{count} hands in all, {before} before the discussion (┃)")
TOTAL = Words("모두 {count}명", "{count} hands in all")
MOST = Words("가장 많이 든 손", "most hands")
RIGHT = Words("실행 결과", "what happened")
UNSETTLED = Words("이 실행만으로는 답을 정할 수 없습니다.", "This run does not decide it.")
GO_ON = Words("enter: 실행으로 돌아가기", "enter: back to the run")
REVEAL = Words("다음", "next")
DISCUSS = Words("토론", "discuss")
PREVIOUS = Words("이전 단계", "previous step")
SHOW_BARS = Words("막대 보기", "show the bars")
LET_RUN = Words("실행", "let it run")
NEXT_QUESTION = Words("다음 질문", "next question")
NEXT_CHOICE = Words("다음 선택지", "the next choice")
DIGIT = Words("손든 수", "count of hands")
ERASE_DIGIT = Words("숫자 지우기", "delete a digit")
ONE_MORE = Words("한 명 더", "one more")
ONE_LESS = Words("한 명 덜", "one less")
HANDS = Words("한 명 더, 한 명 덜", "one more, one less")
ON = Words("실행으로", "back to the run")
