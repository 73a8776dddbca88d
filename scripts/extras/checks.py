"""The commands that need each extra, and the message they must give if it is missing."""

from typing import NamedTuple


class Check(NamedTuple):
    """A command by its words (``{inputs}`` and ``{out}`` are folders), the exit code, and what its output must say.

    Words that begin with ``python`` run that environment's Python in place of ``laban``.
    """

    words: str
    code: int = 0
    says: str = ""


CORE = (
    Check("--help"),
    Check("show {inputs}/clips/wave/1.parquet"),
    Check("convert {inputs}/clips/wave/1.parquet {out}/clip.pkl"),
    Check("reps {inputs}/clips/wave/1.parquet"),
    Check("posture {inputs}/clips/still/0.parquet"),
    Check("compare {inputs}/clips/wave/1.parquet {inputs}/clips/wave/3.parquet -o {out}/compared"),
    Check("audit {inputs}/clips"),
    Check("audit {inputs}/images --no-doubts"),
    Check("predict fall {inputs}/clips/wave/1.parquet"),
    Check("explain fall {inputs}/clips/wave/1.parquet -o {out}/why"),
    Check("add-class fall wave {inputs}/clips/wave/1.parquet -o {out}/more.tflite"),
    Check("evaluate fall {inputs}/falls", says="fall: 16 of 16 clips"),
    Check("view {inputs}/clips/wave/1.parquet -o {out}/view.html"),
    Check("features {inputs}/clips/wave/1.parquet -o {out}/angles.csv"),
    Check("features {inputs}/clips/wave/1.parquet -o {out}/angles.parquet"),
    Check("assets list"),
)
"""Needs no extra: all of it runs with the core alone."""

ALWAYS = (Check("--help"), Check("predict fall {inputs}/clips/wave/1.parquet"))
"""Shows that the core still runs next to the packages of an extra."""

OWN: dict[str, tuple[Check, ...]] = {
    "view": (Check("draw {inputs}/clips/wave/1.parquet --curves -o {out}/curves.png"),),
    "coach": (Check("coach history", says="no workout"),),
    "c3d": (Check("convert {inputs}/in_metres.parquet {out}/wave.c3d"),),
    "evaluate": (
        Check("evaluate-pose {inputs}/truth.json --no-mediapipe", code=1, says="lists no images"),
        Check("python -c 'from faster_coco_eval import COCO, COCOeval_faster'"),
    ),
    "mediapipe": (Check("python -c 'from laban.pose.mediapipe import _import_mediapipe as m; m()'"),),
    "train": (
        Check("train {inputs}/clips -o {out}/run --epochs 2 --threads 1", says="laban[baselines]"),
        Check("predict {out}/run {inputs}/clips/wave/1.parquet"),
        Check("evaluate {out}/run {inputs}/clips", says="learned from"),
    ),
    "baselines": (
        Check(
            "python -c 'import numpy as np; from laban.models.baselines import run_baselines as r; "
            "x = np.random.default_rng(0).normal(size=(8, 30, 4)).astype(np.float32); "
            "assert all(one.scores is not None for one in r(x, np.arange(8) % 2, x, classes=2))'"
        ),
    ),
    "bench": (Check("python -c 'import onnxruntime, onnxscript'"),),
    "docs": (Check("python -c 'import ipykernel, material, mkdocs, mkdocstrings, nbclient'"),),
}
"""Commands that need each extra."""

WITHOUT: dict[str, tuple[Check, ...]] = {
    "view": (
        Check("draw {inputs}/clips/wave/1.parquet --curves -o {out}/curves.png", code=1, says="laban[view]"),
    ),
    "coach": (Check("coach history", code=1, says="laban[coach]"),),
    "c3d": (Check("convert {inputs}/clips/wave/1.parquet {out}/wave.c3d", code=1, says="laban[c3d]"),),
    "evaluate": (Check("evaluate-pose {inputs}/truth.json --no-mediapipe", code=1, says="laban[evaluate]"),),
    "train": (
        Check("train {inputs}/clips -o {out}/run", code=1, says="laban[train]"),
        Check("train-image {inputs}/images -o {out}/images", code=1, says="laban[train]"),
        Check("train-video {inputs}/images -o {out}/videos", code=1, says="laban[train]"),
    ),
}
"""Commands that are refused, in one line, if an extra is missing."""

BRINGS = {"train": ("view",), "mediapipe": ("view",)}
"""Extras whose packages come with another: matplotlib comes with ``train``, and with MediaPipe."""


def checks_of(extra: str | None) -> tuple[Check, ...]:
    """All checks for an environment with only ``extra`` installed, or none at all."""
    there = {extra, *BRINGS.get(extra or "", ())}
    refused = [check for name, checks in WITHOUT.items() if name not in there for check in checks]
    own = [check for name in OWN if name in there for check in OWN[name]]
    return (*(CORE if extra is None else ALWAYS), *own, *refused)
