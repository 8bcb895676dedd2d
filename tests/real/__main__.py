"""`python -m tests.real JUNIT.xml`: ends with 1 where `make test-real` left a test out although its broker answers."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

from tests.real.brokers import URLS, answers


def left_out(file: str) -> list[str]:
    """Faults in a run of the tests of the real Celery: tests skipped for no reason, or no tests at all."""
    cases = list(ElementTree.parse(file).iter("testcase"))
    if not cases:
        return ["no test of a real Celery was run"]
    found = []
    for case in cases:
        skipped = case.find("skipped")
        why = "" if skipped is None else str(skipped.get("message"))
        if skipped is not None and not any(name in why and not answers(name) for name in URLS):
            found.append(f"{case.get('name')}: {why}")
    return found


def main(file: str) -> int:
    """Say what was left out."""
    wrong = left_out(file)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
