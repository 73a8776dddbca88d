"""Adds a class to a model file from a few clips."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from laban.core.arrays import Float32Array
from laban.core.sequence import Recording
from laban.errors import InvalidValueError, OutputError
from laban.models.card import ModelCard
from laban.models.deploy.litert_model import read_card, with_card
from laban.models.protocol import SequenceModel
from laban.models.prototypes import WithPrototypes, add_class, with_prototypes
from laban.render.files import written
from laban.tasks.action.windows import windows_of

MOST_CLIPS = 5


def add_class_from(
    model: SequenceModel, label: str, recordings: Sequence[Recording], *, task: str | None = None
) -> WithPrototypes:
    """``model`` with a class ``label`` made from the windows of everybody in one to five recordings.

    Raises InvalidValueError, naming the recording, where nobody is seen for a window or the recording cannot
    serve the model; for another number of recordings; and as ``add_class`` does.
    """
    if not 1 <= len(recordings) <= MOST_CLIPS:
        raise InvalidValueError(
            f"a new class is made from one to {MOST_CLIPS} clips, got {len(recordings)}; with more, train it"
        )
    known = with_prototypes(model)
    return add_class(known, label, [_windows(known.card, one) for one in recordings], task=task)


def write_with_card(path: Path | str, source: Path | str, card: ModelCard) -> Path:
    """Writes the exported model at ``source`` to ``path`` with ``card`` in place of its own, whole or not at all.

    Raises ModelError where ``source`` is no exported model.
    """
    target, origin = Path(path), Path(source)
    if target.is_dir():
        raise OutputError(f"{target} is a folder, expected the new model's file; name it with -o")
    content = origin.read_bytes()
    read_card(content, name=str(origin))
    with written(target) as temporary:
        temporary.write_bytes(with_card(content, card))
    return target


def _windows(card: ModelCard, recording: Recording) -> Float32Array:
    windows = windows_of(recording, spec=card.spec, clock=card.clock)
    if not len(windows) or not np.isfinite(windows.values).any():
        raise InvalidValueError(
            f"{recording.source}: nobody is seen long enough for a window; give a clip with a person in it"
        )
    return windows.values
