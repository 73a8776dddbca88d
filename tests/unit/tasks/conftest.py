"""A figure that faces the camera and moves its limbs in the image's plane, by angles that are known."""

from collections.abc import Callable

import numpy as np
import pytest

from laban.core.sequence import PoseSequence
from laban.core.skeleton import BLAZEPOSE33

Mover = Callable[..., PoseSequence]
PX_PER_M = 300.0
REST = {"elbow": 170.0, "shoulder": 20.0, "hip": 175.0, "knee": 175.0}


def _away(angle_deg: np.ndarray, side: float) -> np.ndarray:
    """(T, 2) the direction that leaves straight down by an angle, outwards on its side."""
    turn = np.radians(angle_deg)
    return np.stack([side * np.sin(turn), np.cos(turn)], axis=1)


def moved(
    angles_deg: dict[str, np.ndarray | float] | None = None,
    *,
    times_s: np.ndarray | None = None,
    visibility: float = 0.95,
    world: bool = True,
) -> PoseSequence:
    """Somebody whose joint angles (``left_elbow`` and so on, 180° where straight) are as given, else at rest."""
    times_s = np.zeros(1) if times_s is None else times_s
    given = angles_deg or {}
    body = np.zeros((len(times_s), 33, 3))

    def at(name: str) -> np.ndarray:
        return np.broadcast_to(np.asarray(given.get(name, REST[name.split("_")[1]]), float), times_s.shape)

    def put(name: str, place: np.ndarray) -> None:
        body[:, BLAZEPOSE33.index(name), :2] = place

    for side, sign in (("left", 1.0), ("right", -1.0)):
        shoulder, hip = np.array([sign * 0.18, -0.5]), np.array([sign * 0.1, 0.0])
        # the trunk's side leans outwards from hip to shoulder, and angles are measured from it
        lean = np.degrees(np.arctan2(0.08, 0.5))
        upper = at(f"{side}_shoulder") - lean
        fore = upper + 180.0 - at(f"{side}_elbow")
        thigh = 180.0 - lean - at(f"{side}_hip")
        shank = thigh - (180.0 - at(f"{side}_knee"))
        elbow = shoulder + 0.3 * _away(upper, sign)
        knee = hip + 0.42 * _away(thigh, sign)
        ankle = knee + 0.42 * _away(shank, sign)
        wrist = elbow + 0.26 * _away(fore, sign)
        heel, toes = np.array([0.0, 0.04]), np.array([sign * 0.1, 0.06])
        for name, place in (
            *(("shoulder", shoulder), ("elbow", elbow), ("wrist", wrist), ("hip", hip), ("knee", knee)),
            *(("ankle", ankle), ("heel", ankle + heel), ("foot_index", ankle + toes)),
            *((finger, wrist + 0.08 * _away(fore, sign)) for finger in ("pinky", "index", "thumb")),
        ):
            put(f"{side}_{name}", place)
        for index, part in enumerate(("eye_inner", "eye", "eye_outer", "ear")):
            put(f"{side}_{part}", np.array([sign * 0.02 * (index + 1), -0.7]))
        put(f"mouth_{side}", np.array([sign * 0.02, -0.62]))
    put("nose", np.array([0.0, -0.66]))
    image = body[..., :2] * PX_PER_M + np.array([320.0, 300.0])
    return PoseSequence(
        times_s,
        BLAZEPOSE33,
        np.full(body.shape[:2], visibility),
        image_px=image,
        world_m=body if world else None,
        size_wh=(640, 640),
    )


@pytest.fixture(scope="session")
def mover() -> Mover:
    return moved


def raised(times_s: np.ndarray, *, period_s: float = 2.0, top_deg: float = 140.0) -> dict[str, np.ndarray]:
    """Both arms out to the side and back again, every ``period_s``."""
    share = (1 - np.cos(2 * np.pi * times_s / period_s)) / 2
    arm = 20.0 + (top_deg - 20.0) * share
    return {"left_shoulder": arm, "right_shoulder": arm}


@pytest.fixture(scope="session")
def arm_raise() -> Callable[..., dict[str, np.ndarray]]:
    return raised
