"""Augmentation, step by step, on windows whose numbers are known."""

import numpy as np
import pytest
import torch

from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.training.augment import Augmenter
from laban.models.training.training_settings import Augmentation

NONE = Augmentation(
    mirror=0, turn_deg=0, yaw_deg=0, scale=0, speed=0, shift=0, hide=0, hidden_share=0.5, jitter=0
)


def augmenter(spec: FeatureSpec | None = None, **steps: float) -> Augmenter:
    settings = {**{name: getattr(NONE, name) for name in NONE.__dataclass_fields__}, **steps}
    return Augmenter(Augmentation(**settings), spec or FeatureSpec())


def drawn(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_mirroring_swaps_sides_and_turns_x_round() -> None:
    spec = FeatureSpec()
    values = torch.zeros(1, 1, 66)
    values[0, 0, spec.names.index("left_wrist_x")] = 2.0
    values[0, 0, spec.names.index("left_wrist_y")] = 3.0
    mirrored = augmenter().mirrored(values)[0, 0]
    assert mirrored[spec.names.index("right_wrist_x")] == -2.0
    assert mirrored[spec.names.index("right_wrist_y")] == 3.0
    assert int(mirrored.count_nonzero()) == 2


def test_a_slide_in_time_moves_rows_and_holds_the_ends() -> None:
    ramp = torch.arange(20.0)[None, :, None].expand(50, 20, 66)
    moved = augmenter(shift=0.5)(ramp, drawn())[:, :, 0]
    step = moved.diff(dim=1)
    inner = (moved > 0.001) & (moved < 18.999)
    assert torch.allclose(step[inner[:, :-1] & inner[:, 1:]], torch.tensor(1.0), atol=1e-4)
    assert bool((step >= -1e-5).all())
    assert (float(moved.min()), float(moved.max())) == (0.0, 19.0)
    assert float((moved[:, 10] - 10).abs().max()) > 5


def test_a_faster_movement_has_larger_velocities() -> None:
    spec = FeatureSpec(("xy", "velocity", "acceleration"))
    values = torch.ones(40, 30, spec.width)
    moved = augmenter(spec, speed=0.5)(values, drawn())
    velocity, acceleration = moved[:, 0, 66], moved[:, 0, 132]
    assert torch.equal(moved[:, :, :66], values[:, :, :66])
    assert torch.allclose(velocity**2, acceleration)
    assert float(velocity.min()) < 0.8 < 1.25 < float(velocity.max()) <= 2.0


def test_a_velocity_agrees_with_the_positions_it_came_with() -> None:
    spec = FeatureSpec(("xy", "velocity"))
    times = torch.arange(60) / 30
    values = torch.cat([3 * times[:, None].expand(60, 66), torch.full((60, 66), 3.0)], 1)[None]
    moved = augmenter(spec, speed=0.4)(values, drawn(3))[0]
    measured = moved[:, 0].diff() * 30
    assert float((measured[25:35] - moved[25:35, 66]).abs().max()) < 1e-3


def test_a_hidden_joint_takes_its_angles_and_bones_with_it() -> None:
    spec = FeatureSpec(("world", "angles", "bones"))
    augment = augmenter(spec, hide=1.0, hidden_share=0.3)
    hidden = torch.isnan(augment(torch.zeros(200, 10, spec.width), drawn()))
    elbow = hidden[..., spec.names.index("world_left_elbow_x")]
    assert bool(elbow.any())
    for name in ("world_left_elbow_z", "angle_left_elbow"):
        assert bool(hidden[..., spec.names.index(name)][elbow].all())
    rows = hidden.any(2).float().mean()
    assert 0 < float(rows) < 0.5
    assert float(hidden.float().mean()) < 0.3


def test_noise_is_on_positions_alone() -> None:
    spec = FeatureSpec(("xy", "velocity"))
    noisy = augmenter(spec, jitter=0.1)(torch.zeros(20, 30, spec.width), drawn())
    assert float(noisy[..., :66].std()) == pytest.approx(0.1, rel=0.02)
    assert int(noisy[..., 66:].count_nonzero()) == 0


def test_a_single_row_can_be_augmented() -> None:
    values = torch.ones(4, 1, 66)
    assert torch.equal(augmenter(speed=0.3, shift=0.3)(values, drawn()), values)


@pytest.mark.parametrize("changes", [{"mirror": 1.1}, {"scale": 0.95}, {"turn_deg": 181}, {"jitter": np.nan}])
def test_steps_out_of_range_are_refused(changes: dict[str, float]) -> None:
    with pytest.raises(InvalidValueError, match=f"{next(iter(changes))} must be"):
        Augmentation(**changes)
