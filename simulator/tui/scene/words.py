"""The words of a moment: what just happened, what is waited for, the scenario's captions and questions."""

from __future__ import annotations

from simulator.scenario.schema import Ask
from simulator.story import labels, sentence, why
from simulator.tui.player import Answer, Player
from simulator.tui.scene.language import languages, say, tell
from simulator.tui.scene.model import ChoiceLine, QuestionBox, Told
from simulator.world import World


def tell_moment(player: Player, world: World, lang: str) -> list[Told]:
    """What is said here, captions first: people must not miss them."""
    told = []
    for stop in player.stops:
        if not stop.is_question:
            told += [Told("note", text, lang) for text in tell(stop.item.text, lang)]
    told += [Told("now", text, one) for one in languages(lang) for text in [_now(player, one)]]
    told += [Told("why", text, one) for one in languages(lang) for text in [why(world, one)] if text]
    return told


def _now(player: Player, lang: str) -> str:
    if player.cursor <= player.score.opening:
        return labels.OPENING.text(lang)
    return sentence(player.score.run.timeline, player.cursor - 1, lang)


def ask_question(player: Player, lang: str) -> QuestionBox | None:
    """The question that stands here, if any; what is right is told only once it was answered."""
    stop = player.question
    if stop is None or not isinstance(stop.item, Ask):
        return None
    ask = stop.item
    answer = player.answers.get(stop.number)
    choices = [
        ChoiceLine(
            str(place + 1),
            " / ".join(tell(choice.text, lang) or [choice.key]),
            right=answer is not None and place == answer.right,
            chosen=answer is not None and place == answer.choice,
            because=" / ".join(tell(choice.because, lang)) if answer is not None and answer.reasoned else "",
        )
        for place, choice in enumerate(ask.choices)
    ]
    why = tell(ask.why, lang) if answer is not None and answer.reasoned else []
    return QuestionBox(tell(ask.text, lang), choices, answer is not None, _verdict(answer), why)


def _verdict(answer: Answer | None) -> str:
    if answer is None:
        return ""
    if answer.right is None:
        return "none"
    if answer.choice is None:
        return "unknown"
    return "right" if answer.choice == answer.right else "wrong"


def answer_keys(player: Player) -> str:
    """The keys that answer, as they are written: `1-3`."""
    stop = player.question
    count = len(stop.item.choices) if stop is not None and isinstance(stop.item, Ask) else 0
    return f"1-{count}"


def verdict_words(question: QuestionBox, lang: str) -> str:
    """Right, not so, or the answer for those who did not know."""
    words = {"right": labels.RIGHT, "wrong": labels.WRONG}.get(question.verdict, labels.IN_THE_RUN)
    return say(words, lang)
