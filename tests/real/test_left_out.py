"""The guard of `.ci/run`: no test of a real Celery is left out where its broker answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real import __main__ as guard

SKIPPED = '<testcase name="t" classname="tests.real.x"><skipped message="no redis answers"/></testcase>'
PASSED = '<testcase name="t" classname="tests.real.x"/>'


@pytest.mark.parametrize(
    ("cases", "there", "status"),
    [
        (PASSED, (), 0),
        (SKIPPED, (), 0),
        (SKIPPED, ("rabbitmq",), 0),
        (SKIPPED, ("redis",), 1),
        (PASSED + SKIPPED.replace("no redis answers", "not today"), (), 1),
        ("", (), 1),
    ],
    ids=["passed", "nobody answers", "another answers", "it answers", "another reason", "no test"],
)
def test_what_was_left_out_in_vain_is_an_error(
    cases: str, there: tuple[str, ...], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "answers", lambda broker: broker in there)
    file = tmp_path / "tests.xml"
    file.write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", encoding="utf-8")
    assert guard.main(str(file)) == status
