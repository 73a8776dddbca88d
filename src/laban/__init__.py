"""Laban understands human movement from ordinary video."""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from laban.core.sequence import Recording
from laban.version import __version__

if TYPE_CHECKING:
    from laban.core.sequence import PoseSequence
    from laban.pipeline.extraction import extract
    from laban.sequences.io import load, save

_HOMES: Final = {
    "PoseSequence": "laban.core.sequence",
    "extract": "laban.pipeline.extraction",
    "load": "laban.sequences.io",
    "save": "laban.sequences.io",
}
"""Where each public name lives; its module is imported when the name is first asked for."""

__all__ = ["PoseSequence", "Recording", "__version__", "extract", "load", "save"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'laban' has no attribute {name!r}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _write(recording: Recording, path: Any, **options: Any) -> Path:
    from laban.sequences.io import save

    return save(recording, path, **options)


Recording.writer = _write
