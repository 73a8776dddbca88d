"""The models that come with Laban, by name, and how any model file is found."""

from pathlib import Path

from laban.core.checks import unknown_message
from laban.errors import ModelError, UnknownNameError
from laban.models.protocol import SequenceModel

MODEL_SUFFIX = ".tflite"
EXPORTED_NAME = "model" + MODEL_SUFFIX
FUSION_NAME = "fusion.json"
"""How the two models of a run of poses and pixels answer as one."""
POSE_RUN, VIDEO_RUN = "pose", "video"
"""The folders of the two in that of their run."""
_FOLDER = Path(__file__).resolve().parents[2] / "zoo"


def zoo_names() -> tuple[str, ...]:
    """The names of the models that come with Laban, in order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob(f"*{MODEL_SUFFIX}")))


def model_path(model: str | Path) -> Path:
    """The file of a model: that of the zoo by its name, a model file, or the exported model in the folder of a run.

    Raises UnknownNameError, with the nearest name, for what is neither in the zoo nor there; ModelError for a
    folder without an exported model.
    """
    if str(model) in zoo_names():
        return _FOLDER / f"{model}{MODEL_SUFFIX}"
    path = Path(model)
    if path.is_dir():
        return _in_run(path)
    if not path.exists():
        hint = unknown_message(str(model), zoo_names() or ("none yet",), what="model")
        raise UnknownNameError(f"{hint}; or name a model file or the folder of a run that is there")
    return path


def open_model(model: str | Path) -> SequenceModel:
    """The exported model that ``model_path`` finds, with the classes added to it: of landmarks, images or clips,
    as its card's ``input`` says. Its file is read once.

    Raises UnknownNameError, FormatError or ModelError where there is none.
    """
    path = model_path(model)
    from laban.models.deploy.loading import load_lite_model
    from laban.models.prototypes import with_prototypes

    return with_prototypes(load_lite_model(path))


def _in_run(folder: Path) -> Path:
    path = folder / EXPORTED_NAME
    if (folder / FUSION_NAME).exists():
        raise ModelError(
            f"{folder} holds two models that only the command laban predict asks together; name one, "
            f"{folder / POSE_RUN} or {folder / VIDEO_RUN}"
        )
    if not path.exists():
        raise ModelError(f"{folder} holds no {EXPORTED_NAME}; expected the folder of a finished run")
    return path
