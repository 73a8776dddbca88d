"""Adds a class to a recogniser from pixels, from a few clips."""

from collections.abc import Sequence
from pathlib import Path

from laban.core.arrays import Float32Array
from laban.core.progress import Progress, unheard
from laban.errors import InvalidValueError
from laban.models.embedding_space import STATISTICS
from laban.models.prototypes import WithPrototypes, new_label, with_class
from laban.pipeline.video.prediction import ClipRecogniser
from laban.pipeline.video.training.keeping import WIDEST

_NARROW = "lrcn, tcn, attention or lrcn-small"


def add_class_from_clips(
    recogniser: ClipRecogniser,
    label: str,
    clips: Sequence[Path],
    *,
    task: str | None = None,
    fps: float | None = None,
    progress: Progress | None = None,
) -> WithPrototypes:
    """The model of ``recogniser`` with a class ``label`` made from what it is shown of ``clips``: a short one
    whole, of a longer one every window. ``fps`` is the rate of clips without times.

    Raises SourceError for a clip that cannot be read, InvalidValueError where nothing of it is answered, and as
    ``with_class`` does.
    """
    card = recogniser.model.card
    new_label(card, label, task)  # refused before any clip is read
    embedded = []
    for done, clip in enumerate(clips, start=1):
        embedded.append(_embeddings(recogniser, clip, fps=fps))
        (progress or unheard)(done, len(clips))
    width = embedded[0].shape[1]
    if STATISTICS not in card.about and width > WIDEST:
        raise InvalidValueError(
            f"{card.name} describes a clip by {width} numbers, too many to say from a few clips where a class "
            f"lies; train with --network {_NARROW}"
        )
    return with_class(recogniser.model, label, embedded, task=task)


def _embeddings(recogniser: ClipRecogniser, clip: Path, *, fps: float | None) -> Float32Array:
    found = recogniser.predict(clip, fps=fps).embeddings
    if not len(found):
        raise InvalidValueError(f"{clip}: nothing of it is long enough for an answer; give another clip")
    return found
