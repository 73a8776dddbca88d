"""Encoders: from a window of movement to one vector. One file each, readable top to bottom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Any

from laban.core.checks import choose
from laban.errors import InvalidValueError, MissingExtraError
from laban.features.spec import FeatureSpec


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


def _load(name: str) -> Architecture:
    try:
        module = import_module(f"{__name__}.{name}")
    except ImportError as error:
        raise MissingExtraError("training needs PyTorch; get it with: pip install 'laban[train]'") from error
    architecture = module.ARCHITECTURE
    if not isinstance(architecture, Architecture):
        raise TypeError(f"{module.__name__}.ARCHITECTURE is no Architecture")
    return architecture


ARCHITECTURES: Mapping[str, Callable[[], Architecture]] = MappingProxyType(
    {
        name: partial(_load, name)
        for name in ("lstm", "bilstm", "tcn", "resnet", "transformer", "ddnet", "stgcn", "mlp")
    }
)
"""The architectures by name; called, an entry imports PyTorch."""


def architecture(name: str) -> Architecture:
    """The architecture ``name``. Raises UnknownNameError, and MissingExtraError without PyTorch."""
    return choose(name, ARCHITECTURES, what="architecture")()


def settings_of(name: str, options: Mapping[str, object]) -> Any:
    """The settings of ``name`` with ``options`` in place of the defaults; unknown ones are refused."""
    try:
        return architecture(name).settings(**options)
    except TypeError as error:
        raise InvalidValueError(f"{name} does not have the options {dict(options)}: {error}") from error


def build_encoder(name: str, options: Mapping[str, object], spec: FeatureSpec, length: int) -> Any:
    """The encoder ``name`` for windows of ``length`` rows; InvalidValueError where it cannot serve ``spec``."""
    chosen = architecture(name)
    refusal = chosen.refusal(spec)
    if refusal is not None:
        raise InvalidValueError(refusal)
    return chosen.build(settings_of(name, options), spec, length)
