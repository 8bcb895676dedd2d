"""The words of the index of a course as a site."""

from __future__ import annotations

from simulator.course import learn_words
from simulator.export.html import player_words
from simulator.story.catalog import Words

PROGRESS = Words("{total}개 중 {done}개 완료", "{done} of {total} done")
NEXT = Words("다음 레슨", "Next")
START = Words("시작하기", "Start")
DONE = learn_words.DONE
SCORE = learn_words.SCORE
FORGET = Words("기록 지우기", "Forget my progress")
FORGET_SURE = Words("정말 지우기", "Really forget it")
KEPT_HERE = Words(
    "어떤 레슨을 마쳤는지는 이 브라우저에만 저장하며 아무것도 보내지 않습니다.",
    "Which lessons are done is kept in this browser only; nothing is sent.",
)
LANGUAGE = player_words.LANGUAGE
NO_SCRIPT = Words(
    "이 목록에는 JavaScript가 필요합니다. 레슨은 같은 폴더의 파일입니다.",
    "This list needs JavaScript. The lessons are the files in the same folder.",
)
TOO_OLD = player_words.TOO_OLD


def all_words(lang: str) -> dict[str, str]:
    """The words in one language, by name: `progress`, `next`, ..."""
    found = {
        name.lower(): words
        for name, words in globals().items()
        if isinstance(words, Words) and name.isupper() and words not in (NO_SCRIPT, TOO_OLD)
    }
    return {name: words.text(lang) for name, words in found.items()}
