"""The mask of a person covers their body and not what lies around it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from laban.pose.blazepose.engine import BlazePoseEngine
from laban.pose.blazepose.person_mask import PersonMask
from laban.sources import open_source


def test_the_mask_covers_the_body(asset: Callable[[str], Path]) -> None:
    for name in ("blazepose_landmarker_full", "blazepose_detector"):
        asset(name)
    with open_source(asset("single_person_cam03")) as source:
        frame = next(iter(source.frames(40, 41)))
    with BlazePoseEngine() as engine:
        pose = max(engine.detect(frame), key=lambda one: float(np.ptp(one.image_px[:, 1])))
    mask = PersonMask().of(frame, pose)
    height, width = frame.size_wh[1], frame.size_wh[0]
    assert mask.shape == (height, width)
    assert 0 <= mask.min() <= mask.max() <= 1
    inside = pose.image_px[[11, 12, 23, 24, 25, 26]].astype(int)
    assert (mask[inside[:, 1], inside[:, 0]] > 0.5).mean() > 0.8
    left, top = pose.image_px.min(axis=0) - 40
    right, bottom = pose.image_px.max(axis=0) + 40
    around = mask.copy()
    around[max(int(top), 0) : int(bottom), max(int(left), 0) : int(right)] = 0
    assert (around > 0.5).sum() < 0.02 * (mask > 0.5).sum()
