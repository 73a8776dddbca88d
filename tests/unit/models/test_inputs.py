"""What examples of each kind look like, and what a network is given of them."""

import numpy as np
import pytest

from laban.core.clock import WholeClip, WindowSpec
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.image.view import View
from laban.models.inputs import INPUTS, ClipInput, ImageInput, LandmarkInput, ModelInput

LANDMARKS = LandmarkInput(FeatureSpec(skeleton="coco17"), WholeClip(4))
IMAGE = ImageInput(View(side_px=32))
CLIP = ClipInput(WindowSpec(length_s=1.0, fps=3.0), (48, 32))
ALL: tuple[ModelInput, ...] = (LANDMARKS, IMAGE, CLIP)


def test_every_kind_is_known_by_its_name() -> None:
    assert set(INPUTS) == {one.kind for one in ALL} == {"landmarks", "image", "clip"}


def test_nan_becomes_zero_and_is_marked_as_unknown() -> None:
    values = np.ones((2, 4, 34), dtype=np.float32)
    values[0, 1, 2] = np.nan
    fed = LANDMARKS.feed(LANDMARKS.checked(values))
    assert fed["values"].sum() == fed["known"].sum() == values.size - 1
    assert fed["values"][0, 1, 2] == fed["known"][0, 1, 2] == 0


@pytest.mark.parametrize("given", ALL, ids=lambda one: one.kind)
def test_a_network_is_fed_what_the_kind_promises(given: ModelInput) -> None:
    dtype = np.float32 if given is LANDMARKS else np.uint8
    fed = given.feed(given.checked(np.full((2, *given.shape), 7, dtype=dtype)))
    assert {name: one.shape[1:] for name, one in fed.items()} == dict(given.tensors)
    assert {one.dtype for one in fed.values()} == {np.dtype(np.float32)}
    assert set(given.outputs(3)) in ({"logits", "embedding"}, {"logits", "places"})


@pytest.mark.parametrize("given", ALL, ids=lambda one: one.kind)
@pytest.mark.parametrize("change", ["one axis less", "one row more"])
def test_another_shape_is_refused(given: ModelInput, change: str) -> None:
    shape = given.shape if change == "one axis less" else (1, given.shape[0] + 1, *given.shape[1:])
    with pytest.raises(InvalidValueError, match="must"):
        given.checked(np.zeros(shape, dtype=np.uint8))


@pytest.mark.parametrize("given", [IMAGE, CLIP], ids=lambda one: one.kind)
def test_pixels_are_whole_numbers_of_a_byte(given: ModelInput) -> None:
    """Values from 0 to 1 would be taken for black."""
    with pytest.raises(InvalidValueError, match=r"uint8, got .* float32"):
        given.checked(np.zeros((1, *given.shape), dtype=np.float32))
