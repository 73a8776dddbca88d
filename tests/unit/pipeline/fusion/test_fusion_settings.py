"""What both recognisers of a run share, and what is refused."""

import pytest

from laban.errors import InvalidValueError, LabanError
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.fusion.settings import FusionSettings, PixelSettings, inputs_of


def test_what_both_have_is_shared() -> None:
    pose = LearningSettings(folds=5, seed=3, threads=2, epochs=7, class_weights="even", baselines=False)
    video = FusionSettings.of(pose, PixelSettings(network="mean", frames=8)).video
    assert (video.folds, video.seed, video.threads, video.epochs) == (5, 3, 2, 7)
    assert (video.class_weights, video.others, video.network, video.frames) == ("even", False, "mean", 8)


@pytest.mark.parametrize(
    ("pose", "video"), [("auto", "auto"), ("group", "group"), ("data", "data"), ("random", "group")]
)
def test_a_random_split_is_told_beside_one_by_group(pose: str, video: str) -> None:
    made = FusionSettings.of(LearningSettings(split=pose), PixelSettings())  # type: ignore[arg-type]
    assert made.video.split == video


@pytest.mark.parametrize(
    ("text", "inputs"), [("pose", "pose"), ("POSE", "pose"), ("video,pose", "pose,video")]
)
def test_inputs(text: str, inputs: str) -> None:
    assert inputs_of(text) == inputs


@pytest.mark.parametrize("text", ["video", "", "pose,", "pose;video", "audio"])
def test_other_inputs_are_refused(text: str) -> None:
    with pytest.raises(LabanError):
        inputs_of(text)


@pytest.mark.parametrize(
    "pose",
    [LearningSettings(whole_clips=60), LearningSettings(split="time"), LearningSettings(split="blocks")],
)
def test_what_has_no_meaning_for_pixels_is_refused(pose: LearningSettings) -> None:
    with pytest.raises(InvalidValueError, match="pose,video"):
        FusionSettings.of(pose, PixelSettings())
