"""Evaluation gives the same figures bit for bit wherever its clips are processed."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from laban.core.clock import WindowSpec
from laban.core.spans import Span
from laban.features.spec import FeatureSpec
from laban.models.examples import Clip
from laban.pipeline.action.predict import open_model
from laban.pipeline.action.training.evaluation import evaluate
from laban.pipeline.dataset import Dataset, Item, Recordings, examples_of, recordings_of
from laban.pipeline.dataset.labels import tasks_of
from laban.pipeline.dataset.values import whole_clip
from laban.pipeline.recording.executor import Executor, Threads
from laban.pipeline.recording.processes import Processes
from laban.sources import SyntheticScene

EXECUTORS = [Threads(1), Threads(3), Processes(1), Processes(2)]
everywhere = pytest.mark.parametrize(
    "executor", EXECUTORS, ids=["1 thread", "3 threads", "1 process", "2 processes"]
)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Recordings:
    """Two falls with their times, one in a file; nobody falls in a third clip; nobody is in the fourth."""
    folder = tmp_path_factory.mktemp("clips")
    fall, quiet = (SyntheticScene(people=1, falls=falls, seconds=8.0).recording() for falls in (1, 0))
    fall.save(folder / "fall.parquet")
    timed = {"fall": (Span(2.0, 3.5, "fall"),)}
    items = (
        Item(Clip("file", "a"), timed, path=folder / "fall.parquet", kind="recording"),
        Item(Clip("memory", "b"), timed, recording=fall, kind="memory"),
        Item(Clip("quiet", "c"), {"fall": (whole_clip("no_fall"),)}, recording=quiet, kind="memory"),
        Item(
            Clip("empty", "d"),
            {"fall": (whole_clip("no_fall"),)},
            recording=quiet.replace(people={}),
            kind="memory",
        ),
    )
    return recordings_of(Dataset("made", Path(), tasks_of(items, backgrounds={"fall": "no_fall"}), items))


@everywhere
def test_the_figures_do_not_depend_on_the_executor(recordings: Recordings, executor: Executor) -> None:
    model = open_model("fall")
    expected, left_out = evaluate(model, recordings.dataset, recordings)
    found, left_out_too = evaluate(model, recordings.dataset, recordings, executor=executor)
    assert found.metrics == expected.metrics
    assert left_out_too == left_out
    assert [one.name for one in left_out] == ["empty"]
    events = found.metrics.tasks[0].events
    assert events is not None
    assert events.events == 2


def test_examples_do_not_depend_on_the_executor(recordings: Recordings) -> None:
    made = [
        examples_of(
            recordings.dataset, recordings, spec=FeatureSpec(("xy",)), clock=WindowSpec(), executor=executor
        )
        for executor in (None, Threads(3), Processes(2))
    ]
    assert len({one.data_sha256 for one in made}) == 1
    assert len({one.examples.values.tobytes() for one in made}) == 1
    assert np.array_equal(made[0].examples.clip, made[2].examples.clip)
    assert made[0].clips_fps == made[1].clips_fps == made[2].clips_fps
    assert made[0].left_out == made[1].left_out == made[2].left_out


def test_a_clip_of_a_dataset_can_be_sent_to_another_process(recordings: Recordings) -> None:
    for item in recordings.dataset.items:
        copy = pickle.loads(pickle.dumps(item))
        assert (copy.clip, dict(copy.labels), copy.path, copy.recording, copy.kind) == (
            item.clip,
            dict(item.labels),
            item.path,
            item.recording,
            item.kind,
        )
