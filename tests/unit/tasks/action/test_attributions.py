"""Whose answer is explained, over which windows, and at what times."""

import numpy as np
import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.core.sequence import PoseSequence, Recording
from laban.core.skeleton import skeleton
from laban.errors import InvalidValueError, UnknownNameError
from laban.features.spec import FeatureSpec
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import LandmarkInput
from laban.models.protocol import FunctionModel, Outputs
from laban.tasks.action.attributions import MOST_WINDOWS, reasons_for

BODY = skeleton("coco17")
WRIST = BODY.index("right_wrist")


def run(values):
    high = np.maximum(0.0, -1.0 - np.nan_to_num(values, nan=9.0)[:, :, 2 * WRIST + 1]).sum(axis=1)
    still = np.ones_like(high)
    return Outputs((np.stack([still, high], 1), np.stack([5 * still, still], 1)), np.zeros((len(values), 1)))


def model(clock=None, *, background="rest"):
    heads = (Head(Task("arm", ("rest", "up"), background)), Head(Task("leg", ("stand", "kick"), "stand")))
    return FunctionModel(
        ModelCard("m", "f", LandmarkInput(FeatureSpec(skeleton="coco17"), clock or WindowSpec()), heads), run
    )


def recording(*lifts, seconds=5):
    """People standing; the wrist of each is up in the given span of seconds."""
    rows = seconds * 30
    times = np.arange(rows) / 30
    people = {}
    for person, (start, end) in enumerate(lifts):
        points = np.zeros((rows, 17, 2))
        points[:, BODY.index("left_shoulder")] = points[:, BODY.index("right_shoulder")] = 0, -50
        points[int(start * 30) : int(end * 30), WRIST, 1] = -110
        people[person] = PoseSequence(times, BODY, np.ones((rows, 17)), image_px=points, size_wh=(640, 480))
    return Recording("clip", times, people, size_wh=(640, 480))


def test_the_surest_event_of_whoever_does_it_is_explained():
    found = reasons_for(model(), recording((0, 0), (2.5, 3.5)))
    assert (found.person, found.explanation.task, found.explanation.label) == (1, "arm", "up")
    assert found.explanation.top(1)[0][0] == "right_wrist"
    assert 2.3 <= found.peak_s <= 3.7
    start, end = found.spans_s()[0]
    assert 2.0 <= start <= 2.6
    assert 3.3 <= end <= 3.9


def test_without_an_event_the_surest_background_is_explained():
    found = reasons_for(model(), recording((0, 0)))
    assert (found.explanation.task, found.explanation.label) == ("leg", "stand")
    assert reasons_for(model(), recording((0, 0)), task="arm").explanation.label == "rest"


def test_a_label_names_its_task():
    found = reasons_for(model(), recording((2, 3)), label="kick")
    assert (found.explanation.task, found.explanation.label) == ("leg", "kick")


def test_without_a_background_the_answer_of_the_whole_is_explained():
    assert reasons_for(model(background=None), recording((4.9, 5.0)), task="arm").explanation.label == "rest"
    assert reasons_for(model(background=None), recording((0, 5)), task="arm").explanation.label == "up"


def test_times_are_those_of_the_windows_that_speak():
    found = reasons_for(model(), recording((4.0, 5.0)))
    assert found.windows == 2
    assert found.times_s[0] == pytest.approx(2.5)
    assert found.times_s[-1] == pytest.approx(149 / 30)
    assert found.explanation.map.shape == (len(found.times_s), 17)


def test_of_a_long_movement_the_loudest_windows_are_explained():
    assert reasons_for(model(), recording((0, 12), seconds=12)).windows == MOST_WINDOWS


def test_a_whole_clip_is_explained_on_its_own_instants():
    found = reasons_for(model(WholeClip(40)), recording((2.5, 3.5)))
    assert found.times_s == pytest.approx(np.linspace(0, 149 / 30, 40))
    assert 2.3 <= found.peak_s <= 3.7


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"label": "jump"}, UnknownNameError, "unknown arm label 'jump'"),
        ({"task": "head"}, UnknownNameError, "unknown task 'head'"),
        ({"person": 4}, InvalidValueError, "no windows of person 4, only of 0"),
    ],
)
def test_what_is_not_there_cannot_be_explained(options, error, words):
    with pytest.raises(error, match=words):
        reasons_for(model(), recording((2, 3)), **options)


def test_a_recording_without_people_is_refused():
    with pytest.raises(InvalidValueError, match="nobody is seen"):
        reasons_for(model(), recording())
