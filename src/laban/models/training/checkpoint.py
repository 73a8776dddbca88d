"""A trained model in a folder: ``weights.safetensors`` and ``card.json``, which holds the hash of the weights."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from laban.errors import LabanError, MissingExtraError, ModelError
from laban.models.card import ModelCard

try:
    import torch
except ImportError as error:
    raise MissingExtraError("checkpoints need PyTorch; get it with: pip install 'laban[train]'") from error

from laban.models.training.kinds import Kind, kind_of
from laban.models.training.trained import Settings, Trained
from laban.models.training.training_state import Epoch
from laban.models.training.weights_file import read_weights, write_weights, write_whole

WEIGHTS, CARD = "weights.safetensors", "card.json"
_MOST_CARD_BYTES = 2**24
_MOST_ROWS = 100_000


def save_checkpoint(trained: Trained, folder: Path) -> None:
    """Writes ``weights.safetensors`` and then ``card.json`` into ``folder``, each in one move."""
    digest = write_weights(folder / WEIGHTS, trained.network.state_dict())
    content = {
        "card": trained.card.to_json(),
        "weights_sha256": digest,
        "settings": trained.settings.to_dict(),
        "history": [asdict(epoch) for epoch in trained.history],
        "best_epoch": trained.best_epoch,
    }
    write_whole(folder / CARD, json.dumps(content, indent=1).encode())


def load_checkpoint(folder: Path) -> Trained:
    """Reads what ``save_checkpoint`` wrote.

    Raises ModelError in one line where a file is absent, truncated, of another kind, or does not match the other.
    """
    content = _read_card(folder / CARD)
    try:
        card = ModelCard.from_json(content["card"])
        kind = kind_of(card)
        settings = kind.settings(content["settings"])
        history = tuple(Epoch.from_json(one) for one in content["history"])
        digest, best_epoch = str(content["weights_sha256"]), int(content["best_epoch"])
    except (LabanError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{folder / CARD} is no card of a checkpoint: {error}") from error
    _check_hash(folder / WEIGHTS, digest)
    return Trained(_network(folder, card, settings, kind), card, settings, history, best_epoch)


def _network(folder: Path, card: ModelCard, settings: Settings, kind: Kind) -> torch.nn.Module:
    """Compares shapes before it allocates memory for what a card asks for."""
    tensors, _ = read_weights(folder / WEIGHTS)
    if card.input.shape[0] > _MOST_ROWS:
        raise ModelError(f"{folder / CARD} asks for windows of {card.input.shape[0]} rows")
    try:
        with torch.device("meta"):
            shapes = {name: one.shape for name, one in kind.build(settings, card).state_dict().items()}
    except (LabanError, RuntimeError, OverflowError, MemoryError) as error:
        raise ModelError(f"{folder / CARD} describes no network that can be built: {error}") from error
    if shapes != {name: one.shape for name, one in tensors.items()}:
        raise ModelError(f"the weights in {folder / WEIGHTS} do not belong to the network in {CARD}")
    network = kind.build(settings, card)
    network.load_state_dict(tensors)
    network.eval()
    return network


def _read_card(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > _MOST_CARD_BYTES:
            raise ModelError(f"{path} is larger than a card may be ({_MOST_CARD_BYTES} bytes)")
        content = json.loads(path.read_bytes())
    except OSError as error:
        raise ModelError(f"no checkpoint in {path.parent}: {path.name} {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path} is no card of a checkpoint: it holds no JSON") from error
    if not isinstance(content, dict):
        raise ModelError(f"{path} is no card of a checkpoint: it holds no JSON object")
    return content


def _check_hash(path: Path, digest: str) -> None:
    total = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while part := file.read(2**20):
                total.update(part)
    except OSError as error:
        raise ModelError(f"weights cannot be read from {path}: {error.strerror}") from error
    if total.hexdigest() != digest:
        raise ModelError(
            f"{path} is not the file that its card was written for: truncated, changed or of another model"
        )
