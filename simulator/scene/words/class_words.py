"""Words of a class that is led through its stations."""

from __future__ import annotations

from simulator.story.catalog import Words

STATION = Words("{number} / {count}", "{number} of {count}")
MINUTES = Words("{minutes:g}분", "{minutes:g} min")
MINUTES_AND_OWN = Words("{minutes:g}분, 그중 {own:g}분은 여러분의 시간", "{minutes:g} min, {own:g} of them yours")
CLOCK = Words("{spent}분 지남, 계획은 {planned:g}분", "{spent} min gone, {planned:g} planned")
GOES_ON = Words(
    "방은 하루 동안 남아 있습니다. 이어서 하기: ackademy class ... --room {code}",
    "The room stays for a day; to go on: ackademy class ... --room {code}",
)
SERVING = Words(
    "{address} 에서 열립니다. Ctrl+C로 끝냅니다. 모두 들어오면 메모리를 약 {megabytes} MB 씁니다.",
    "Open {address} in a browser; Ctrl+C ends it. With all visitors in, it takes about {megabytes} MB.",
)
JOIN = Words(
    "휴대전화로 투표합니다. QR 코드를 찍거나 이 주소를 여세요:", "Vote with your phone. Scan the code, or open:"
)
JOINED = Words("{count}명 접속", "{count} are in")
CASE = Words("경우", "case")
BLANK = Words("예상 ____", "I think ____")
BEGIN = Words("시작", "begin")
SHOW_VALUES = Words("측정값 보기", "show what was measured")
NEXT = Words("다음 순서", "the next station")
PREVIOUS = Words("이전 순서", "the station before")
VOTE = Words("투표", "vote")
COUNTS = Words("다시 보기", "the counts again")
OVER = Words("수업이 끝났습니다. 수고하셨습니다.", "That was the class. Thank you.")
COUNTED = Words("투표 결과", "Votes")
QUESTION = Words("질문", "question")
BEFORE = Words("토론 전", "before")
AFTER = Words("토론 뒤", "after")
ANSWER = Words("실행 결과", "what happened")
