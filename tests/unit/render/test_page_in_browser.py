"""The page in a real browser, where there is one: its script runs, finds its data and complains of nothing."""

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from laban.core.features import Features
from laban.core.sequence import Recording
from laban.render.page import write_page

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium, as in: apt-get install chromium")


def opened(path: Path, profile: Path) -> tuple[str, str]:
    """The page's elements after its script has run for twenty seconds of its own time, and the console's lines."""
    options = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--enable-logging=stderr",
        # Much of it: a busy machine draws few frames in two seconds, or none, and the page seems not to play.
        "--virtual-time-budget=20000",
    ]
    run = subprocess.run(
        [str(BROWSER), *options, f"--user-data-dir={profile}", "--dump-dom", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    console = [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    return run.stdout, "\n".join(console)


def test_the_page_plays_and_shows_what_it_was_given(tmp_path: Path, two_walkers: Recording) -> None:
    angles = {
        person: Features(
            one.times_s, ("left_knee", "right_knee"), ("deg", "deg"), np.full((len(one), 2), 117.0)
        )
        for person, one in two_walkers.people.items()
    }
    page = write_page(tmp_path / "page.html", two_walkers.replace(source="<b>walk.mp4"), angles=angles)
    for attempt in range(3):  # on a busy machine the browser may dump the page before its script has drawn
        elements, console = opened(page, tmp_path / f"profile{attempt}")
        if "117°" in elements:
            break
    assert console == ""
    assert elements.count('class="chart"') == 2
    assert "Left knee" in elements
    assert "117°" in elements
    assert re.findall(r"Person (\d)", elements) == ["1", "2"]
    assert "&lt;b&gt;walk.mp4</h1>" in elements
    clock = re.search(r'id="clock"[^>]*>(\d:\d\d\.\d\d) / (\d:\d\d\.\d\d)<', elements)
    assert clock[2] == "0:02.97"
    assert clock[1] != "0:00.00", "it plays"
    assert re.search(r"translateX\([1-9]", elements), "the cursor goes with it"


def test_a_page_with_nobody_says_so(tmp_path: Path) -> None:
    page = write_page(tmp_path / "page.html", Recording("empty.mp4", np.arange(3) / 25, {}))
    elements, console = opened(page, tmp_path / "profile")
    assert console == ""
    assert re.search(r'<p id="empty" class="empty">Nobody was found', elements)
    assert re.search(r'id="angles"[^>]* hidden', elements)
