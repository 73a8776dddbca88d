"""Every page that Laban writes, in a real browser: nothing sticks out of a phone of 390 pixels or a wide screen."""

import json
import os
import runpy
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmarks.posture.figures import seen, side_bodies
from tests.answers import answer

from laban.cli.app import app
from laban.cli.errors import guarded
from laban.core.answers.audit import ImageAuditAnswer
from laban.core.answers.clip_metrics import ClipEvaluation
from laban.core.answers.fusion_metrics import FusionMetrics
from laban.core.answers.image_metrics import ImageMetrics
from laban.core.answers.metrics import TrainingMetrics
from laban.core.arrays import ImageArray
from laban.core.pose import Pose
from laban.core.sequence import PoseSequence, Recording
from laban.render.coaching.progress import ExerciseProgress, Mark, write_progress_page
from laban.render.coaching.summary_page import Course, SummaryMessages, write_summary_page
from laban.render.image.audit_page import draw_audit_page
from laban.render.report import write_report
from laban.render.report.document import write_document
from laban.sources import SyntheticScene
from laban.tasks.coaching.feedback import DoneRepetition, Workout
from laban.tasks.coaching.messages import load_messages

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
WIDTHS_PX = (390, 1400)
SIZE_WH = (640, 720)
_LONGEST_S = 600
NOISE = np.random.default_rng(0).integers(0, 255, (120, 160, 3), dtype=np.uint8)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium, as in: apt-get install chromium")

# The numbers at which the browser looks for its pipes. A process of its own sets them, for a fork in this one may
# hang where another test has started threads.
_AS_THREE_AND_FOUR = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
os.dup2(ends[0], 3)
os.dup2(ends[1], 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


class Browser:
    """A browser without a window, told what to do over a pair of pipes (the Chrome DevTools protocol)."""

    def __init__(self, profile: Path) -> None:
        read_here, write_there = os.pipe()
        read_there, write_here = os.pipe()
        command = [
            str(BROWSER),
            *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
            *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
            *("--hide-scrollbars", f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"),
        ]

        self._process = subprocess.Popen(
            [sys.executable, "-c", _AS_THREE_AND_FOUR, str(read_there), str(write_there), *command],
            pass_fds=(read_there, write_there),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_there)
        os.close(write_there)
        self._to, self._from = os.fdopen(write_here, "wb", buffering=0), os.fdopen(read_here, "rb")
        self._count, self._session, self._loaded = 0, None, False
        self._watchdog = threading.Timer(_LONGEST_S, self._process.kill)
        self._watchdog.start()
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.tell("Page.enable")

    def tell(self, method: str, **parameters: Any) -> Any:
        """Sends one command and gives its result; events in between are passed over."""
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        return self._until(lambda answer: answer.get("id") == self._count)["result"]

    def show(self, page: Path, *, width_px: int) -> dict[str, Any]:
        """Opens a page at a width and measures it."""
        size = {"width": width_px, "height": 844, "deviceScaleFactor": 1, "mobile": False}
        self.tell("Emulation.setDeviceMetricsOverride", **size)
        self._loaded = False
        self.tell("Page.navigate", url=page.as_uri())
        if not self._loaded:
            self._until(lambda event: event.get("method") == "Page.loadEventFired")
        found = self.tell("Runtime.evaluate", expression=MEASURED, returnByValue=True)
        return dict(found["result"]["value"])

    def close(self) -> None:
        self._watchdog.cancel()
        self._process.kill()
        self._process.wait()
        self._to.close()
        self._from.close()

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            text = bytearray()
            while (byte := self._from.read(1)) != b"\0":
                if not byte:
                    raise RuntimeError("the browser has ended")
                text += byte
            answer = dict(json.loads(text))
            self._loaded |= answer.get("method") == "Page.loadEventFired"
            if wanted(answer):
                return answer


MEASURED = """(() => {
  const root = document.documentElement, seen = [], clipped = [];
  const scrolls = (one) => { for (; one; one = one.parentElement)
    if (["auto", "scroll", "hidden"].includes(getComputedStyle(one).overflowX)) return true; return false; };
  for (const one of document.querySelectorAll("body *")) {
    const box = one.getBoundingClientRect();
    if (box.width && box.right > innerWidth + 1 && !scrolls(one)) seen.push(one.tagName + "." + one.className);
  }
  for (const one of document.querySelectorAll("figure, .scroll"))
    if (one.scrollWidth > one.clientWidth + 1) clipped.push(one.className || one.tagName);
  return {page: root.scrollWidth, width: innerWidth, outside: seen.slice(0, 5), scrolled: clipped};
})()"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    one = Browser(tmp_path_factory.mktemp("profile"))
    yield one
    one.close()


def run(*arguments: str | Path) -> None:
    assert guarded(app, [str(argument) for argument in (*arguments, "--quiet")]) == 0


def walker(seed: int) -> Recording:
    recording = SyntheticScene(people=1, seconds=3.0, size_wh=(320, 240), seed=seed).recording()
    (one,) = recording.people.values()
    return recording.replace(people={0: one.replace(visibility=np.ones_like(one.visibility))})


def filmed(poses: list[Pose], *, fps: float = 10.0) -> Recording:
    points = np.stack([pose.image_px for pose in poses]) + np.float32([150.0, 100.0])
    sequence = PoseSequence(
        np.arange(len(poses)) / fps,
        poses[0].skeleton,
        np.stack([pose.visibility for pose in poses]),
        image_px=points,
        world_m=np.stack([pose.world_m for pose in poses]),
        score=np.ones(len(poses), np.float32),
        size_wh=SIZE_WH,
    )
    return Recording("somebody.mp4", sequence.times_s, {0: sequence}, size_wh=SIZE_WH)


def leaning(trunk_deg: float) -> Pose:
    built = next(one for one in side_bodies() if one.truth["trunk_inclination"] == trunk_deg)
    return seen(built, view="left side", roll_deg=0.0, torso_px=140.0)


def view_page(folder: Path) -> Path:
    run("view", walker(1).save(folder / "walk.parquet"), "-o", folder / "view.html")
    return folder / "view.html"


def comparison_page(folder: Path) -> Path:
    first, second = (walker(seed).save(folder / f"{seed}.parquet") for seed in (1, 2))
    run("compare", first, second, "-o", folder / "compared")
    return folder / "compared" / "report.html"


def pair_page(folder: Path) -> Path:
    return comparison_page(folder).with_name("view.html")


def repetition_page(folder: Path) -> Path:
    run("reps", walker(1).save(folder / "walk.parquet"), "-o", folder / "reps")
    return next((folder / "reps").glob("*.html"))


def posture_page(folder: Path) -> Path:
    film = filmed([leaning(0.0)] * 40 + [leaning(30.0)] * 100).save(folder / "film.parquet")
    run("posture", film, "-o", folder / "posture", "--roll-deg", "0", "--height-cm", "180")
    return folder / "posture" / "report.html"


def visits_page(folder: Path) -> Path:
    first, second = (filmed([leaning(lean)]).save(folder / f"{lean:.0f}.parquet") for lean in (0.0, 30.0))
    run("posture", first, second, "--visits", "-o", folder / "visits", "--roll-deg", "0")
    return next(one for one in (folder / "visits").rglob("*.html") if "Visits" in one.read_text())


def workout_page(folder: Path) -> Path:
    done = tuple(
        DoneRepetition(3.0 * one, 3.0 * one + 1.2, 3.0 * one + 2.0, 88.0, 81.0, ("back_bent", "too_fast"))
        for one in range(14)
    )
    words = load_messages("en")
    said = SummaryMessages(
        "en",
        "Squat with a long name of its own",
        lambda key: words.say(f"page.{key}"),
        "2026-09-01 18:00",
        {
            "back_bent": ("The back is bent", "Lift your chest and look ahead"),
            "too_fast": ("Too fast", "Slow down"),
        },
    )
    course = Course(
        tuple((one / 2, 80.0 + one % 9) for one in range(90)),
        {"Bend your knees further than you do now": 3, "Slow down": 7},
        {"left knee": (0.31, 24.4), "right shoulder": (0.2, 12.0)},
    )
    workout = Workout("squat", 41.0, done, 0.0, 86.4).answer()
    return write_summary_page(folder / "summary.html", workout, said, course=course)


def progress_page(folder: Path) -> Path:
    began = datetime(2026, 9, 1, 18, tzinfo=UTC)
    marks = tuple(
        Mark(began + timedelta(days=one), 10.0 + one, 70.0 + one % 20, "the back is bent 2×, too fast 11×")
        for one in range(24)
    )
    return write_progress_page(folder / "progress.html", [ExerciseProgress("Squat", "repetitions", marks)])


def figures_page(folder: Path) -> Path:
    """The report on a training run with everything that may be in it."""
    return write_report(folder / "report.html", answer(TrainingMetrics, run_content(many=9)))


def run_content(*, many: int) -> dict[str, Any]:
    held: dict[str, Any] = runpy.run_path(str(Path(__file__).parents[1] / "unit/render/test_report.py"))[
        "content"
    ]()
    (task,) = held["tasks"]
    labels = ["no_fall", "fall", *(f"a_rather_long_class_{one}" for one in range(many - 2))]
    task["labels"] = labels
    rows = [
        {"label": name, "precision": 0.91, "recall": 0.752, "f1": 0.8182, "support": 1234, "predicted": 1100}
        for name in labels
    ]
    for part in ("windows", "clips"):
        task[part] |= {"classes": rows, "confusion": (np.eye(many, many + 1) * 900 + 7).astype(int).tolist()}
    held["split"]["parts"] = {
        name: {"windows": 12345, "clips": 4321, "groups": 214} for name in ("train", "validation", "test")
    }
    return held


def classifier_page(folder: Path) -> Path:
    held = run_content(many=7)
    (task,) = held["tasks"]
    labels = task["labels"]
    parts = {
        name: {"images": 1234, "groups": 87, "classes": [1200] * len(labels)}
        for name in ("train", "validation", "test")
    }
    content = {
        "version": 1,
        "kind": "images",
        "model": {"name": "a classifier of images with a long name", "architecture": "efficientnet_lite0"},
        "labels": labels,
        "task": "image",
        "images": task["clips"],
        "calibration": task["calibration"],
        "split": {"by": "group", "notes": ["Few groups."], "parts": parts},
        "notes": ["Something was left out."],
        "unanswered": 3,
        "attention": {"on_person": 0.61, "person_share": 0.35},
        "shifts": [
            {"name": name, "accuracy": 0.8, "macro_f1": 0.7, "note": "a note on it"}
            for name in ("undisturbed", "another room", "darker, as at dusk")
        ],
        "subgroups": task["subgroups"],
        "label_errors": [
            {
                "name": "images/train/b_long_name_of_an_image_0001.jpg",
                "label": "sit",
                "likely": "stand",
                "margin": 0.4,
            }
        ],
        "training": held["training"],
        "export": [
            {
                "path": "model_float16.tflite",
                "precision": "float16",
                "scheme": "float16",
                "size_bytes": 12_345_678,
                "max_difference": 2e-4,
                "agreement": 0.998,
                "accuracy_change": -0.001,
                "latency_ms": 12.3,
            }
        ],
        "run": held["run"],
    }
    examples = [(NOISE, NOISE[::-1], "no_fall", said, 0.93) for said in ("no_fall", "fall") * 3]
    return write_report(folder / "report.html", answer(ImageMetrics, content), examples=examples)


def new_clips_page(folder: Path) -> Path:
    """The report on a recogniser from pixels on clips that are new to it."""
    held = run_content(many=7)
    (task,) = held["tasks"]
    name = "v_a_rather_long_name_of_a_clip_g01_c01.mp4"
    content = {
        "version": 1,
        "kind": "clips",
        "model": {"name": "a recogniser with a long name", "network": "lrcn", "size_wh": (448, 288)},
        "labels": task["labels"],
        "task": "action",
        "clips": task["clips"],
        "calibration": task["calibration"],
        "subgroups": task["subgroups"],
        "hardest": [
            {"clip": name, "group": "g01", "label": "fall", "predicted": "no_fall", "probability": 0.97}
        ],
        "label_errors": [{"clip": name, "label": "fall", "likely": "no_fall", "margin": 0.4}],
        "notes": [f"{name} was left out: it cannot be read as a video"],
        "learned": {"clips": 3, "of": 4324, "left_out": True},
    }
    return write_report(folder / "report.html", answer(ClipEvaluation, content))


def fusion_page(folder: Path) -> Path:
    """The report on a recogniser from poses and pixels."""
    held = run_content(many=7)
    (task,) = held["tasks"]
    figures = [
        {"inputs": name, "answered": 1234, "accuracy": 0.812, "interval": (0.76, 0.85), "macro_f1": 0.8}
        | {"auroc": 0.871, "recall_at_5": 0.513}
        for name in ("pose", "video", "both")
    ]
    content = {
        "version": 1,
        "kind": "fusion",
        "name": "a recogniser with a long name",
        "task": "action",
        "labels": task["labels"],
        "event": "a_rather_long_class_0",
        "clips": task["clips"],
        "inputs": figures,
        "random": figures,
        "without_people": 12,
        "parts": [
            {"inputs": name, "model": f"{name}/model.tflite", "temperature": 1.23, "weight": 0.612}
            | {"weights": [0.5, 0.71, 0.62, 0.55, 0.68]}
            for name in ("pose", "video")
        ],
        "calibration": task["calibration"],
        "split": {
            "by": "group",
            "folds": 5,
            "parts": {
                name: {"clips": 1234, "groups": 87, "classes": [1200] * len(task["labels"])}
                for name in ("train", "validation", "test")
            },
        },
        "notes": [
            "In 12 of 1234 tested clips, such as a_rather_long_name_of_a_clip_g01_c01.mp4, nobody was found."
        ],
    }
    return write_report(folder / "report.html", answer(FusionMetrics, content))


def audit_page(folder: Path) -> Path:
    finding = {
        "kind": "joint-outside",
        "sentence": "images/train/a_long_name_of_an_image_0001.jpg and 12 others have joints outside the image",
        "advice": "mark them as not labelled, or label the image again",
    }
    splits = [("train", 900), ("val", 200), ("test", 100)]
    content = {
        "dataset": "a_data_set_with_a_long_name_that_has_no_space_in_it.yaml",
        "form": "YOLO pose, 17 joints",
        "images": 12345,
        "unreadable": 2,
        "people": 23456,
        "coverage": [
            {"label": f"a_rather_long_class_{one}", "images": 1200, "people": 1300, "splits": splits}
            for one in range(4)
        ],
        "findings": [{**finding, "severity": severity} for severity in ("fault", "warning", "note")],
        "sizes": [[1920, 1080]] * 9,
        "heights_px": [float(one) for one in range(40, 400, 7)],
        "joints": [(f"left_joint_{one}", 0.7, 0.2, 0.1) for one in range(17)],
    }
    shown: list[tuple[ImageArray, str]] = [(NOISE, "images/train/a_long_name_of_an_image_0001.jpg")] * 6
    told = answer(ImageAuditAnswer, content)
    page = draw_audit_page(told, findings={"joint-outside": shown}, samples=shown, places=NOISE)
    return write_document(folder / "audit.html", page)


PAGES: dict[str, Callable[[Path], Path]] = {
    "view": view_page,
    "comparison": comparison_page,
    "pair": pair_page,
    "repetitions": repetition_page,
    "posture": posture_page,
    "visits": visits_page,
    "workout": workout_page,
    "progress": progress_page,
    "training": figures_page,
    "classifier": classifier_page,
    "new clips": new_clips_page,
    "fusion": fusion_page,
    "audit": audit_page,
}


@dataclass(frozen=True)
class Made:
    name: str
    path: Path


@pytest.fixture(scope="module", params=PAGES)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(request.param, PAGES[request.param](tmp_path_factory.mktemp(request.param)))


@pytest.mark.parametrize("width_px", WIDTHS_PX)
def test_nothing_sticks_out_of_the_page(made: Made, browser: Browser, width_px: int) -> None:
    """Tables may be moved from side to side within a part of their own; the page itself may not."""
    found = browser.show(made.path, width_px=width_px)
    assert found["width"] == width_px
    assert found["page"] <= width_px, found["outside"]
    assert found["outside"] == []


@pytest.mark.parametrize("width_px", WIDTHS_PX)
def test_values_and_images_are_seen_whole(made: Made, browser: Browser, width_px: int) -> None:
    if made.name not in ("posture", "visits", "comparison", "repetitions", "workout", "progress", "audit"):
        pytest.skip("only wide tables of figures are on this page, which move from side to side")
    assert browser.show(made.path, width_px=width_px)["scrolled"] == []
