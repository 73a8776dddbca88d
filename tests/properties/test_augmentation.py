"""What holds of augmented windows, whatever is in them."""

from dataclasses import fields

import numpy as np
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33
from laban.features.spec import FeatureSpec
from laban.models.training.augment import Augmenter
from laban.models.training.training_settings import Augmentation

SPEC = FeatureSpec(("xy", "world", "angles", "bones", "velocity", "acceleration", "pair"))
STILL = {one.name: 0.0 for one in fields(Augmentation)}
SEEDS = st.integers(0, 2**31 - 1)
ROWS = 12


def bodies(seed: int, count: int = 3) -> torch.Tensor:
    """(count, ROWS, F) features of made-up people, of whom some joints are missing."""
    rng = np.random.default_rng(seed)
    windows = []
    for _ in range(count):
        world = np.cumsum(rng.normal(scale=0.1, size=(ROWS, 33, 3)), axis=0) + rng.normal(size=(1, 33, 3))
        world[rng.random((ROWS, 33)) < 0.05] = np.nan
        sequence = PoseSequence(
            np.arange(ROWS) / 30,
            BLAZEPOSE33,
            visibility=np.ones((ROWS, 33)),
            image_px=world[..., :2] * 100 + 200,
            world_m=world,
        )
        companion = PoseSequence(
            sequence.times_s,
            BLAZEPOSE33,
            visibility=np.ones((ROWS, 33)),
            image_px=world[..., :2] * 90 + 260,
            world_m=world,
        )
        windows.append(SPEC.compute(sequence, companion=companion).values)
    return torch.tensor(np.stack(windows), dtype=torch.float32)


def moved(values: torch.Tensor, seed: int, **steps: float) -> torch.Tensor:
    augment = Augmenter(Augmentation(**{**STILL, **steps}), SPEC)
    return augment(values, torch.Generator().manual_seed(seed))


def columns(*sets: str) -> list[int]:
    return [index for block in SPEC.blocks if block.name in sets for index in range(block.start, block.stop)]


def close(one: torch.Tensor, other: torch.Tensor, tolerance: float = 1e-4) -> bool:
    return bool(torch.allclose(one, other, rtol=tolerance, atol=tolerance, equal_nan=True))


def world_distances(values: torch.Tensor) -> torch.Tensor:
    points = values[..., columns("world")].unflatten(2, (33, 3))
    return (points[:, :, :, None] - points[:, :, None]).norm(dim=4)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_mirrored_twice_is_as_before(seed: int) -> None:
    values = bodies(seed)
    once = moved(values, seed, mirror=1.0)
    assert not close(once, values)
    assert close(moved(once, seed, mirror=1.0), values, 0)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_scale_changes_lengths_alike_and_angles_not(seed: int) -> None:
    values = bodies(seed)
    scaled = moved(values, seed, scale=0.3)
    assert close(scaled[..., columns("angles")], values[..., columns("angles")], 0)
    ratio = (
        scaled[..., columns("xy", "world", "bones", "velocity", "acceleration")]
        / values[..., columns("xy", "world", "bones", "velocity", "acceleration")]
    )
    for window in ratio:
        seen = window[torch.isfinite(window)]
        assert float(seen.min()) > 1 - 0.31
        assert float(seen.max()) < 1 / (1 - 0.31)
        assert float(seen.max() - seen.min()) < 1e-4


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_turns_leave_everything_but_coordinates_alone(seed: int) -> None:
    values = bodies(seed)
    turned = moved(values, seed, turn_deg=40.0, yaw_deg=60.0)
    still = columns("angles", "bones", "pair")
    assert close(turned[..., still], values[..., still], 0)
    heights = columns("world")[1::3]
    assert close(turned[..., heights], values[..., heights], 0)
    assert close(world_distances(turned), world_distances(values), 1e-3)
    assert not close(turned[..., columns("xy")], values[..., columns("xy")])


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_a_turned_body_moves_the_way_it_is_turned(seed: int) -> None:
    """Velocity is turned with the positions it belongs to: turning and differentiating may change places."""
    values = bodies(seed)
    turned = moved(values, seed, turn_deg=40.0)
    for name in ("velocity", "acceleration"):
        before, after = (
            torch.linalg.vecdot(
                one[..., columns("xy")].unflatten(2, (33, 2)), one[..., columns(name)].unflatten(2, (33, 2))
            )
            for one in (values, turned)
        )
        assert close(before, after, 1e-2)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_what_is_missing_is_never_made_up(seed: int) -> None:
    values = bodies(seed)
    values[0] = torch.nan
    steps = {"turn_deg": 20.0, "yaw_deg": 20.0, "scale": 0.2, "hide": 1.0, "hidden_share": 0.5, "jitter": 0.1}
    after = moved(values, seed, **steps)
    assert bool(torch.isnan(after[torch.isnan(values)]).all())
    assert bool(torch.isnan(moved(values, seed, speed=0.3, shift=0.3)[0]).all())


@settings(max_examples=15, deadline=None)
@given(
    SEEDS, st.sampled_from([{"mirror": 0.5}, {"speed": 0.2, "shift": 0.2}, {"hide": 0.6}, {"jitter": 0.1}])
)
def test_the_same_seed_moves_alike_and_the_windows_stay(seed: int, steps: dict[str, float]) -> None:
    values = bodies(seed)
    before = values.clone()
    steps = {**steps, "hidden_share": 0.4}
    assert close(moved(values, seed, **steps), moved(values, seed, **steps), 0)
    assert close(values, before, 0)


def test_nothing_asked_for_changes_nothing() -> None:
    assert close(moved(bodies(1), 1), bodies(1), 0)
