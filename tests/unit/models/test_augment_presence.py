"""Windows of people who come late or leave early, and bodies seen by a camera that is not level."""

import pytest
import torch

from laban.features.spec import FeatureSpec
from laban.models.training.augment import Augmenter
from laban.models.training.training_settings import Augmentation

STILL = {"mirror": 0, "turn_deg": 0, "yaw_deg": 0, "scale": 0, "speed": 0, "shift": 0, "hide": 0, "jitter": 0}


def moved(values: torch.Tensor, spec: FeatureSpec, **steps: float) -> torch.Tensor:
    augment = Augmenter(Augmentation(**{**STILL, **steps}), spec)
    return augment(values, torch.Generator().manual_seed(1))


def test_a_window_cut_short_keeps_one_end_and_at_least_three_tenths() -> None:
    spec = FeatureSpec()
    values = torch.ones(200, 60, spec.width)
    seen = torch.isfinite(moved(values, spec, cut=1.0))
    rows = seen.any(dim=2)
    assert torch.equal(rows, seen.all(dim=2))
    assert (rows[:, 0] | rows[:, -1]).all()
    assert (rows[:, 1:] != rows[:, :-1]).sum(dim=1).max() == 1
    assert 17 <= rows.sum(dim=1).min() < 30
    assert 0 < (~rows[:, 0]).sum() < 200


def test_half_the_windows_are_cut_where_that_is_asked() -> None:
    spec = FeatureSpec()
    cut = torch.isnan(moved(torch.ones(400, 60, spec.width), spec, cut=0.5)).any(dim=2).any(dim=1)
    assert 0.3 < cut.float().mean() < 0.6


@pytest.mark.parametrize("name", ["world", "stage"])
def test_tilting_keeps_lengths_and_moves_heights(name: str) -> None:
    spec = FeatureSpec((name,), "kinect20")
    values = torch.randn(8, 5, spec.width, generator=torch.Generator().manual_seed(2))
    tilted = moved(values, spec, tilt_deg=20.0)
    lengths = [one.reshape(8, 5, 20, 3).norm(dim=3) for one in (values, tilted)]
    assert torch.allclose(lengths[0], lengths[1], atol=1e-5)
    assert (tilted - values)[..., 1::3].abs().max() > 0.1
