"""The file that says how the two models of a run answer as one, and which models it is of."""

import json
from pathlib import Path

from laban.core.json_values import Json
from laban.errors import FormatError, ModelError
from laban.models.deploy.zoo import FUSION_NAME, POSE_RUN, VIDEO_RUN, model_path
from laban.models.fusion import Fusion
from laban.pipeline.recording.identity import data_hash
from laban.render.files import write_json

_VERSION = 1
_MODELS = "models"


def write_fusion(folder: Path, fusion: Fusion) -> Path:
    """Writes the fusion of the two models in ``folder``, with their SHA-256."""
    return write_json(
        folder / FUSION_NAME, {"version": _VERSION, **fusion.to_json(), _MODELS: _hashes(folder)}
    )


def read_fusion(folder: Path) -> Fusion:
    """What ``write_fusion`` wrote; raises FormatError for anything else, and ModelError where a model is absent or
    is not the one that it was written for."""
    path = folder / FUSION_NAME
    try:
        value: Json = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FormatError(f"{path} cannot be read: {error}") from error
    if not isinstance(value, dict) or value.get("version") != _VERSION:
        raise FormatError(f"{path} is no description of two models that this version of Laban knows")
    try:
        fusion = Fusion.from_json(value)
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from error
    told = value.get(_MODELS)
    for name, digest in _hashes(folder).items():
        if not isinstance(told, dict) or told.get(name) != digest:
            raise ModelError(
                f"{folder / name} is not the model that {path} was made for; use it by itself, or train both again"
            )
    return fusion


def _hashes(folder: Path) -> dict[str, str]:
    return {name: data_hash(model_path(folder / name)) for name in (POSE_RUN, VIDEO_RUN)}
