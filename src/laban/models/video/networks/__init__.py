"""Networks over time: from what a backbone says of each frame of a clip to one vector. One file each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import Any

from laban.core.checks import choose
from laban.errors import InvalidValueError, MissingExtraError


@dataclass(frozen=True)
class TimeNetwork:
    """How a network over time is made.

    ``settings`` is its frozen dataclass; ``build`` makes of its settings and the number R of values in a row a
    ``torch.nn.Module`` with an attribute ``width`` E and ``forward(rows (B, T, R)) -> (B, E)``. ``rows`` says what
    a row holds, see ``ROWS``.
    """

    settings: Callable[..., object]
    build: Callable[[Any, int], Any]
    rows: tuple[str, ...]


def _load(name: str) -> TimeNetwork:
    try:
        module = import_module(f"{__name__}.{name}")
    except ImportError as error:
        raise MissingExtraError("training needs PyTorch; get it with: pip install 'laban[train]'") from error
    network = module.NETWORK
    if not isinstance(network, TimeNetwork):
        raise TypeError(f"{module.__name__}.NETWORK is no TimeNetwork")
    return network


NETWORKS: Mapping[str, Callable[[], TimeNetwork]] = MappingProxyType(
    {name: partial(_load, name) for name in ("mean", "change", "lrcn", "lstm", "tcn", "attention")}
)
"""The networks over time by name; called, an entry imports PyTorch."""


def time_network(name: str) -> TimeNetwork:
    """The network ``name``. Raises UnknownNameError, and MissingExtraError without PyTorch."""
    return choose(name, NETWORKS, what="network over time")()


def network_settings(name: str, options: Mapping[str, object]) -> object:
    """The settings of ``name`` with ``options`` in place of the defaults; unknown ones raise InvalidValueError."""
    try:
        return time_network(name).settings(**options)
    except TypeError as error:
        raise InvalidValueError(f"{name} does not have the options {dict(options)}: {error}") from error
