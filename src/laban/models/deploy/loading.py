"""An exported model, whatever it is given, from its file."""

from pathlib import Path

from laban.models.card import ModelCard
from laban.models.deploy.clip_model import ClipLiteModel
from laban.models.deploy.litert_model import LiteModel, read_card, read_model_file
from laban.models.inputs import ClipInput
from laban.models.protocol import Model


def load_lite_model(path: Path | str, *, threads: int = 1) -> Model:
    """The exported model in ``path``, of whichever kind; the file is read once.

    Raises ModelError in one line where the file is absent, too large, no LiteRT network, has no card, or has a
    card that does not fit the network.
    """
    content = read_model_file(Path(path))
    return lite_model(read_card(content, name=str(path)), content, name=str(path), threads=threads)


def lite_model(card: ModelCard, network: bytes, *, name: str, threads: int = 1) -> Model:
    """The model of a card and a network; ``threads`` of a model of landmarks or images run side by side."""
    if isinstance(card.input, ClipInput):
        return ClipLiteModel(card, network, name=name)
    return LiteModel(card, network, name=name, threads=threads)
