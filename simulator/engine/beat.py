"""Beat: the clock that sends tasks, a process of its own or inside a worker (`-B`).

An interval entry is due one interval after beat's first start, then every interval, without drift; a crontab entry at
its minutes, time 0 being midnight on Monday, 1 January 2024. When each entry ran last outlives the process
(`celerybeat-schedule`), so an entry that was missed meanwhile is sent once, at the start, and goes on from there. Beat
never looks whether what it sent has been done. Source: celery.beat: Scheduler, PersistentScheduler; celery.schedules.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from simulator.engine.calls import Calls, Entry
from simulator.engine.clock import Call, Rank, priority
from simulator.engine.context import Context
from simulator.scenario.crontab import FIELDS, parse_field
from simulator.scenario.schema import BeatEntry, Crontab, ScenarioFile
from simulator.trace.events import NO_CAUSE, SettingChanged
from simulator.trace.time import MICROS, NEVER, to_micros

EPOCH = datetime(2024, 1, 1)
"""When simulated time 0 is, for a crontab: a Monday."""

HOSTNAME = "beat"
"""The name of the beat that is a process of its own."""

MAX_DAYS = 366 * 8
"""How far a crontab looks ahead: 29 February is at most eight years away; 30 February never comes."""

DAY = 24 * 3600 * MICROS


class Cron:
    """When a crontab is due."""

    def __init__(self, spec: Crontab) -> None:
        fields = {name: parse_field(name, getattr(spec, name)) for name in FIELDS}
        self._months = fields["month_of_year"]
        self._days = fields["day_of_month"]
        self._weekdays = fields["day_of_week"]
        self._times = [
            (hour * 60 + minute) * 60 * MICROS for hour in sorted(fields["hour"]) for minute in sorted(fields["minute"])
        ]
        """Times of a day on which it is due."""

    def after(self, time: int) -> int:
        """The first time later than `time`; `NEVER` where there is none."""
        first = time // DAY
        for number in range(first, first + MAX_DAYS):
            date = EPOCH + timedelta(days=number)
            if date.month not in self._months or date.day not in self._days:
                continue
            if date.isoweekday() % 7 not in self._weekdays:
                continue
            found = next((number * DAY + moment for moment in self._times if number * DAY + moment > time), None)
            if found is not None:
                return found
        return NEVER


class Interval:
    """When an interval is due."""

    def __init__(self, seconds: float) -> None:
        self._micros = to_micros(seconds)

    def after(self, time: int) -> int:
        """The next time, where it was last due at `time`."""
        return time + self._micros


class Plan:
    """One entry of the schedule in one beat."""

    def __init__(self, entry: Entry, spec: BeatEntry, when: int) -> None:
        self.schedule = Cron(spec.schedule.crontab) if spec.schedule.crontab else Interval(spec.schedule.interval or 0)
        self.entry = entry
        self.when = when
        self.last: int | None = None
        """When it was last sent; at first, when beat first started."""
        self.call: Call | None = None


class Beat:
    """One beat process; what it remembers outlives it."""

    def __init__(self, context: Context, calls: Calls, model: ScenarioFile, hostname: str) -> None:
        self.hostname = hostname
        self.running = False
        self._clock = context.clock
        first = len(model.workers)
        # The n-th tick of an entry is the same task wherever beat runs.
        self._plans = [
            Plan(calls.entry(spec.call, f"beat/{name}"), spec, priority(Rank.TIMER, first + index))
            for index, (name, spec) in enumerate(model.beat_schedule.items())
        ]

    def start(self) -> None:
        """Send what was missed, and plan what comes."""
        now = self._clock.now
        self.running = True
        for plan in self._plans:
            if plan.last is None:
                plan.last = now
            self._plan(plan, max(now, plan.schedule.after(plan.last)))

    def stop(self) -> None:
        """It is gone."""
        self.running = False
        for plan in self._plans:
            if plan.call is not None:
                self._clock.cancel(plan.call)
                plan.call = None

    def _plan(self, plan: Plan, due: int) -> None:
        plan.call = self._clock.at(due, plan.when, self._tick, plan, daemon=True) if due < NEVER else None

    def _tick(self, plan: Plan) -> None:
        now = self._clock.now
        plan.last = now
        plan.entry.publisher.when_reachable(plan.entry.send, self.hostname, plan.when)
        self._plan(plan, plan.schedule.after(now))


class Beats:
    """Every beat of a run: the one of its own, or one in each worker that embeds it."""

    def __init__(self, context: Context, calls: Calls, model: ScenarioFile) -> None:
        """Nothing is planned yet."""
        self._clock = context.clock
        self._note = context.journal.note
        names = [name for name, worker in model.workers.items() if worker.beat]
        self._is_own = model.has_own_beat
        if self._is_own:
            names = [HOSTNAME]
        self._beats = {name: Beat(context, calls, model, name) for name in names if model.beat_schedule}

    def start_own(self) -> None:
        """The beat that is a process of its own starts, where there is one."""
        if self._is_own:
            self.start(HOSTNAME)

    def start(self, hostname: str) -> None:
        """The beat of that process starts, where it has one."""
        beat = self._beats.get(hostname)
        if beat is not None and not beat.running:
            beat.start()

    def stop(self, hostname: str) -> None:
        """The beat of that process ends, where it has one."""
        beat = self._beats.get(hostname)
        if beat is not None and beat.running:
            beat.stop()

    def switch(self, running: bool) -> None:
        """A fault ends or starts the beat that is a process of its own; an event says so where it changes anything."""
        if self._beats[HOSTNAME].running == running:
            return
        self._note(SettingChanged(self._clock.now, NO_CAUSE, HOSTNAME, "running", running))
        if running:
            self.start(HOSTNAME)
        else:
            self.stop(HOSTNAME)
