"""Fuzzing: whatever comes from outside is refused or plays, quickly, in little memory, and nothing in it is obeyed.

`python -m tests.fuzz` tries damaged inputs on every target, and with atheris lets the lines they reach guide them. What
it found once lies in `findings`, and `test_findings` tries it again.
"""

NAMES = (
    *("scenario", "trace", "conf", "set", "goal", "console", "vote"),
    *("settings", "progress", "course", "plan", "room", "design", "runs", "table", "symptom", "live", "cluster"),
)
"""Names of the targets."""
