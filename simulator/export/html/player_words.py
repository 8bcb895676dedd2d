"""The words of the page that plays a run; what it shares with the terminal comes from the scene's own words."""

from __future__ import annotations

from simulator.course import learn_words
from simulator.scene.words import labels, time_words, zoom_words
from simulator.story.catalog import Words

PLAYER = Words("실행 보기", "Player")
READY = Words(
    "준비되었습니다. → 키나 ▸ 단추: 한 단계, space: 재생.",
    "Ready. Step with the → key or the button ▸, play with space.",
)
PLAY = Words("재생", "Play")
PAUSE = Words("멈춤", "Pause")
STEP = Words("다음 단계", "Next step")
BACK = Words("이전 단계", "Previous step")
NEXT_MARK = Words("다음 설명이나 질문", "Next note or question")
PREVIOUS_MARK = Words("이전 설명이나 질문", "Previous note or question")
HOME = Words("처음", "To the start")
END = Words("끝", "To the end")
SPEED = Words("속도", "Speed")
SCRUBBER = Words("실행 안의 위치", "Place in the run")
LINK = Words("이 순간의 링크 복사", "Copy a link to this moment")
COPIED = Words("링크를 복사했습니다.", "Link copied.")
NOT_COPIED = Words("복사할 수 없어 주소창에 적었습니다.", "Cannot copy it here; it is in the address bar.")
LANGUAGE = Words("English", "한국어")
"""The name of the other language, in that language."""
HELP = Words("도움말", "Help")
CLOSE = Words("닫기", "Close")
STAGE = Words("무대: Producer, Queue, Worker", "Stage: producers, queues, workers")
NARRATION = Words("설명", "What happens")
TRANSCRIPT = Words("지금까지 일어난 일", "What has happened so far")
CHAPTERS = Words("장", "Chapters")
VARIANTS = Words("변형", "Variants")
ORIGINAL = Words("원래 레슨", "The original")
CHANGED = Words("바뀐 것: {changes}", "Changed: {changes}")
ANSWER_FIRST = Words("먼저 질문에 답해 주세요. 모르면 '모르겠음'.", "Answer the question first; “not sure” is fine.")
EVENT_OF = Words("이벤트 {event}/{events}", "event {event} of {events}")
EVENT = Words("이벤트 {event}", "event {event}")
SECONDS = Words("{time}초", "{time} s")
PART_SHOWN = Words(
    "긴 실행이라 이벤트 {events}개 가운데 {shown}개를 골라 보여 줍니다. 모두 보기: ackademy play",
    "A long run: {shown} of its {events} events are shown here. All of them: ackademy play",
)
WINDOW = Words("{begin}–{end}초만 담았습니다.", "Only {begin}–{end} s are in this file.")
COMPARE = Words("원래 레슨과 비교", "Compare with the original")
COMPARE_LATER = Words(
    "두 실행을 끝까지 보고 나면 비교할 수 있습니다.", "Compare them once you have seen both runs to their ends."
)
COMPARE_ANYWAY = Words("지금 비교하기 (답이 보입니다)", "Compare now (it gives answers away)")
SEE = Words("이 순간 보기", "See this moment")
NOT_MET = Words("목표에 못 미침", "missed")
MET = Words("달성", "met")
PACKED = Words(
    "이 파일은 네트워크 없이 동작하며 아무것도 보내지 않습니다. 답은 압축해 담아 눈에 띄지 않게 했을 뿐, 암호화하지는 않았습니다.",
    "This file works without a network and sends nothing. Answers are packed so that no glance at the page shows them; they are not encrypted.",
)
MADE_BY = Words("Ackademy로 만든 페이지", "Made with Ackademy")
NO_SCRIPT = Words(
    "이 페이지는 JavaScript로 재생됩니다. 글로 읽기: ackademy tell {name}",
    "This page plays with JavaScript. To read it as text: ackademy tell {name}",
)
TOO_OLD = Words("이 브라우저는 너무 오래되어 재생할 수 없습니다.", "This browser is too old to play this page.")
WORKERS = Words("Worker", "Workers")
PRODUCERS = Words("Producer", "Producers")
TALLIES = Words("결과", "Outcomes")
COURSE = Words("레슨 목록", "All lessons")
NEXT_LESSON = Words("다음 레슨: {title}", "Next lesson: {title}")
CHECKED_BY = Words("파일에 적어 채점하세요: {command}", "Put it in a file and have it checked: {command}")
KEYS = Words("키", "Keys")

FILLED_IN = (ORIGINAL, PART_SHOWN, WINDOW, NO_SCRIPT, TOO_OLD, NEXT_LESSON, CHECKED_BY)
"""Words that Python fills in; the others go to the page as they are."""

KEY_ROWS = (
    ("space", PLAY),
    ("→ ←", Words("다음, 이전 단계", "next, previous step")),
    ("shift+→ shift+←", Words("다음, 이전 이벤트", "next, previous event of any kind")),
    ("home end", Words("처음, 끝", "start, end")),
    ("page down, page up", Words("다음, 이전 설명이나 질문", "next, previous note or question")),
    ("1-9, enter", Words("답하기, 모르겠음", "answer; not sure")),
    ("< > =", Words("느리게, 빠르게, 보통 속도", "slower, faster, normal speed")),
    ("L", Words("언어", "language")),
    ("?", HELP),
)
"""Keys and what they do."""

OF_SCENE = {
    "queue": labels.QUEUE,
    "sent": labels.SENT,
    "waiting_count": labels.WAITING_COUNT,
    "unacked_count": labels.UNACKED_COUNT,
    "dead_count": labels.DEAD_COUNT,
    "no_consumer": labels.NO_CONSUMER,
    "broker_down": labels.BROKER_DOWN,
    "more": labels.MORE,
    "empty": labels.EMPTY,
    "waits": labels.WAITS,
    "busy": labels.WORKERS_BUSY,
    "running_row": labels.BUSY,
    "held_row": labels.HELD_ROW,
    "all_queues": labels.ALL_QUEUES,
    "state.idle": labels.IDLE,
    "state.running": labels.RUNNING,
    "state.stopping": labels.STOPPING,
    "state.killed": labels.KILLED,
    "state.offline": labels.OFFLINE,
    "fate.returns": zoom_words.COMES_BACK,
    "fate.returned": zoom_words.IS_BACK,
    "fate.lost": zoom_words.IS_LOST,
    "acked": labels.ACKED,
    "not_acked": labels.NOT_ACKED,
    "ran": labels.RAN_COUNT,
    "reserved": labels.RESERVED_TASK,
    "coming": labels.COMING,
    "sending": labels.SENDING,
    "unsettled": labels.UNSETTLED,
    "since": labels.SINCE,
    "services": labels.SERVICES,
    "service_up": labels.SERVICE_UP,
    "service_down": labels.SERVICE_DOWN,
    "calls": labels.CALLS,
    "calls_of": labels.CALLS_OF,
    "wait_for_service": labels.WAIT_FOR_SERVICE,
    "store": zoom_words.RESULT_STORE,
    "stored": zoom_words.STORED_COUNT,
    "timeline": time_words.TIMELINE,
    "tally.succeeded": labels.DONE,
    "tally.failed": labels.FAILED,
    "tally.lost": labels.LOST,
    "tally.retried": labels.RETRIED,
    "tally.revoked": labels.REVOKED,
    "tally.ignored": labels.IGNORED,
    "tally.dropped": labels.DROPPED,
    "tally.dead_lettered": labels.DEAD_LETTERS,
    "right": labels.RIGHT,
    "wrong": labels.WRONG,
    "in_the_run": labels.IN_THE_RUN,
    "noted": labels.NOTED,
    "not_known": labels.NOT_KNOWN,
    "not_sure": labels.DO_NOT_KNOW,
    "your_answer": labels.YOUR_ANSWER,
    "summary": learn_words.HOW_IT_WENT,
    "right_of": learn_words.RIGHT_OF,
    "answer_right": learn_words.RIGHT,
    "answer_wrong": learn_words.WRONG,
    "answer_unknown": learn_words.UNKNOWN,
    "answer_open": learn_words.OPEN,
    "goals": learn_words.GOALS,
    "exercise": learn_words.EXERCISE,
}
"""Words that the scene, the terminal and the course use too, by their names on the page."""


def all_words(lang: str) -> dict[str, str]:
    """The words of the page in one language, by name: `play`, `next_mark`, ..."""
    own = {
        name.lower(): words
        for name, words in globals().items()
        if isinstance(words, Words) and name.isupper() and words not in FILLED_IN
    }
    return {name: words.text(lang) for name, words in (own | OF_SCENE).items()}
