"""What stands on the screen while a class votes, in both languages."""

from simulator.story.catalog import Words

QUESTION = Words("질문 {number} / {count}", "Question {number} of {count}")
AT = Words("{time}초에 멈춤", "stopped at {time} s")
HOW = Words(
    "손든 수를 적으세요: 12/5/3 · ← → 한 명씩 · enter: 결과 보기",
    "Type the hands: 12/5/3 · ← → one at a time · enter: reveal",
)
TOTAL = Words("모두 {count}명", "{count} hands")
MOST = Words("가장 많이 든 손", "most hands")
RIGHT = Words("실행 결과", "what the run does")
UNSETTLED = Words("이 실행만으로는 하나로 정해지지 않습니다.", "This run does not settle it.")
GO_ON = Words("enter: 실행으로 돌아가 직접 보기", "enter: back to the run, and watch it happen")
REVEAL = Words("결과", "reveal")
NEXT_CHOICE = Words("다음 선택지", "the next choice")
DIGIT = Words("손든 수", "a digit of the hands")
RUB_OUT = Words("숫자 지우기", "rub out a digit")
ONE_MORE = Words("한 명 더", "one hand more")
ONE_LESS = Words("한 명 덜", "one hand less")
HANDS = Words("한 명 더, 덜", "a hand more, less")
ON = Words("실행으로", "back to the run")
