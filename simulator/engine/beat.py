"""Celery beat: the scheduler, either a standalone process or embedded in a worker (`-B`).

An interval entry is due one interval after beat's first start, then every interval, without drift; a crontab entry at
its minutes, by the scenario's `time_zero` and `timezone` (else time 0 is midnight on Monday, 1 January 2024, UTC).
The last run of each entry survives a restart (`celerybeat-schedule`), so an entry missed during downtime is sent once
on startup and then follows its schedule. Beat never checks whether the tasks it sent have run.

Source: celery.beat: Scheduler, PersistentScheduler; celery.schedules.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from simulator.engine.calls import CallFactory, Entry
from simulator.engine.clock import Call, Rank, priority
from simulator.engine.context import Context
from simulator.scenario.schema import BeatEntry, Crontab, ScenarioFile
from simulator.scenario.values.crontab import FIELDS, parse_field
from simulator.trace.events import NO_CAUSE, SettingChanged
from simulator.trace.time import NEVER, to_micros

EPOCH = datetime(2024, 1, 1)
"""The wall-clock time of simulated time 0, as crontabs see it: a Monday."""

HOSTNAME = "beat"
"""Hostname of the standalone beat process."""

MAX_DAYS = 366 * 8
"""Days a crontab searches ahead: 29 February is at most eight years away; 30 February never comes."""


class WallClock:
    """The local time of a run, by a time zone and the date of its time 0."""

    def __init__(self, zone: str | None, time_zero: str | None) -> None:
        """Start at a local time (ISO format) in a zone; by default at midnight on 1 January 2024, UTC."""
        self._zone = ZoneInfo(zone) if zone is not None else UTC
        start = datetime.fromisoformat(time_zero) if time_zero is not None else EPOCH
        self._zero = start.replace(tzinfo=self._zone).astimezone(UTC)

    def local(self, time: int) -> datetime:
        """Return the local time, without its zone, at a time in microseconds."""
        return (self._zero + timedelta(microseconds=time)).astimezone(self._zone).replace(tzinfo=None)

    def time_of(self, local: datetime) -> int:
        """Return when the clock shows a local time: the first time, if it does so twice.

        What it never shows counts by the offset before the clocks changed: 02:30 is what is then called 03:30.

        Source: celery.utils.time: remaining (datetimes without fold); held against celery.schedules.crontab for 2024 in
        Europe/Berlin.
        """
        return (local.replace(tzinfo=self._zone).astimezone(UTC) - self._zero) // timedelta(microseconds=1)


class Cron:
    """Due times of a crontab entry."""

    def __init__(self, spec: Crontab, wall: WallClock) -> None:
        self._wall = wall
        fields = {name: parse_field(name, getattr(spec, name)) for name in FIELDS}
        self._months = fields["month_of_year"]
        self._days = fields["day_of_month"]
        self._weekdays = fields["day_of_week"]
        self._times = [
            timedelta(hours=hour, minutes=minute)
            for hour in sorted(fields["hour"])
            for minute in sorted(fields["minute"])
        ]
        """Times of a day on which it is due."""

    def after(self, time: int) -> int:
        """Return the first due time after `time`, in microseconds; `NEVER` if there is none."""
        now = self._wall.local(time)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for number in range(MAX_DAYS):
            date = midnight + timedelta(days=number)
            if date.month not in self._months or date.day not in self._days:
                continue
            if date.isoweekday() % 7 not in self._weekdays:
                continue
            for moment in self._times:
                # In an hour that comes twice, what the clock shows again has been.
                if date + moment > now and (due := self._wall.time_of(date + moment)) > time:
                    return due
        return NEVER


class Interval:
    """Due times of an interval entry."""

    def __init__(self, seconds: float) -> None:
        self._micros = to_micros(seconds)

    def after(self, time: int) -> int:
        """Return the due time that follows `time`, in microseconds."""
        return time + self._micros


class ScheduleEntry:
    """One entry of the schedule in one beat."""

    def __init__(self, entry: Entry, spec: BeatEntry, when: int, wall: WallClock) -> None:
        self.schedule = (
            Cron(spec.schedule.crontab, wall) if spec.schedule.crontab else Interval(spec.schedule.interval or 0)
        )
        self.entry = entry
        self.when = when
        self.last: int | None = None
        """Time of its last send; at first, the time beat first started."""
        self.call: Call | None = None


class Beat:
    """One beat process; its schedule state survives restarts."""

    def __init__(self, context: Context, calls: CallFactory, model: ScenarioFile, hostname: str) -> None:
        self.hostname = hostname
        self.running = False
        self._clock = context.clock
        first = len(model.workers)
        wall = WallClock(model.config.timezone, model.time_zero)
        # The n-th tick of an entry has the same task id in every beat.
        self._plans = [
            ScheduleEntry(calls.entry(spec.call, f"beat/{name}"), spec, priority(Rank.TIMER, first + index), wall)
            for index, (name, spec) in enumerate(model.beat_schedule.items())
        ]

    def start(self) -> None:
        """Send missed entries once and schedule the next tick of each."""
        now = self._clock.now
        self.running = True
        for plan in self._plans:
            if plan.last is None:
                plan.last = now
            self._plan(plan, max(now, plan.schedule.after(plan.last)))

    def stop(self) -> None:
        """Cancel all scheduled ticks."""
        self.running = False
        for plan in self._plans:
            if plan.call is not None:
                self._clock.cancel(plan.call)
                plan.call = None

    def _plan(self, plan: ScheduleEntry, due: int) -> None:
        plan.call = self._clock.at(due, plan.when, self._tick, plan, daemon=True) if due < NEVER else None

    def _tick(self, plan: ScheduleEntry) -> None:
        now = self._clock.now
        plan.last = now
        plan.entry.publisher.when_reachable(partial(self._send, plan), self.hostname, plan.when)
        self._plan(plan, plan.schedule.after(now))

    def _send(self, plan: ScheduleEntry, hostname: str, when: int) -> None:
        """Publish a tick, unless beat has ended while it waited for the broker."""
        if self.running:
            plan.entry.send(hostname, when)


class Beats:
    """All beats of a run: the standalone one, or one in each worker started with `-B`."""

    def __init__(self, context: Context, calls: CallFactory, model: ScenarioFile) -> None:
        """Create the beats that the scenario configures, all stopped."""
        self._clock = context.clock
        self._note = context.journal.note
        names = [name for name, worker in model.workers.items() if worker.beat]
        self._is_own = model.has_own_beat
        if self._is_own:
            names = [HOSTNAME]
        self._beats = {name: Beat(context, calls, model, name) for name in names if model.beat_schedule}

    def start_own(self) -> None:
        """Start the standalone beat, if there is one."""
        if self._is_own:
            self.start(HOSTNAME)

    def start(self, hostname: str) -> None:
        """Start the beat embedded in `hostname`, if any."""
        beat = self._beats.get(hostname)
        if beat is not None and not beat.running:
            beat.start()

    def stop(self, hostname: str) -> None:
        """Stop the beat embedded in `hostname`, if any."""
        beat = self._beats.get(hostname)
        if beat is not None and beat.running:
            beat.stop()

    def switch(self, running: bool) -> None:
        """Start or stop the standalone beat as a fault demands; emit an event only if its state changes."""
        if self._beats[HOSTNAME].running == running:
            return
        self._note(SettingChanged(self._clock.now, NO_CAUSE, HOSTNAME, "running", running))
        if running:
            self.start(HOSTNAME)
        else:
            self.stop(HOSTNAME)
