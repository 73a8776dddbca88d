"""Stages and their learning rates, with values known by hand."""

import math

import pytest

from laban.models.training.schedule import Stage, stage_at


def test_the_rate_rises_and_falls() -> None:
    stage = Stage(10, 0.2, warmup=0.2, first=0.01)
    assert stage.rate_at(0.0) == pytest.approx(0.002)
    assert stage.rate_at(0.1) == pytest.approx(0.1)
    assert stage.rate_at(0.2) == pytest.approx(0.2)
    assert stage.rate_at(0.6) == pytest.approx(0.1)
    assert stage.rate_at(1.0) == pytest.approx(0.0, abs=1e-12)
    assert stage.rate_at(1.5) == stage.rate_at(1.0)


def test_a_cosine_may_begin_before_the_warm_up_ends() -> None:
    stage = Stage(10, 0.2, warmup=0.1, decay_from=0.0)
    assert stage.rate_at(0.05) == pytest.approx(0.1)
    assert stage.rate_at(0.25) == pytest.approx(0.1 * (1 + math.cos(math.pi / 4)))


def test_a_constant_rate_stays() -> None:
    assert {Stage(3, 0.1, "constant").rate_at(part) for part in (0.0, 0.3, 1.0)} == {0.1}


def test_every_epoch_belongs_to_one_stage() -> None:
    stages = (Stage(2, 0.1), Stage(1, 0.2), Stage(3, 0.3))
    found = [stage_at(stages, epoch) for epoch in range(1, 7)]
    assert [(index, before) for index, _, before in found] == [(0, 0), (0, 0), (1, 2), (2, 3), (2, 3), (2, 3)]
    with pytest.raises(ValueError, match="lies after the 6 epochs"):
        stage_at(stages, 7)
