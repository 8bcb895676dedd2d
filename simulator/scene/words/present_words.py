"""Words of the presenter: few and short, to be read from the last row of a room."""

from __future__ import annotations

from simulator.story.catalog import Words

WAITING = Words("대기", "waiting")
RUNNING = Words("실행", "running")
DONE = Words("완료", "done")
FAILED = Words("실패", "failed")
LOST = Words("유실", "lost")

HANDS = Words(
    "손을 들어 볼까요? {keys} 답하기, page down 실행해 보기", "Show of hands? {keys} answer, page down plays on"
)
WATCH = Words("적어 두었습니다. page down을 눌러 함께 확인해요.", "Noted. Page down, and watch what happens.")
SHOWN = Words("답이 나왔습니다. enter로 확인해요.", "The run has just shown it. Enter reveals the answer.")

NEXT = Words("다음", "next")
BACK = Words("이전", "back")
LET_IT_RUN = Words("실행해 보기", "play on")
ANSWER = Words("답 보기", "the answer")
SPOTLIGHT = Words("강조", "spotlight")
BLACK = Words("검은 화면", "black")
HELP = Words("도움말", "help")
LEAVE = Words("나가기", "leave")
NOTHING_WAITS = Words("비어 있음", "empty")
NOBODY = Words("Worker가 없습니다", "no workers")
FREE = Words("할 일이 없습니다", "nothing to do")
