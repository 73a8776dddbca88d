"""Encoders: from a window of movement to one vector. One file each, readable top to bottom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from laban.core.checks import choose
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.modules import made_settings, modules_by_name


@dataclass(frozen=True)
class Architecture:
    """How an encoder is made.

    ``settings`` is its frozen dataclass; ``build`` makes, from its settings, a feature specification and the rows
    of a window, a ``torch.nn.Module`` with an attribute ``width`` E and ``forward(values (B, L, F), known (B, L,
    F)) -> (B, E)``; ``refusal`` says why it cannot serve some features, and is None where it can. ``values`` are 0
    where ``known`` is 0; they are normalised, or for a module with a true attribute ``raw`` as measured.
    """

    settings: Callable[..., Any]
    build: Callable[[Any, FeatureSpec, int], Any]
    refusal: Callable[[FeatureSpec], str | None] = lambda _: None


ARCHITECTURES = modules_by_name(
    __name__,
    ("lstm", "bilstm", "tcn", "resnet", "transformer", "ddnet", "stgcn", "mlp"),
    attribute="ARCHITECTURE",
    kind=Architecture,
)
"""The architectures by name; called, an entry imports PyTorch."""


def architecture(name: str) -> Architecture:
    """The architecture ``name``. Raises UnknownNameError, and MissingExtraError without PyTorch."""
    return choose(name, ARCHITECTURES, what="architecture")()


def settings_of(name: str, options: Mapping[str, object]) -> Any:
    """The settings of ``name`` with ``options`` in place of the defaults; unknown ones are refused."""
    return made_settings(architecture(name).settings, options, name=name)


def build_encoder(name: str, options: Mapping[str, object], spec: FeatureSpec, length: int) -> Any:
    """The encoder ``name`` for windows of ``length`` rows; InvalidValueError where it cannot serve ``spec``."""
    chosen = architecture(name)
    refusal = chosen.refusal(spec)
    if refusal is not None:
        raise InvalidValueError(refusal)
    return chosen.build(settings_of(name, options), spec, length)
