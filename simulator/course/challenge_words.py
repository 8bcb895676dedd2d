"""Words of a challenge's card."""

from __future__ import annotations

from simulator.story.catalog import Words

TITLE = Words("{title} · seed {seed}", "{title} · seed {seed}")
SCORE = Words("점수 {points}/{most}", "Score {points} of {most}")
COUNT = Words("{text}: {value}", "{text}: {value}")
FIRST = Words("처음 잃은 것이 정해진 순간: [{when}] {text}", "The first loss was decided at [{when}] {text}")
NO_LOSS = Words("아무것도 잃지 않았습니다", "Nothing was lost")
CHANGED = Words("바꾼 설정 {count}개", "Settings changed: {count}")
CHANGE = Words("{path} = {value}", "{path} = {value}")
UNFAIR = Words("허용되지 않은 것이 있어 점수가 없습니다: {paths}", "No score, as this is not allowed: {paths}")
REPLAY = Words("다시 보기: {command}", "Replay: {command}")
