"""What a classifier is shown, and how images are changed for learning and for trying."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.errors import InvalidValueError
from laban.models.card import Task
from laban.models.evaluation.image_metrics import evaluate_images, predicted_of
from laban.models.image.augmentation import ImageAugmentation, changed
from laban.models.image.class_activation import evidence, share_within
from laban.models.image.corruptions import CORRUPTIONS
from laban.models.image.sides import mirrored_labels
from laban.models.image.view import View, shown, widened

STILL = ImageAugmentation(
    turn_deg=0, zoom=0, shift=0, brightness=0, contrast=0, colour=0, blur=0, mirror=0, hide=0
)


def scene(side: int = 120) -> np.ndarray:
    """Grey with a white square in its middle third."""
    image = np.full((side, side, 3), 90, np.uint8)
    image[side // 3 : 2 * side // 3, side // 3 : 2 * side // 3] = 255
    return image


def test_the_square_lies_round_the_box_and_the_whole_without_one() -> None:
    view = View(margin=2.0)
    np.testing.assert_allclose(view.square((100, 80), np.array([40.0, 30, 60, 50])), [30, 20, 70, 60])
    np.testing.assert_allclose(view.square((100, 80), None), [0, -10, 100, 90])
    whole = View(whose="whole")
    np.testing.assert_allclose(whole.square((100, 80), np.array([40.0, 30, 60, 50])), [0, -10, 100, 90])


@settings(max_examples=40)
@given(st.floats(-300, 300), st.floats(-300, 300), st.floats(1, 400), st.integers(32, 64))
def test_any_square_can_be_shown_and_is_grey_outside(x: float, y: float, side: float, size: int) -> None:
    out = shown(scene(), np.array([x, y, x + side, y + side]), side_px=size)
    assert out.shape == (size, size, 3)
    assert out.dtype == np.uint8
    if x >= 121 or y >= 121 or x + side <= -1 or y + side <= -1:
        assert (out == 127).all()


def test_what_is_shown_is_where_it_was() -> None:
    out = shown(scene(), np.array([40.0, 40, 80, 80]), side_px=40)
    assert (out == 255).all()
    corner = shown(scene(), np.array([-40.0, -40, 40, 40]), side_px=80)
    assert (corner[:40, :40] == 127).all()
    assert (corner[41:79, 41:79] == 90).all()


def test_unchanged_is_what_is_shown() -> None:
    image = scene(140)
    square = np.array([20.0, 20, 120, 120])
    roomy = shown(image, widened(square, 1.4), side_px=140)
    source = np.random.default_rng(0)
    same = changed(roomy, STILL, source, side_px=100, share=1 / 1.4)
    assert np.abs(same.astype(int) - shown(image, square, side_px=100)).mean() < 2.5


def test_changes_follow_from_the_seed_and_differ_without() -> None:
    first, again, other = (
        changed(scene(), ImageAugmentation(), np.random.default_rng(seed), side_px=64, share=0.8)
        for seed in (1, 1, 2)
    )
    assert (first == again).all()
    assert (first != other).any()


@pytest.mark.parametrize("name", list(CORRUPTIONS))
def test_every_shift_changes_the_image_and_keeps_its_form(name: str) -> None:
    image, mask = scene(), (scene()[..., 0] == 255).astype(np.float32)
    before = image.copy()
    out = CORRUPTIONS[name](image, mask, np.random.default_rng(0))
    assert out is not None
    assert out.shape == image.shape
    assert out.dtype == np.uint8
    assert (out != before).any()
    assert (image == before).all()


def test_another_room_keeps_the_person_and_needs_the_mask() -> None:
    mask = (scene()[..., 0] == 255).astype(np.float32)
    out = CORRUPTIONS["another room"](scene(), mask, np.random.default_rng(0))
    assert out is not None
    assert (out[50:70, 50:70] == 255).all()
    assert np.abs(out[:20].astype(int) - 90).mean() > 10
    assert CORRUPTIONS["another room"](scene(), None, np.random.default_rng(0)) is None


def test_labels_with_a_side_are_exchanged_in_a_mirror() -> None:
    assert mirrored_labels(["Left-Lean", "Right-Lean", "up"]).tolist() == [1, 0, 2]
    assert mirrored_labels(["LEFT", "RIGHT"]).tolist() == [1, 0]
    assert mirrored_labels(["upright", "bright", "leftover", "arm right"]).tolist() == [0, 1, 2, -1]
    assert mirrored_labels(["left_arm", "up"]).tolist() == [-1, 1]


def test_the_mean_of_the_evidence_is_by_how_much_the_class_leads() -> None:
    places = np.random.default_rng(0).normal(size=(7, 7, 3)).astype(np.float32)
    logits = places.mean(axis=(0, 1))
    led = logits[1] - (logits[0] + logits[2]) / 2
    assert evidence(places, 1).mean() == pytest.approx(led, abs=1e-5)


def test_evidence_within_a_mask_is_a_share() -> None:
    held = np.zeros((7, 7), np.float32)
    held[:, :3] = 1.0
    mask = np.zeros((70, 70), np.float32)
    mask[:, :30] = 1.0
    assert share_within(held, mask) == pytest.approx(1.0)
    assert share_within(held, 1 - mask) == pytest.approx(0.0)
    assert np.isnan(share_within(-held, mask))


def test_what_is_not_answered_counts_as_wrong() -> None:
    logits = np.array([[2.0, 0], [0, 2], [np.nan, np.nan], [2, 0]], dtype=np.float32)
    task = Task("class", ("a", "b"))
    found = evaluate_images(
        task,
        np.array([0, 1, 1, 0]),
        logits,
        temperature=1.0,
        names=["a.jpg", "b.jpg", "c.jpg", "d.jpg"],
        groups=["x", "x", "y", "y"],
        subgroups=[{"age": "old"}, {"age": "young"}, {"age": "young"}, {"age": "old"}],
    )
    assert predicted_of(logits).tolist() == [0, 1, -1, 0]
    assert found.unanswered == 1
    assert found.images.accuracy == 0.75
    assert {one.value: one.accuracy for one in found.subgroups} == {"old": 1.0, "young": 0.5}


@pytest.mark.parametrize("options", [{"margin": 0.1}, {"side_px": 8}])
def test_a_view_that_cannot_be_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(InvalidValueError):
        View(**options)  # type: ignore[arg-type]
