"""The image in docs/coaching.md: the live view of a trainee whose arm hangs.

    python -m scripts.coaching_image

No person is shown: the trainee is the reference itself with one arm lowered.
"""

from pathlib import Path

import numpy as np

from laban.core.arrays import Float64Array, ImageArray
from laban.core.frame import Frame
from laban.core.pose import Pose
from laban.core.skeleton import BLAZEPOSE33
from laban.core.space import Space
from laban.pipeline.coaching.live_view import LiveImage
from laban.pipeline.coaching.workout import CoachedFrame
from laban.tasks.coaching.coach import Coach
from laban.tasks.coaching.exercise import Exercise
from laban.tasks.coaching.exercise_file import load_exercise
from laban.tasks.coaching.messages import load_messages
from scripts.image import write_jpeg

TARGET = Path(__file__).resolve().parents[1] / "docs" / "images" / "coaching.jpg"

_WIDTH_PX = 984
_SIZE_WH = (1280, 720)
_TORSO_PX, _TORSO_M = 165.0, 0.5
_LOWERED_DEG = 32.0
_SECONDS, _FPS = 3.0, 30.0
_ABOVE, _BELOW = np.array([112.0, 122.0, 132.0]), np.array([64.0, 70.0, 78.0])


def main() -> None:
    """Coaches the drawn trainee for some seconds and returns the last image."""
    exercise = load_exercise("warrior_two")
    image = LiveImage(exercise, load_messages("en").with_advice(exercise.faults))
    coach, pose, ground = Coach(exercise), _trainee(exercise), _ground()
    for index in range(round(_SECONDS * _FPS)):
        time_s = index / _FPS
        frame = Frame.from_rgb(ground, index=index, time_s=time_s)
        drawn = image.draw(CoachedFrame(frame, pose, 1, coach.update(pose, time_s)))
    write_jpeg(TARGET, drawn, width_px=_WIDTH_PX)


def _trainee(exercise: Exercise) -> Pose:
    body = _lowered(np.asarray(exercise.reference.coordinates(Space.BODY)[0], np.float64))
    middle = np.array([_SIZE_WH[0] / 2, 0.47 * _SIZE_WH[1]])
    return Pose(
        BLAZEPOSE33,
        (body[:, :2] * _TORSO_PX + middle).astype(np.float32),
        np.where(np.isfinite(body).all(axis=1), 0.95, 0.0).astype(np.float32),
        world_m=(body * _TORSO_M).astype(np.float32),
        person=0,
    )


def _lowered(body: Float64Array) -> Float64Array:
    """The body with its right arm turned down about the shoulder."""
    shoulder = body[BLAZEPOSE33.index("right_shoulder")]
    turn = -np.radians(_LOWERED_DEG)
    out = body.copy()
    for joint in ("right_elbow", "right_wrist"):
        x, y = (body[BLAZEPOSE33.index(joint)] - shoulder)[:2]
        turned = np.cos(turn) * x - np.sin(turn) * y, np.sin(turn) * x + np.cos(turn) * y
        out[BLAZEPOSE33.index(joint), :2] = shoulder[:2] + np.array(turned)
    return out


def _ground() -> ImageArray:
    wide, high = _SIZE_WH
    share = np.linspace(0, 1, high)[:, None, None]
    return np.repeat(((1 - share) * _ABOVE + share * _BELOW).astype(np.uint8), wide, axis=1)


if __name__ == "__main__":
    main()
