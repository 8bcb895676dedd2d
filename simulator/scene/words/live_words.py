"""Words for a real cluster that is watched while it works."""

from __future__ import annotations

from simulator.story.catalog import Words

LIVE = Words("실시간", "live")
"""The transport, at the end of what has happened so far."""

LIVE_TITLE = Words("실제 Celery 실시간", "real Celery, live")

BEHIND = Words(
    "실행이 계속됩니다(이벤트 {events}개 앞) · end: 실시간으로",
    "the run goes on, {events} events ahead · end: back to live",
)
BEHIND_SHORT = Words("end: 실시간으로", "end: live")

TO_LIVE = Words("실시간으로", "live")

AT_LIVE_END = Words(
    "실시간입니다. 새 이벤트를 바로 보여 줍니다 · ←: 한 단계 뒤로 · space: 여기 머무르기",
    "Live: new events appear at once · ←: one step back · space: stay here",
)
STAYING = Words(
    "여기 머무릅니다. 실행은 계속됩니다 · end: 실시간으로",
    "Staying here while the run goes on · end: back to live",
)
OVER = Words(
    "기록이 끝났습니다. 지금까지의 일은 계속 볼 수 있습니다.",
    "The recording has ended. You can still look at everything up to here.",
)
