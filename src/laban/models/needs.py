"""Checks, before long work begins, that the packages for training are installed."""

from importlib.util import find_spec

from laban.errors import MissingExtraError

_TRAIN = {"torch": "PyTorch", "safetensors": "safetensors", "litert_torch": "litert-torch"}
_BASELINES = {"aeon": "aeon", "sklearn": "scikit-learn"}


def check_can_train() -> None:
    """Raises MissingExtraError where a network cannot be trained and exported here; imports nothing."""
    missing = [name for module, name in _TRAIN.items() if find_spec(module) is None]
    if missing:
        raise MissingExtraError(
            f"training needs {' and '.join(missing)}; install what is missing with: pip install 'laban[train]'"
        )


def baselines_note() -> str | None:
    """A sentence if one of the baselines cannot be trained here."""
    missing = [name for module, name in _BASELINES.items() if find_spec(module) is None]
    if not missing:
        return None
    return (
        f"the baseline MiniRocket needs {' and '.join(missing)} and is left out; install what is missing with: "
        "pip install 'laban[baselines]'"
    )
