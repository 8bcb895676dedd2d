"""Words of the page on the phones; the page chooses the language of its reader."""

from __future__ import annotations

from simulator.story.catalog import Words

SERVE_WORDS = {
    "STARTING": Words("시작하는 중 …", "Starting …"),
    "ENDED": Words(
        "끝났습니다. 학습 기록은 이 브라우저에서 이어집니다.", "That was it. Your progress goes on in this browser."
    ),
    "AGAIN": Words("다시 시작", "Start again"),
    "FULL": Words(
        "지금은 자리가 없습니다. 누군가 나가면 이 페이지가 저절로 열립니다.",
        "There is no room at the moment. This page opens by itself when somebody leaves.",
    ),
    "SCRIPTS": Words("이 페이지에는 JavaScript가 필요합니다.", "This page needs JavaScript."),
}
"""Words around the terminal in a browser, by their name in the page."""

_EN = {
    "title": "Ackademy: a vote",
    "waiting": "You are in. The question will appear here.",
    "second": "Second vote, after the discussion",
    "sent": "Your answer is in. You can change it until the vote is closed.",
    "choose": "Choose one answer.",
    "sending": "Sending …",
    "closed": "The vote is closed. Look at the screen.",
    "missed": "The vote is closed; no answer of yours was counted.",
    "right": "That is what happened.",
    "offline": "No connection. Trying again …",
    "yours": "your answer",
    "other": "한국어",
}
_KO = {
    "title": "Ackademy 투표",
    "waiting": "들어왔습니다. 질문이 여기에 나타납니다.",
    "second": "토론 뒤 두 번째 투표",
    "sent": "답을 받았습니다. 투표가 끝날 때까지 바꿀 수 있습니다.",
    "choose": "하나를 고르세요.",
    "sending": "보내는 중 …",
    "closed": "투표가 끝났습니다. 앞 화면을 보세요.",
    "missed": "투표가 끝났습니다. 보낸 답이 없습니다.",
    "right": "실제로 일어난 일입니다.",
    "offline": "연결이 끊겼습니다. 다시 연결하는 중 …",
    "yours": "내 답",
    "other": "English",
}
PAGE_WORDS = {"en": _EN, "ko": _KO}
