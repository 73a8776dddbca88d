"""C3D, the binary file of motion capture laboratories: one person's joints as points in millimetres; written only.

x to the right, y away from the viewer and z up, as is usual in laboratories, with the hips at the origin. Points
have the names of the joints (``right_hip``); one that is not seen has the residual −1, the format's mark for
invalid points. Needs the extra ``c3d``.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np

from laban.core.arrays import Float64Array
from laban.core.sequence import PoseSequence, Recording
from laban.errors import FormatError, InvalidValueError, MissingExtraError
from laban.io.files import replacing
from laban.io.loss import field_losses, mean_fps, metadata_losses, time_losses, warn_of_loss
from laban.io.people import chosen_person

if TYPE_CHECKING:
    import ezc3d

LOSS: Final = (
    "other people, frames outside the person's own, image_px, depth_px, body, score, visibility, metadata, "
    "unevenness of the times"
)
_UNSEEN: Final = -1.0


def read(path: Path) -> Recording:
    """Always refuses: the points of a laboratory are named after its own marker set."""
    raise FormatError(f"{path} is C3D, which is written but not read; export it as TRC")


def write(recording: Recording, path: Path, *, person: int | None = None) -> None:
    """Writes the world landmarks of one person, by default the one seen in most frames."""
    _check_installed()
    sequence, losses = chosen_person(recording, person)
    if sequence.world_m is None:
        raise InvalidValueError("C3D holds positions in space, the sequence has no world_m")
    fps = mean_fps(sequence.times_s)
    file = _filled(sequence, fps=fps)
    with replacing(path) as temporary, TemporaryDirectory(dir=path.parent, prefix=".laban-") as folder:
        made = Path(folder) / "points.c3d"  # ezc3d only writes to names with this suffix
        file.write(str(made))
        made.replace(temporary)
    losses += [*field_losses([sequence], kept=("world_m",)), "visibility", *metadata_losses(recording)]
    losses += time_losses(sequence.times_s - sequence.times_s[0], fps=fps)
    losses += ["image size"] if recording.size_wh else []
    losses += ["frames outside the person's own"] if len(recording.times_s) > len(sequence) else []
    warn_of_loss(losses, form="C3D")


def points_mm(world_m: Float64Array) -> tuple[Float64Array, Float64Array]:
    """(3, J, T) millimetres with z up, 0 where unseen, and (1, J, T) residuals, −1 there, of (T, J, 3) metres.

    >>> points, residuals = points_mm(np.array([[[0.1, -0.5, 0.2], [np.nan, 0.0, 0.0]]]))
    >>> points[:, 0, 0].tolist(), residuals[0, :, 0].tolist()
    ([100.0, 200.0, 500.0], [0.0, -1.0])
    """
    seen = np.asarray(np.isfinite(world_m).all(axis=2))
    turned = np.stack([world_m[..., 0], world_m[..., 2], -world_m[..., 1]]) * 1000.0
    points = np.where(seen[None], turned, 0.0).transpose(0, 2, 1)
    return points, np.where(seen, 0.0, _UNSEEN).T[None]


def _filled(sequence: PoseSequence, *, fps: float) -> "ezc3d.c3d":
    import ezc3d

    file = ezc3d.c3d()
    points, residuals = points_mm(np.asarray(sequence.world_m, dtype=np.float64))
    about = file["parameters"]["POINT"]
    about["RATE"]["value"] = [fps]
    about["LABELS"]["value"] = tuple(sequence.skeleton.names)
    about["UNITS"]["value"] = ["mm"]
    file.add_parameter("POINT", "X_SCREEN", ["+X"])
    file.add_parameter("POINT", "Y_SCREEN", ["+Z"])
    file["data"]["points"] = points
    file["data"]["meta_points"]["residuals"] = residuals
    return file


def _check_installed() -> None:
    try:
        import ezc3d  # noqa: F401
    except ImportError as error:
        raise MissingExtraError(
            "writing C3D needs ezc3d, which is not installed; run: pip install 'laban[c3d]'"
        ) from error
