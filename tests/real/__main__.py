"""`python -m tests.real JUNIT.xml`: ends with 1 where a test was skipped although its broker answers."""

from __future__ import annotations

import sys
from xml.etree import ElementTree

from tests.real.brokers import URLS, answers


def skipped_in_vain(file: str) -> list[str]:
    """The tests of this folder that were skipped, although every broker they may have waited for answers."""
    found = []
    for case in ElementTree.parse(file).iter("testcase"):
        skipped = case.find("skipped")
        if skipped is None or not str(case.get("classname")).startswith("tests.real"):
            continue
        why = str(skipped.get("message"))
        if any(name in why and answers(name) for name in URLS):
            found.append(f"{case.get('name')}: {why}")
    return found


def main(file: str) -> int:
    """Say what was skipped; and whether nothing at all was run."""
    cases = [c for c in ElementTree.parse(file).iter("testcase") if str(c.get("classname")).startswith("tests.real")]
    wrong = skipped_in_vain(file) if cases else ["no test of a real Celery was run"]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
