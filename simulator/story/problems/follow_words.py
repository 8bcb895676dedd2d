"""Messages for the codes of problems with `--follow`; see `problem_words`."""

from __future__ import annotations

from simulator.story.catalog import Words

FOLLOWING = {
    "follow.broker": Words(
        "--follow에는 Broker 주소가 필요합니다: --broker redis://...", "--follow needs a broker: --broker redis://..."
    ),
    "follow.alone": Words("{option}: --follow와 함께 써야 합니다", "{option} requires --follow"),
    "follow.what": Words(
        "--follow는 실제 Celery를 보여 주므로 시나리오나 시나리오 옵션과 함께 쓸 수 없습니다",
        "--follow shows a real Celery: it takes no scenario and no scenario options",
    ),
    "follow.terminal": Words(
        "--follow에는 터미널이 필요합니다. 파일로 남기려면: ackademy record --broker {url} -o FILE",
        "--follow needs a terminal; to write to a file, use: ackademy record --broker {url} -o FILE",
    ),
    "follow.stdout": Words(
        "stdout은 화면에 쓰이므로 기록은 파일에만 남길 수 있습니다: -o FILE",
        "stdout is taken by the screen; name a file: -o FILE",
    ),
    "follow.nothing": Words(
        "무엇을 재생할지 지정하세요: 레슨 이름, 시나리오 파일, trace 파일, 또는 --follow",
        "nothing to play; name a lesson, a scenario file or a trace, or use --follow",
    ),
}
"""Problems with the options, by code."""
