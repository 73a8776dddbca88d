"""Networks over time: from what a backbone says of each frame of a clip to one vector. One file each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from laban.core.checks import choose
from laban.models.modules import made_settings, modules_by_name


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


NETWORKS = modules_by_name(
    __name__,
    ("mean", "change", "lrcn", "lstm", "tcn", "attention"),
    attribute="NETWORK",
    kind=TimeNetwork,
)
"""The networks over time by name; called, an entry imports PyTorch."""


def time_network(name: str) -> TimeNetwork:
    """The network ``name``. Raises UnknownNameError, and MissingExtraError without PyTorch."""
    return choose(name, NETWORKS, what="network over time")()


def network_settings(name: str, options: Mapping[str, object]) -> object:
    """The settings of ``name`` with ``options`` in place of the defaults; unknown ones raise InvalidValueError."""
    return made_settings(time_network(name).settings, options, name=name)
