"""What models of falls are shown: people held in mid-movement, who fall as much later."""

import numpy as np
import pytest
from benchmarks.recognition import fall_data
from benchmarks.recognition.variations import part_of

from laban.core.sequence import Recording
from laban.core.spans import Span
from laban.models.examples import Clip
from laban.pipeline.dataset.values import Item
from laban.sources import SyntheticScene

SCENE = SyntheticScene(people=1, seconds=4.0, fps=30.0, size_wh=(640, 360), falls=1, seed=3)


@pytest.fixture(scope="module")
def scene() -> Recording:
    return SCENE.recording()


def fall_item(scene: Recording, onset_s: float) -> Item:
    spans = (Span(-1.0, onset_s, "no_fall"), Span(onset_s, 4.0, "fall"))
    clip = Clip("subject_1/Fall/01", group="subject_1")
    return Item(clip, {"fall": spans}, recording=scene, kind="memory")


def test_a_part_begins_at_zero_and_holds_its_frames(scene: Recording) -> None:
    part = part_of(scene, 1.0, 2.0)
    assert part.times_s[0] == 0.0
    assert part.duration_s == pytest.approx(1.0, abs=0.04)
    (one,) = part.people.values()
    first = int(np.searchsorted(scene.times_s, 1.0))
    (whole,) = scene.people.values()
    assert np.array_equal(one.image_px[0], whole.image_px[first], equal_nan=True)


def test_whoever_is_held_before_falls_as_much_later(scene: Recording) -> None:
    (whole,) = scene.people.values()
    made = {one.clip.name: one for one in fall_data._goes_and_stops(fall_item(scene, 2.0), scene)}
    goes = made["subject_1/Fall/01, goes at 0.5"]
    assert goes.recording is not None
    (fall,) = goes.labels["fall"]
    (one,) = goes.recording.people.values()
    then = int(np.argmin(abs(one.times_s - fall.start_s)))
    at_onset = int(np.argmin(abs(whole.times_s - 2.0)))
    assert np.allclose(one.image_px[then], whole.image_px[at_onset], equal_nan=True)
    assert np.array_equal(one.image_px[0], one.image_px[30], equal_nan=True)


def test_whoever_stops_before_the_fall_does_not_fall(scene: Recording) -> None:
    made = {one.clip.name: one for one in fall_data._goes_and_stops(fall_item(scene, 2.0), scene)}
    stops = made["subject_1/Fall/01, stops at 0.7"]
    assert [span.label for span in stops.labels["fall"]] == ["no_fall"]
    assert stops.recording is not None
    assert stops.recording.duration_s == pytest.approx(0.7 * 1.6 + 1.5, abs=0.1)
