"""Augmented windows: mirrored, turned, scaled, faster or later, with joints hidden or noisy.

Changes are consistent across columns: only coordinates turn, only lengths scale, a faster movement has larger
velocities, and a hidden joint hides every angle and bone that is measured on it. NaN stays NaN.
"""

from math import pi

import torch
from torch import Tensor

from laban.features.spec import FeatureBlock, FeatureSpec
from laban.models.explanation.joint_columns import columns_of_joints
from laban.models.training.training_settings import Augmentation

_PLANE, _SPACE = 2, 3
_PER_S = {"/s": 1, "/s^2": 2}


class Augmenter:
    """Augments batches (B, L, F) of windows of one specification; the same generator gives the same batches."""

    def __init__(self, settings: Augmentation, spec: FeatureSpec) -> None:
        self.settings = settings
        order, sign = spec.mirror
        self._order, self._sign = torch.from_numpy(order.copy()), torch.tensor(sign, dtype=torch.float32)
        self._blocks = [block for block in spec.blocks if block.channels in (_PLANE, _SPACE)]
        self._is_length = torch.tensor([unit.startswith(("torso", "body", "m")) for unit in spec.units])
        self._per_s = torch.tensor(
            [next((power for end, power in _PER_S.items() if unit.endswith(end)), 0) for unit in spec.units]
        )
        self._is_position = torch.zeros(spec.width)
        for block in self._blocks:
            positions = slice(block.start, block.stop)
            self._is_position[positions] = (self._per_s[positions] == 0).float()
        self._told = torch.from_numpy(columns_of_joints(spec)).float()

    def __call__(self, values: Tensor, generator: torch.Generator) -> Tensor:
        """A new batch; ``values`` are not changed."""
        steps = self.settings
        values = self.moved_in_time(values, generator) if steps.speed or steps.shift else values.clone()
        if steps.mirror:
            chosen = torch.rand(len(values), generator=generator) < steps.mirror
            values[chosen] = self.mirrored(values[chosen])
        turns = {
            _PLANE: _between(steps.turn_deg * pi / 180, len(values), generator),
            _SPACE: _between(steps.yaw_deg * pi / 180, len(values), generator),
        }
        for block in self._blocks:
            _turn(values, block, turns[block.channels])
            if block.channels == _SPACE and steps.tilt_deg:
                self._tilt(values, block, generator)
        if steps.scale:
            values = values * self._factors(_exponential(steps.scale, len(values), generator))
        if steps.jitter:
            noise = torch.randn(values.shape, generator=generator)
            values = torch.addcmul(values, noise, self._is_position, value=steps.jitter)
        if steps.cut:
            values = self.cut_short(values, generator)
        return self.with_hidden(values, generator) if steps.hide else values

    def _tilt(self, values: Tensor, block: FeatureBlock, generator: torch.Generator) -> None:
        """In place: the tilt of a camera that looks down or is not level."""
        for axes in ((1, 2), (0, 1)):
            angle = _between(self.settings.tilt_deg * pi / 180, len(values), generator)
            _turn(values, block, angle, axes=axes)

    def mirrored(self, values: Tensor) -> Tensor:
        """Exchanges left and right."""
        return values.index_select(2, self._order) * self._sign

    def moved_in_time(self, values: Tensor, generator: torch.Generator) -> Tensor:
        """Faster or slower about the middle, earlier or later; beyond its ends a window is held still."""
        count, rows, width = values.shape
        rate = _exponential(self.settings.speed, count, generator)[:, None]
        slide = _between(self.settings.shift * (rows - 1), count, generator)[:, None]
        middle = (rows - 1) / 2
        place = (middle + slide + (torch.arange(rows) - middle) * rate).clamp(0, rows - 1)
        first = place.floor().clamp(max=max(rows - 2, 0)).long()
        share = (place - first)[..., None]
        flat = values.reshape(count * rows, width)
        start = first + torch.arange(count)[:, None] * rows
        before = flat.index_select(0, start.flatten()).view(values.shape)
        after = flat.index_select(0, (start + int(rows > 1)).flatten()).view(values.shape)
        # an exact row does not need its neighbour
        after = torch.where(share == 0, before, after)
        between = torch.lerp(before, after, share)
        return between * rate[..., None] ** self._per_s if bool(self._per_s.any()) else between

    def cut_short(self, values: Tensor, generator: torch.Generator) -> Tensor:
        """Cuts some windows, as of a person who comes late or leaves early, so that neither predicts the label."""
        count, rows, _ = values.shape
        picked = torch.rand(count, 1, generator=generator) < self.settings.cut
        stays = (0.3 + 0.7 * torch.rand(count, 1, generator=generator)) * rows
        begins = torch.where(torch.rand(count, 1, generator=generator) < 0.5, 0.0, rows - stays)
        row = torch.arange(rows)
        away = picked & ((row < begins) | (row >= begins + stays))
        return values.masked_fill(away[:, :, None], torch.nan)

    def with_hidden(self, values: Tensor, generator: torch.Generator) -> Tensor:
        """Hides some joints for a while, in some windows."""
        count, rows, _ = values.shape
        joints = len(self._told)
        share = self.settings.hidden_share * torch.rand((2, count, 1), generator=generator)
        picked = torch.rand(count, 1, generator=generator) < self.settings.hide
        hidden = (torch.rand(count, joints, generator=generator) < share[0]) & picked
        columns = hidden.float() @ self._told > 0
        start = torch.rand(count, 1, generator=generator) * rows
        row = torch.arange(rows)
        during = (row >= start) & (row < start + share[1] * rows + 1)
        return values.masked_fill(during[:, :, None] & columns[:, None], torch.nan)

    def _factors(self, by: Tensor) -> Tensor:
        """(B, 1, F)"""
        return torch.where(self._is_length, by[:, None], torch.ones(()))[:, None]


def _turn(values: Tensor, block: FeatureBlock, angle: Tensor, *, axes: tuple[int, int] | None = None) -> None:
    """In place, in the plane of two axes: that of the image, or of the ground, where y is the vertical."""
    if not bool(angle.any()):
        return
    first, second = axes or (0, block.channels - 1)
    cosine, sine = angle.cos()[:, None, None], angle.sin()[:, None, None]
    across = values[..., block.start + first : block.stop : block.channels]
    along = values[..., block.start + second : block.stop : block.channels]
    turned = cosine * across - sine * along, sine * across + cosine * along
    across.copy_(turned[0])
    along.copy_(turned[1])


def _between(most: float, count: int, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * most


def _exponential(most: float, count: int, generator: torch.Generator) -> Tensor:
    """(B,) factors, as likely to divide as to multiply."""
    return torch.exp(_between(-torch.log1p(torch.tensor(-most)).item(), count, generator))
