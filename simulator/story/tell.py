"""A run as plain lines, a sentence an event: for pipes, logs and screen readers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from simulator.scenario.schema import Ask
from simulator.story import answer_words
from simulator.story.catalog import Line, Words, line, pick, plain
from simulator.story.logs.worker_log import log_lines
from simulator.story.narrate.mishaps import idle
from simulator.story.narrate.narration import narrate
from simulator.story.narrate.settings import describe_workers
from simulator.story.report.account_words import account_lines
from simulator.story.report.recording import note_lines
from simulator.story.run import Run
from simulator.story.stops import Outcome, Stop, outcome_of
from simulator.story.values import MILLI, ClockTime, Joined, Seconds, queue_text
from simulator.story.why.now import end_reason
from simulator.trace import events as ev
from simulator.trace.time import to_micros
from simulator.world import Walk, World
from simulator.world.lifecycle import moves_of

QUEUE_SHOWN = 10
"""Most tasks of a queue that are named."""

WORKERS_SHOWN = 20
"""Most workers whose state is listed at the start."""

_TITLE = Words("# {title}", "# {title}")
_SUMMARY = Words("{text}", "{text}")
_PROFILE = Words("profile {profile}, seed {seed}", "Profile {profile}, seed {seed}")
_GUIDE = Words(
    "profile {profile} (가이드의 방식, Celery 기본값과 다름), seed {seed}",
    "Profile {profile} (the guide's model, not Celery's defaults), seed {seed}",
)
_CHAPTER = Words("## {text}", "## {text}")
_RECORDED = Words(
    "실제 Celery의 기록 (profile {profile}). Celery가 알려 주지 않아 추론한 이벤트에는 (추론) 표시가 있습니다",
    "A recording of real Celery (profile {profile}). Events that Celery does not report are inferred, and marked (inferred)",
)
_START = Words("[{when}] 초기 상태", "[{when}] Initial state")
_MOMENT = Words("[{when}]", "[{when}]")
_QUEUE = Words("Queue: {tasks}", "Queue: {tasks}")
_QUEUE_OF = Words("Queue {queue}: {tasks}", "Queue {queue}: {tasks}")
_MORE_WORKERS = Words("(그 밖의 Worker {count}개: 대기 중)", "({count} more workers: idle)")
_NOTE = Words("설명: {text}", "Note: {text}")
_QUESTION = Words("질문 {number}: {text}", "Question {number}: {text}")
_CHOICE = Words("  {number}. {text}", "  {number}. {text}")
_ANSWER = Words("답 (질문 {question}): {number}. {text}", "Answer to question {question}: {number}. {text}")
_NO_ANSWER = Words(
    "답 (질문 {question}): 이 실행만으로는 하나로 정할 수 없습니다",
    "Answer to question {question}: This run does not decide it",
)
_WHY = Words("이유: {text}", "Why: {text}")
_EMPTY_POLLS = Words("(… 빈손으로 끝난 질문 {count}번 더, {when}까지)", "(… {questions} until {when})")
_ONE_MORE = Words("1번", "1 more empty poll")
_SOME_MORE = Words("{count}번", "{count} more empty polls")
_COUNTS = Words(
    "Task {sent}개 전송: 성공 {succeeded}, 실패 {failed}, 유실 {lost}, 미완료 {alive}",
    "Tasks sent: {sent}. Succeeded {succeeded}, failed {failed}, lost {lost}, unfinished {alive}",
)
_TROUBLES = {
    "retried": Words("재시도 {number}", "Retries {number}"),
    "revoked": Words("취소(revoked) {number}", "Revoked {number}"),
    "ignored": Words("무시 {number}", "Ignored {number}"),
    "dropped": Words("버려짐 {number}", "Dropped {number}"),
    "dead_lettered": Words("Dead Letter {number}", "Dead letters {number}"),
    "publish_failed": Words("전송 실패 {number}", "Not sent {number}"),
}
_TROUBLE = Words("그 밖에: {troubles}", "Also: {troubles}")
_POLLS = Words("Broker에 물은 횟수 {polls} (빈손 {empty})", "Polls: {polls} ({empty} empty)")
_UNFINISHED = Words("끝나지 않은 것:", "Unfinished:")
_ITEM = Words("  {text}", "  {text}")
_BLANK = plain("")


class _Text:
    """A scenario's own words, by language."""

    def __init__(self, texts: dict[str, str] | None) -> None:
        self.texts = texts

    def text(self, lang: str) -> str:
        return pick(self.texts, lang)


Asker = Callable[[Stop], int | None]
"""Callback that asks a question just told and returns the index of the choice; None is "I don't know"."""


def tell(run: Run, lang: str, log: bool = False, ask: Asker | None = None) -> Iterator[str]:
    """The run as lines in `ko` or `en`, or (`both`) each in Korean and then, where it differs, in English.

    With `log`, Celery's own log lines instead (they are English everywhere). With `ask`, who listens answers the
    questions: it is called when all lines up to the question have been taken, and nothing later is told before.
    """
    if log:
        yield from (one for told in log_lines(run.trace) for one in told.split("\n"))
        return
    for told in _Teller(run, ask).lines():
        yield from run.names.short(told.text(lang)).split("\n")


class _Teller:
    """State of telling one run from start to end."""

    def __init__(self, run: Run, ask: Asker | None = None) -> None:
        self.run = run
        self.ask = ask
        self.given: dict[int, int | None] = {}
        """Answers given, by number of the question, if there is someone to ask."""
        self.trace = run.trace
        self.worlds = Walk(run.trace)
        self.stops = list(run.stops)
        self.chapters = list(run.chapters)
        self.open: list[Stop] = []
        """Questions not answered yet."""
        self.outcomes: dict[int, Outcome] = {}
        """The run's own answers, by number of the question."""
        self.heading_time = -1
        """Time of the last heading, in milliseconds."""
        self.explained: set[tuple[type[ev.Event], bool]] = set()
        """Kinds of events that were told in full; events of a retry are kinds of their own."""
        self.empty_pollers: set[str] = set()
        """Workers whose last poll was empty."""
        self.folded = 0
        """Number of empty polls left out, and the time of the last."""
        self.folded_until = 0
        self.stale: dict[str, None] = {}
        """Queues that changed since they were last printed."""

    def lines(self) -> Iterator[Line]:
        """Yield all lines."""
        events = self.trace.events
        yield from self._opening()
        start = self._declared()
        yield from self._chapters(0, 0)
        yield from self._initial(start)
        for index in range(start, len(events)):
            yield from self._stops_at(index)
            yield from self._chapters(index, events[index].t)
            yield from self._event(index, events[index])
        yield from self._queues(len(events))
        yield from self._stops_at(len(events))
        yield from self._chapters(len(events), self.trace.end)
        yield from self._fold()
        yield from self._answers(len(events))
        yield from self._closing()

    def _opening(self) -> Iterator[Line]:
        header = self.trace.header
        yield line(_TITLE, title=_Text(self.run.title))
        summary = self.run.scenario.model.summary if self.run.scenario is not None else None
        if summary:
            yield line(_SUMMARY, text=_Text(summary))
        if header.recorded:
            yield line(_RECORDED, profile=header.profile or "?")
            notes = header.recorded.get("notes", {})
            for ko, en in zip(note_lines(notes, "ko"), note_lines(notes, "en"), strict=True):
                yield line(Words("{ko}", "{en}"), ko=ko.strip(), en=en.strip())
            return
        words = _GUIDE if header.profile == "guide" else _PROFILE
        yield line(words, profile=header.profile, seed=header.seed)

    def _declared(self) -> int:
        """Number of events at the start that only declare queues and workers."""
        kinds = (ev.QueueDeclared, ev.WorkerOnline)
        return next((i for i, e in enumerate(self.trace.events) if not isinstance(e, kinds)), len(self.trace))

    def _initial(self, start: int) -> Iterator[Line]:
        world = self.worlds.at(start)
        yield _BLANK
        yield line(_START, when=ClockTime(world.t))
        self.heading_time = _milli(world.t)
        for queue in world.queues:
            yield self._queue(world, queue)
        workers = list(world.workers.values())
        for worker in workers[:WORKERS_SHOWN]:
            yield idle(worker)
        if len(workers) > WORKERS_SHOWN:
            yield line(_MORE_WORKERS, count=len(workers) - WORKERS_SHOWN)
        yield from describe_workers([worker.info for worker in workers[:WORKERS_SHOWN]])

    def _event(self, index: int, event: ev.Event) -> Iterator[Line]:
        if isinstance(event, ev.Poll) and self._is_folded(event):
            return
        if not isinstance(event, ev.TaskSent | ev.MessageQueued):
            yield from self._queues(index)
        yield from self._fold()
        if _milli(event.t) != self.heading_time:
            yield from self._answers(index)
        yield from self._heading(event.t)
        kind = (type(event), bool(getattr(event, "retries", 0)))
        first = kind not in self.explained
        # A question is explained by the first answer No, not by the first answer Yes.
        if not (isinstance(event, ev.Poll) and event.found):
            self.explained.add(kind)
        yield from narrate(self.worlds, index, first=first)
        if isinstance(event, ev.TaskStarted):
            self.empty_pollers.discard(event.hostname)
        self._note(event)
        if isinstance(event, ev.MessageDelivered | ev.MessageRequeued):
            yield from self._queues(index + 1)

    def _note(self, event: ev.Event) -> None:
        """Note the queues that an event changes."""
        for queue, _ in moves_of(event):
            self.stale[queue] = None

    def _heading(self, t: int) -> Iterator[Line]:
        if _milli(t) != self.heading_time:
            self.heading_time = _milli(t)
            yield _BLANK
            yield line(_MOMENT, when=ClockTime(t))

    def _is_folded(self, event: ev.Poll) -> bool:
        """Return True if a worker's poll is empty once more; such polls are counted."""
        if event.found:
            self.empty_pollers.discard(event.hostname)
            return False
        if event.hostname in self.empty_pollers:
            self.folded += 1
            self.folded_until = event.t
            return True
        self.empty_pollers.add(event.hostname)
        return False

    def _fold(self) -> Iterator[Line]:
        if self.folded:
            words = _ONE_MORE if self.folded == 1 else _SOME_MORE
            questions = line(words, count=self.folded)
            yield line(_EMPTY_POLLS, count=self.folded, questions=questions, when=Seconds(self.folded_until))
            self.folded = 0

    def _queues(self, cursor: int) -> Iterator[Line]:
        """The changed queues, as they are after `cursor` events."""
        if self.stale:
            world = self.worlds.at(cursor)
            for name in self.stale:
                yield self._queue(world, name)
            self.stale.clear()

    def _queue(self, world: World, name: str) -> Line:
        queue = world.queues[name]
        tasks = queue_text(queue.uuids(QUEUE_SHOWN), len(queue))
        return line(_QUEUE if len(world.queues) == 1 else _QUEUE_OF, queue=name, tasks=tasks)

    def _stops_at(self, cursor: int) -> Iterator[Line]:
        while self.stops and self.stops[0].cursor <= cursor:
            stop = self.stops.pop(0)
            yield from self._queues(cursor)
            yield from self._fold()
            if stop.item.at is not None:
                yield from self._chapters(cursor, to_micros(stop.item.at))
                yield from self._heading(to_micros(stop.item.at))
            text = _Text(stop.item.text)
            if not isinstance(stop.item, Ask):
                yield line(_NOTE, text=text)
                continue
            yield from self._answers(cursor)  # one question is done before the next is put
            self.open.append(stop)
            self.outcomes[stop.number] = outcome_of(stop, self.trace)
            yield line(_QUESTION, number=stop.number, text=text)
            for number, choice in enumerate(stop.item.choices, start=1):
                yield line(_CHOICE, number=number, text=_Text(choice.text))
            if self.ask is not None:
                self.given[stop.number] = self.ask(stop)

    def _chapters(self, cursor: int, t: int) -> Iterator[Line]:
        """Headings of the chapters that have begun by a time, after everything that comes before them."""
        while self.chapters and self.chapters[0].at <= t:
            yield from self._queues(cursor)
            yield from self._fold()
            yield from self._answers(cursor)
            yield _BLANK
            yield line(_CHAPTER, text=_Text(self.chapters.pop(0).text))

    def _answers(self, cursor: int) -> Iterator[Line]:
        """Answers that have shown in the run by now."""
        for stop in list(self.open):
            outcome = self.outcomes[stop.number]
            if isinstance(stop.item, Ask) and outcome.cursor <= cursor:
                self.open.remove(stop)
                yield from self._answer(stop, stop.item, outcome.right)

    def _answer(self, stop: Stop, ask: Ask, right: int | None) -> Iterator[Line]:
        number = stop.number
        if right is None:
            # A run that was changed or cut short may answer nothing.
            yield line(_NO_ANSWER, question=number)
            return
        reasoned = self.run.has_reason(stop, right)
        yield line(_ANSWER, question=number, number=right + 1, text=_Text(ask.choices[right].text))
        if number in self.given:
            yield from _verdict(ask, self.given[number], right, reasoned=reasoned)
        if ask.why and reasoned:
            yield line(_WHY, text=_Text(ask.why))

    def _closing(self) -> Iterator[Line]:
        world = self.worlds.at(len(self.trace))
        counts = {**world.counts, "alive": world.alive}
        if _milli(self.trace.end) == self.heading_time:
            yield _BLANK
        yield from self._heading(self.trace.end)
        yield end_reason(world)
        yield line(_COUNTS, **{key: counts[key] for key in ("sent", "succeeded", "failed", "lost", "alive")})
        troubles = tuple(line(words, number=counts[key]) for key, words in _TROUBLES.items() if counts[key])
        if troubles:
            yield line(_TROUBLE, troubles=Joined(troubles, ", "))
        silent = sum(self.trace.header.silent_polls.values())
        if counts["polls"] + silent:
            yield line(_POLLS, polls=counts["polls"] + silent, empty=counts["empty_polls"] + silent)
        lines = account_lines(self.trace)
        if lines:
            yield line(_UNFINISHED)
        yield from (line(_ITEM, text=told) for told in lines)


def _verdict(ask: Ask, given: int | None, right: int, *, reasoned: bool) -> Iterator[Line]:
    """Say if an answer was right, with the reasons for or against it."""
    if given is None:
        yield line(answer_words.YOU_DID_NOT_KNOW)
        return
    words = answer_words.YOU_WERE_RIGHT if given == right else answer_words.YOU_WERE_WRONG
    choice = ask.choices[given]
    yield line(words, number=given + 1, text=_Text(choice.text))
    if choice.because and given != right and reasoned:
        yield line(answer_words.BECAUSE, text=_Text(choice.because))


def _milli(t: int) -> int:
    return (t + MILLI // 2) // MILLI
