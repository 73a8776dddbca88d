"""Tensors in a safetensors file, which cannot run code and is written whole or not at all."""

import contextlib
import hashlib
import os
import warnings
from collections.abc import Mapping
from pathlib import Path

from laban.errors import MissingExtraError, ModelError, OutputError

try:
    import torch
    from safetensors import SafetensorError, safe_open
    from safetensors.torch import save
    from torch import Tensor
except ImportError as error:
    raise MissingExtraError(
        "weights need PyTorch and safetensors; get them with: pip install 'laban[train]'"
    ) from error

_ABOUT = "about"
_HOLDERS = ("state_dict", "model_state_dict", "model", "module", "network")
MOST_BYTES = 2**30


def write_weights(path: Path, tensors: Mapping[str, Tensor], *, about: str = "") -> str:
    """Writes the tensors, with ``about`` in the file's header, in one move. Returns the SHA-256 of the file."""
    content = save({name: one.contiguous() for name, one in tensors.items()}, metadata={_ABOUT: about})
    write_whole(path, content)
    return hashlib.sha256(content).hexdigest()


def read_weights(path: Path) -> tuple[dict[str, Tensor], str]:
    """The tensors and ``about``. Raises ModelError in one line where the file is absent, too large, truncated or
    of another kind, or where a number in it is not finite."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ModelError(f"{path} is larger than weights may be ({MOST_BYTES} bytes)")
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            about = (file.metadata() or {}).get(_ABOUT, "")
    except OSError as error:
        raise ModelError(f"weights cannot be read from {path}: {error.strerror or error}") from error
    except (SafetensorError, ValueError, TypeError) as error:
        raise ModelError(f"{path} holds no weights that can be read: {_first_line(error)}") from error
    for name, one in tensors.items():
        if one.is_floating_point() and not bool(torch.isfinite(one).all()):
            raise ModelError(f"{path} holds numbers that are not finite in {name!r}")
    return tensors, about


def read_state_dict(path: Path, *, advice: str, nested: bool = False) -> dict[str, Tensor]:
    """The tensors by name, in order, of what ``torch.save`` made of a state dict, or where it may be ``nested`` of
    a dict that holds one, as training scripts save it; no code in the file is run.

    Raises ModelError, which ends in ``advice``, for anything else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what it then refuses
            held = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # the unpickler raises whatever the bytes lead it to
        refused = type(error).__name__ == "UnpicklingError"
        why = "holds more than tensors" if refused else "holds no weights that can be read"
        raise ModelError(f"{path} {why}; {advice}") from error
    for name in _HOLDERS if nested else ():
        if isinstance(held, dict) and isinstance(held.get(name), dict):
            held = held[name]
    if not isinstance(held, dict) or not held or not all(isinstance(one, Tensor) for one in held.values()):
        raise ModelError(f"{path} holds more than tensors; {advice}")
    return {str(name): one for name, one in held.items()}


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file under a temporary name and moves it into place."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _first_line(error: object) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
