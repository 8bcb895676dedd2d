"""The view of time: the lower panel, its axis, bookmarks, steps from change to change."""

from __future__ import annotations

from dataclasses import replace

from simulator.play.axis import Span, panned, zoomed
from simulator.play.playback import Place
from simulator.play.player import Player
from simulator.scene.look import PANELS, Look, Notice
from simulator.scene.words import time_words as words
from simulator.story.catalog import Words
from simulator.trace.time import format_seconds
from simulator.tui.controls import commands as c

COLUMNS = 100
"""Columns of the axis used for panning; those of a screen may differ slightly."""


def changed_look(player: Player, look: Look, command: c.Command) -> Look | None:
    """Return the view after a command; None if the command does not change the view."""
    match command:
        case c.NextView():
            return replace(look, panel=PANELS[(PANELS.index(look.panel) + 1) % len(PANELS)])
        case c.ToggleDots():
            return _noted(replace(look, dots=not look.dots), words.BLOCKS if look.dots else words.DOTS)
        case c.ZoomTime(by):
            return _zoom(player, look, by)
        case c.ShowAllTime():
            return _noted(replace(look, span=Span(folds=look.span.folds)), words.WHOLE_RUN)
        case c.PanTime(by):
            return _pan(player, look, by)
        case c.ToggleFolds():
            span = replace(look.span, folds=not look.span.folds)
            return _noted(replace(look, span=span), words.FOLDED if span.folds else words.UNFOLDED)
        case c.ToggleBookmark():
            return _bookmark(player, look)
        case _:
            return None


def _noted(look: Look, text: Words, **params: object) -> Look:
    return replace(look, notice=Notice(text, params))


def _zoom(player: Player, look: Look, by: int) -> Look:
    span = zoomed(look.span, by, player.horizon)
    if span == look.span:
        return _noted(look, words.NEAREST if by > 0 else words.WHOLE_RUN)
    return replace(look, span=span)


def _pan(player: Player, look: Look, by: int) -> Look:
    playback, cursor = (
        player.playback,
        player.playback.length + 1 if look.future and player.may_know_all else player.cursor,
    )
    axis = playback.views.axis(cursor, player.time, player.horizon, look.span, COLUMNS)
    span = panned(look.span, axis, by)
    if span == look.span:
        return _noted(look, words.WHOLE_RUN if axis.is_whole else words.AT_THE_EDGE)
    return replace(look, span=span)


def _bookmark(player: Player, look: Look) -> Look:
    """Set a bookmark here, or remove the existing one."""
    here, time = player.place, format_seconds(player.time)
    if here in look.bookmarks:
        kept = tuple(place for place in look.bookmarks if place != here)
        return _noted(replace(look, bookmarks=kept), words.UNMARKED, time=time)
    return _noted(replace(look, bookmarks=tuple(sorted({*look.bookmarks, here}))), words.BOOKMARKED, time=time)


def go_to_change(player: Player, chosen: str, by: int) -> tuple[Player, Notice]:
    """Go to the next (1) or previous (-1) change of the selection, else of the last event's subject."""
    about = chosen or last_about(player)
    if not about:
        return player, Notice(words.NOTHING_TO_FOLLOW, {})
    cursor = player.playback.changes.find(about, player.cursor, by)
    if cursor is None or cursor <= player.playback.opening:
        return player, Notice(words.NO_MORE_CHANGES if by > 0 else words.NO_EARLIER_CHANGES, {"name": about})
    return player.seek(cursor), Notice(words.CHANGE_OF, {"name": about})


def last_about(player: Player) -> str:
    """The task, worker or queue (in this order) of the last event; empty if nothing has happened."""
    if player.cursor <= player.playback.opening:
        return ""
    event = player.playback.events[player.cursor - 1]
    return next(filter(None, (getattr(event, name, "") for name in ("uuid", "hostname", "queue"))), "")


def kept_bookmarks(bookmarks: tuple[Place, ...], shared: int) -> tuple[Place, ...]:
    """Bookmarks within the first events, which another run shares."""
    return tuple(place for place in bookmarks if place[0] <= shared)


def merged(one: tuple[Place, ...], other: tuple[Place, ...]) -> tuple[Place, ...]:
    """Merge two sorted sets of bookmarks."""
    return tuple(sorted({*one, *other}))


def seek_between(player: Player, begin: int, until: int) -> Player:
    """Go to the last instant between two times (`until` excluded), or to `begin` if there is none."""
    there = player.seek_time(begin)
    last = player.seek_time(max(begin, until - 1))
    return player.seek(last.cursor) if last.cursor > there.cursor else there


def pinned(span: Span, begin: int) -> Span:
    """Pin the visible part of the time axis while it is dragged over."""
    return replace(span, anchor=begin) if span.zoom else span
