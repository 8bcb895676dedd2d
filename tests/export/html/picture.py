"""Draw the README's pictures of the player anew, in a real browser: `python -m tests.export.html.picture`."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.browsers import open_browser
from tests.export.html.pages import LANGS, page_of

FOLDER = Path(__file__).parents[2] / "screens" / "pictures"

SIZE = (1120, 740)


def draw() -> None:
    """Write a picture in each language: the question of the three-task order."""
    with TemporaryDirectory() as folder, open_browser() as browser:
        file = Path(folder) / "lesson.html"
        file.write_text(page_of("three-task-order", "slow_email", "celery_defaults"), encoding="utf-8")
        browser.screen(*SIZE)
        browser.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        for lang in LANGS:
            browser.open(file, "#event=19")
            browser.find(".choice")
            if lang == "ko":
                browser.press("L")
            found = browser.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
            (FOLDER / f"player.{lang}.png").write_bytes(b64decode(found["data"]))


if __name__ == "__main__":
    draw()
