"""The texts of a moment: what just happened, why things wait, captions and questions."""

from __future__ import annotations

from simulator.play.player import Answer, Player
from simulator.scenario.schema import Ask
from simulator.scene.model import ChoiceLine, QuestionBox, TextLine
from simulator.scene.words import labels
from simulator.story import sentence, why
from simulator.story.catalog import pick
from simulator.story.language import languages, say, tell
from simulator.story.stops import Outcome
from simulator.story.values import clock_text
from simulator.story.why.waiting import why_queue, why_task
from simulator.world import World


def tell_moment(player: Player, world: World, lang: str, chosen: str = "") -> list[TextLine]:
    """Return the texts of a moment, captions first; for a chosen task or queue, including why it waits."""
    told: list[TextLine] = []
    for stop in player.stops:
        if not stop.is_question:
            found = {text: one for one in reversed(languages(lang)) for text in tell(stop.item.text, one)}
            told += [TextLine("note", text, one) for text, one in reversed(found.items())]
    short = player.playback.run.names.short
    begun = player.cursor > player.playback.opening
    told += [TextLine("now", short(_now(player, one)), one, has_keys=not begun) for one in languages(lang)]
    for one in languages(lang) if player.unsettled else ():
        asked = ", ".join(f'"{pick(stop.item.text, one)}"' for stop in player.unsettled)
        told.append(TextLine("unsettled", labels.UNSETTLED_QUESTIONS.text(one, questions=asked), one))
    if not player.is_asked:  # would give the answer away
        told += [
            TextLine("why", short(text), one) for one in languages(lang) for text in [_why(world, chosen, one)] if text
        ]
    elif player.open_question is None and player.leads_to_question:
        told += [TextLine("why", labels.QUESTION_FOLLOWS.text(one), one, has_keys=True) for one in languages(lang)]
    return told


def _why(world: World, chosen: str, lang: str) -> str:
    """Explain why the chosen task or queue waits, else why nothing happens."""
    if chosen in world:
        reasons = why_task(world, chosen)
    elif chosen in world.queues:
        reasons = why_queue(world, chosen)
    else:
        return why(world, lang)
    return f"{chosen}: {' '.join(reason.text(lang) for reason in reasons)}"


def _now(player: Player, lang: str) -> str:
    if player.cursor <= player.playback.opening:
        return labels.OPENING.text(lang)
    told = sentence(player.playback.run.timeline, player.cursor - 1, lang)
    happened = player.playback.run.trace.events[player.cursor - 1].t
    # Beside the clock of a later moment, the event would seem to happen only now.
    return told if happened == player.time else f"[{clock_text(happened)}] {told}"


def ask_question(player: Player, lang: str) -> QuestionBox | None:
    """Return the question at this place, or the one whose answer shows here.

    The right choice is revealed only where the run has shown it; at the question, an answer is only recorded.
    """
    verdict = player.verdict
    stop = player.question if verdict is None or player.open_question is not None else verdict
    if stop is None or not isinstance(stop.item, Ask):
        return None
    ask, answer = stop.item, player.answers.get(stop.number)
    outcome = player.playback.outcome(stop) if stop is verdict else None
    told = _verdict(answer, outcome) if answer is not None and outcome is not None else ""
    reasoned = answer is not None and answer.reasoned and told in ("right", "wrong", "unknown")
    choices = [
        ChoiceLine(
            str(place + 1),
            " / ".join(tell(choice.text, lang) or [choice.key]),
            right=outcome is not None and place == outcome.right,
            chosen=answer is not None and place == answer.choice,
            because=" / ".join(tell(choice.because, lang)) if reasoned else "",
        )
        for place, choice in enumerate(ask.choices)
    ]
    why = tell(ask.why, lang) if reasoned else []
    known = answer is None or answer.choice is not None
    further = answer is None and any(other.number in player.answers for other in player.stops if other.is_question)
    return QuestionBox(tell(ask.text, lang), choices, answer is not None, told, why, known, further)


def _verdict(answer: Answer, outcome: Outcome) -> str:
    """Judge an answer by the run's outcome; one given for another run is neither right nor wrong."""
    if outcome != answer.outcome:
        return "changed"
    if answer.choice is None:
        return "unknown"
    return "right" if answer.choice == outcome.right else "wrong"


def answer_keys(player: Player) -> str:
    """Return the answer keys as displayed: `1-3`."""
    stop = player.question
    count = len(stop.item.choices) if stop is not None and isinstance(stop.item, Ask) else 0
    return f"1-{count}"


def verdict_words(question: QuestionBox, lang: str) -> str:
    """Return the verdict's text: right, wrong, or the outcome if the answer was unknown or for another run."""
    found = {"right": labels.RIGHT, "wrong": labels.WRONG, "changed": labels.IN_THE_CHANGED_RUN}
    words = found.get(question.verdict, labels.IN_THE_RUN)
    return say(words, lang)
