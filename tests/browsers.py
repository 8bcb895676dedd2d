"""A real browser for tests of pages: Chromium without a window, if it and its driver are on this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

NEEDED = "TESTS_NEED_BROWSER"
"""Environment variable that `.ci/run` sets where a browser is installed: then it must not be missing."""

ARGUMENTS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-US")

WAIT = 20.0
"""Longest wait in seconds for something that a page does at once on an idle machine."""


class Browser:
    """A browser with one page, and a screen of any size."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver

    def screen(
        self, width: int = 1280, height: int = 800, *, phone: bool = False, dark: bool = False, still: bool = True
    ) -> None:
        """Set the size of the screen, the colour scheme, and (`still`) that its user prefers less motion."""
        size = {"width": width, "height": height, "deviceScaleFactor": 2 if phone else 1, "mobile": phone}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", {"enabled": phone})
        features = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if still else "no-preference"},
        ]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": features})

    def print(self) -> None:
        """Show the page as it is printed."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})

    def open(self, page: str | Path, place: str = "") -> None:
        """Open a file or an address anew, at a `#place`."""
        address = page.as_uri() if isinstance(page, Path) else page
        self.driver.get("about:blank")
        self.driver.get(address + place)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            ActionChains(self.driver, duration=0).send_keys(key).perform()

    def find(self, css: str) -> WebElement:
        """Return the first element, waiting for it."""
        return WebDriverWait(self.driver, WAIT, 0.02).until(lambda driver: driver.find_element(By.CSS_SELECTOR, css))

    def count(self, css: str) -> int:
        """Return the number of elements."""
        return len(self.driver.find_elements(By.CSS_SELECTOR, css))

    def text(self, css: str) -> str:
        """Return the text of an element as it is in the document; empty if there is none."""
        return "".join(self.texts(css)[:1])

    def texts(self, css: str) -> list[str]:
        """Return the text of each element."""
        found: list[str] = self.run("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", css)
        return found

    def run(self, script: str, *given: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *given)

    def wait(self, script: str, *given: Any) -> None:
        """Wait until a script returns something true."""
        WebDriverWait(self.driver, WAIT, 0.02).until(lambda driver: driver.execute_script(script, *given))

    def errors(self) -> list[str]:
        """Return what the page has complained of since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def accessibility(self) -> list[str]:
        """Return the violations that axe-core finds, each with where it is."""
        axe = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
        self.run(axe)
        found = self.driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(({violations}) => done(violations), (e) => done([String(e)]))"
        )
        return [f"{one['id']}: {one['help']}: {[node['html'] for node in one['nodes']]}" for one in found]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start a browser; skips the test where there is none, with how to get one."""
    programs = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    program, driver = next(filter(None, programs), None), shutil.which("chromedriver")
    if program is None or driver is None:
        missing = "no browser: install Chromium and its driver (apt-get install chromium chromium-driver)"
        if os.environ.get(NEEDED):
            pytest.fail(missing)
        pytest.skip(missing)
    options = Options()
    options.binary_location = program
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    try:
        yield Browser(started)
    finally:
        started.quit()
