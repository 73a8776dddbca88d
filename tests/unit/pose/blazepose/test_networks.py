"""What is done to the landmark network before it is loaded, with the real weights."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from laban.errors import ModelError, UnknownNameError
from laban.pose.blazepose.graph_pruning import keep_outputs
from laban.pose.blazepose.landmarker import Landmarker, cut_model, refine
from laban.pose.blazepose.quantising import quantise_rows
from laban.pose.blazepose.regions import Region
from laban.pose.blazepose.weights import load_weights
from laban.runtime.litert import Network
from laban.sources import open_source

Asset = Callable[[str], Path]
_BODY = Region(560.0, 1000.0, 1300.0)


@pytest.fixture(scope="module")
def network(asset: Asset) -> bytes:
    return asset("blazepose_landmarker_full").read_bytes()


def test_cutting_the_mask_leaves_the_landmarks_as_they_are(network: bytes) -> None:
    image = np.random.default_rng(0).random((256, 256, 3), dtype=np.float32)
    whole, cut = Network(network, name="whole"), Network(cut_model(network), name="cut")

    def landmarks(one: Network) -> np.ndarray:
        return one.run(lambda tensor: np.copyto(tensor[0], image), lambda outputs: outputs[0].copy())

    assert np.array_equal(landmarks(whole), landmarks(cut))
    assert len(cut_model(network)) < len(network)


def test_mixed_precision_moves_landmarks_by_less_than_a_hundredth_of_the_torso(
    network: bytes, asset: Asset
) -> None:
    exact, mixed = (Landmarker(cut_model(network, precision=name)) for name in ("float", "mixed"))
    with open_source(asset("single_person_cam03")) as source:
        frame = next(source.frames())
    region = exact.find(frame, exact.find(frame, _BODY).following).following
    first, second = exact.find(frame, region), mixed.find(frame, region)
    torso = np.linalg.norm(first.image_px[[11, 12]].mean(axis=0) - first.image_px[[23, 24]].mean(axis=0))
    apart = np.linalg.norm(first.image_px - second.image_px, axis=1) / torso
    assert first.score > 0.99
    assert np.median(apart) < 0.01
    assert not np.array_equal(first.image_px, second.image_px)


def test_an_unknown_precision_names_those_there_are(network: bytes) -> None:
    with pytest.raises(UnknownNameError, match="float, mixed"):
        cut_model(network, precision="double")


def test_what_is_no_model_is_refused_in_one_line() -> None:
    for junk in (b"", b"not a model at all", b"\0" * 100):
        with pytest.raises(ModelError, match="TFL3"):
            keep_outputs(junk, wanted=(0,))
    with pytest.raises(ModelError, match="cannot be loaded"):
        Network(b"junk", name="detector")


def test_an_output_that_is_not_there_is_refused(network: bytes) -> None:
    with pytest.raises(ModelError, match="5 outputs"):
        keep_outputs(network, wanted=(7,))


def test_unknown_names_of_weights_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'full'"):
        load_weights(model="ful", detector="blazepose", precision="float")
    with pytest.raises(UnknownNameError, match="yolox"):
        load_weights(model="full", detector="yolo", precision="float")


def test_quantised_rows_are_within_half_a_step() -> None:
    weights = np.random.default_rng(1).normal(size=(7, 31)).astype(np.float32)
    weights[3] = 0.0
    values, scales = quantise_rows(weights)
    assert np.abs(values * scales[:, None] - weights).max() <= scales.max() / 2 + 1e-7
    assert not values[3].any()


def test_refining_finds_the_centre_of_a_peak() -> None:
    heatmap = np.full((64, 64, 2), -20.0)
    heatmap[30, 40, 0] = 10.0
    heatmap[30, 41, 0] = 10.0
    unit = np.array([[40 / 64, 31 / 64], [0.2, 0.2]])
    refined = refine(unit, heatmap)
    assert refined[0] == pytest.approx([40.5 / 64, 30 / 64], abs=1e-6)
    assert refined[1] == pytest.approx([0.2, 0.2])


def test_refining_leaves_points_outside_the_map_alone() -> None:
    heatmap = np.full((64, 64, 3), 10.0)
    outside = np.array([[-0.1, 0.5], [0.5, 1.2], [1.0, 1.0]])
    assert np.array_equal(refine(outside, heatmap), outside)
