"""Words for a real cluster that is watched while it works."""

from __future__ import annotations

from simulator.story.catalog import Words

LIVE = Words("실시간", "live")
"""The transport, at the end of what has happened so far."""

LIVE_TITLE = Words("실제 Celery 실시간", "a real Celery, live")

BEHIND = Words(
    "실행은 계속됩니다 (이벤트 {events}개 뒤) · end: 실시간으로",
    "it goes on live, {events} events ahead · end: go there",
)
BEHIND_SHORT = Words("end: 실시간으로", "end: live")

TO_LIVE = Words("실시간으로", "live")

AT_LIVE_END = Words(
    "실시간입니다. 새 이벤트가 오면 바로 보입니다 · ←: 한 단계 뒤로 · space: 여기 머무르기",
    "Live: what happens next is shown at once · ←: one step back · space: stay here",
)
STAYING = Words(
    "여기 머무릅니다. 실행은 계속됩니다 · end: 실시간으로",
    "Staying here while it goes on · end: back to live",
)
OVER = Words(
    "기록이 끝났습니다. 여기까지의 일은 모두 볼 수 있습니다.",
    "Nothing more will come. All that was seen can still be looked at.",
)

FOLLOWING = {
    "follow.broker": Words(
        "--follow에는 Broker 주소가 필요합니다: --broker redis://...", "--follow needs a broker: --broker redis://..."
    ),
    "follow.alone": Words("{option}: --follow와 함께 쓰는 옵션입니다", "{option} goes with --follow"),
    "follow.what": Words(
        "--follow는 실제 Celery를 보여 주므로 시나리오나 시나리오 옵션과 함께 쓸 수 없습니다",
        "--follow shows a real Celery: it takes neither a scenario nor options of one",
    ),
    "follow.terminal": Words(
        "--follow에는 터미널이 필요합니다. 파일로 남기려면: ackademy record --broker {url} -o FILE",
        "--follow needs a terminal; to write a file: ackademy record --broker {url} -o FILE",
    ),
    "follow.stdout": Words(
        "화면이 stdout을 쓰므로 기록은 파일에만 남길 수 있습니다: -o FILE",
        "the screen is on stdout; name a file: -o FILE",
    ),
    "follow.nothing": Words(
        "무엇을 재생할지 알려 주세요: 레슨 이름, 시나리오 파일, trace 파일, 또는 --follow",
        "what shall be played? A lesson's name, a scenario file, a trace, or --follow",
    ),
}
"""What is wrong with the options, by code."""
