"""What the card of a recogniser from pixels keeps of its clips: fingerprints, and where its classes lie."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from laban.core.arrays import Array, Float32Array, IntArray
from laban.errors import InvalidValueError
from laban.models.embedding_space import STATISTICS, embedding_statistics
from laban.pipeline.training.learned_from import fingerprint, told_from
from laban.pipeline.video.features import SeenClips

if TYPE_CHECKING:
    from laban.models.training.trained import Trained

WIDEST = 512
"""Of a wider embedding no statistics are kept: they grow with its square, and few clips say little about it."""


def kept_of_clips(
    trained: "Trained", seen: SeenClips, labels: IntArray, *, train: IntArray, validation: IntArray
) -> dict[str, object]:
    """For the card of a network that learned the clips ``train`` and was chosen on ``validation``, rows of
    ``seen``, whose classes are ``labels``."""
    learned = [fingerprint(seen.contents[row]) for row in (*train, *validation)]
    statistics = _statistics(trained, seen.forms[0][train], labels[train])
    return {**told_from(learned), **({STATISTICS: statistics} if statistics else {})}


def _statistics(trained: "Trained", forms: Array, labels: IntArray) -> Mapping[str, object]:
    """The statistics of the embedding that adding a class needs; none of a wide one."""
    embedding = _embedding(trained, forms)
    if embedding.shape[1] > WIDEST:
        return {}
    try:
        return {trained.card.tasks[0].name: embedding_statistics(embedding, labels)}
    except InvalidValueError:
        return {}  # clips of one class only


def _embedding(trained: "Trained", forms: Array) -> Float32Array:
    from laban.models.video.training import outputs_of

    return outputs_of(trained, forms).embedding
