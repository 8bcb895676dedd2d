"""Words for an answer: right or wrong, and the reason."""

from __future__ import annotations

from simulator.story.catalog import Words

YOU_WERE_RIGHT = Words("맞았습니다 (내 답: {number}. {text})", "You were right: {number}. {text}")
YOU_WERE_WRONG = Words("아닙니다 (내 답: {number}. {text})", "Not quite. You said: {number}. {text}")
YOU_DID_NOT_KNOW = Words('"모르겠음"이라고 답했습니다.', 'You answered "not sure".')
TRUE_IS = Words("실행 결과: {number}. {text}", "What happened: {number}. {text}")
BECAUSE = Words("{text}", "{text}")
