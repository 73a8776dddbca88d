"""What a recogniser from pixels costs: training, size, time of a frame, and live beside finding people.

Training is that of ``laban train-video`` with its defaults, without the other networks, on the 200 clips of fights:
first with nothing kept, then into another folder with the frames' features kept. A frame and a head are timed on
one core, in rounds; the least median counts. Live, the processor time of the watcher is compared with that of the
pose engine on the same clip, as ``laban watch`` runs either.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.recognition import sets
from benchmarks.recognition.speed import one_core
from benchmarks.rows import Row, row
from laban.assets import asset_path
from laban.core.answers.clip_metrics import ClipMetrics
from laban.models.deploy.clip_model import ClipLiteModel
from laban.models.deploy.loading import load_lite_model
from laban.models.inputs import ClipInput
from laban.pipeline.video.prediction import clip_recogniser
from laban.pipeline.video.training.run import learn_clips
from laban.pipeline.video.training.settings import ClipLearningSettings
from laban.pipeline.video.training.sight import sight_of
from laban.pose.blazepose.engine import BlazePoseEngine, EngineSettings
from laban.sources import open_source

_WORKERS, _ROUNDS, _FRAMES = 2, 5, 20
_MOST_MINUTES = {"the first time": 10.0, "with the frames' features kept": 2.0}
_MOST_MS, _MOST_MB, _MOST_DIFFERENCE, _MOST_LOST, _MOST_PERCENT = 15.0, 8.0, 1e-4, 0.01, 10.0


def pixel_speed_rows() -> list[Row]:
    """All of it."""
    with tempfile.TemporaryDirectory() as folder:
        return list(_rows(Path(folder)))


def _rows(folder: Path) -> Iterator[Row]:
    for number, (when, most) in enumerate(_MOST_MINUTES.items()):
        began_s = time.perf_counter()
        metrics = _trained(folder / str(number), cache=folder / "seen")
        minutes = (time.perf_counter() - began_s) / 60
        yield row(f"training lrcn on 200 clips, two cores, {when}", minutes, "min", at_most=most)
    yield from _files(metrics)
    model = load_lite_model(folder / "0" / "model.tflite")
    if not isinstance(model, ClipLiteModel):
        raise TypeError("train-video exports a model of clips")
    yield from _times(model)
    yield row("pixels beside finding people, live", _share_percent(model), "% of CPU", at_most=_MOST_PERCENT)


def _trained(run: Path, *, cache: Path) -> ClipMetrics:
    settings = ClipLearningSettings(others=False)
    weights = asset_path("efficientnet_lite0")
    sight = sight_of(settings, weights=weights, workers=_WORKERS, cache=cache)
    return learn_clips(sets.fights(), run, settings, sight=sight).metrics


def _files(metrics: ClipMetrics) -> Iterator[Row]:
    for made in metrics.export:
        most = _MOST_MB if made.precision == "int8" else None
        yield row(f"pixels, {made.precision}: size", made.size_bytes / 1e6, "MB", at_most=most)
        if made.precision == "float32":
            yield row(
                "pixels, float32: largest difference from PyTorch",
                made.max_difference,
                "",
                at_most=_MOST_DIFFERENCE,
            )
        lost = made.accuracy_change[0]
        if made.precision == "int8" and lost is not None:
            yield row("pixels, int8: accuracy lost", -lost, "", at_most=_MOST_LOST)


def _times(model: ClipLiteModel) -> Iterator[Row]:
    given = model.card.input
    if not isinstance(given, ClipInput):
        raise TypeError("a model of clips is given clips")
    image = np.random.default_rng(0).integers(0, 256, (1, *given.frame)).astype(np.uint8)
    features = np.repeat(model.features(image)[None], given.clock.length, axis=1)
    with one_core():
        frame_ms = _median_ms(lambda: model.features(image))
        head_ms = _median_ms(lambda: model.answers(features))
    width, height = given.size_wh
    yield row(
        f"pixels, a sampled frame of {width} × {height} and the head, one core",
        frame_ms + head_ms,
        "ms",
        at_most=_MOST_MS,
        head_ms=head_ms,
    )


def _median_ms(work: Callable[[], object]) -> float:
    def once() -> float:
        began_s = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - began_s)

    return min(statistics.median(once() for _ in range(_FRAMES)) for _ in range(_ROUNDS))


def _share_percent(model: ClipLiteModel) -> float:
    recogniser = clip_recogniser(model)
    if recogniser is None:
        raise TypeError("a model of clips recognises clips")
    finding_s = watching_s = 0.0
    with BlazePoseEngine(EngineSettings()) as engine, open_source(asset_path("demo")) as source:
        stream = recogniser.stream(source, settings=None, tell=lambda _: None)
        for frame in source.frames():
            began_s = time.process_time()
            engine.update(frame)
            found_s = time.process_time()
            stream.add(frame)
            finding_s += found_s - began_s
            watching_s += time.process_time() - found_s
    return 100 * watching_s / finding_s
