"""Words of the presenter: few and short, to be read from the last row of a room."""

from __future__ import annotations

from simulator.story.catalog import Words

WAITING = Words("대기", "waiting")
RUNNING = Words("실행", "running")
DONE = Words("완료", "done")
FAILED = Words("실패", "failed")
LOST = Words("유실", "lost")

HANDS = Words(
    "손을 들어 볼까요? {keys} 답하기, page down 실행해 보기", "Show of hands? {keys} answer, page down lets it run"
)
WATCH = Words("적어 두었습니다. page down 키로 함께 확인해요.", "Noted. Page down, and watch it happen.")
SHOWN = Words(
    "답은 방금 실행이 보여 주었습니다. enter 키로 정리해요.", "The run has just shown it. Enter tells the answer."
)

NEXT = Words("다음", "next")
BACK = Words("이전", "back")
LET_IT_RUN = Words("실행해 보기", "let it run")
ANSWER = Words("답 보기", "the answer")
SPOTLIGHT = Words("비추기", "spotlight")
BLACK = Words("검은 화면", "black")
HELP = Words("도움말", "help")
LEAVE = Words("나가기", "leave")
NOTHING_WAITS = Words("비어 있음", "empty")
NOBODY = Words("Worker가 없습니다", "no Workers")
FREE = Words("할 일이 없습니다", "nothing to do")
