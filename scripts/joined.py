"""Trained networks combined in one file, each with its own features and tasks.

The answer of one network does not depend on features of the others: a network that uses one body alone gives the
same answer whoever else is in view.
"""

import copy
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from laban.core.clock import Clock, WholeClip
from laban.errors import InvalidValueError
from laban.features.spec import FeatureSpec
from laban.models.card import ModelCard
from laban.models.embedding_space import STATISTICS, packed, unpacked
from laban.models.evaluation.open_set import KNOWN_SCORE
from laban.models.frame_rates import FRAME_RATES
from laban.models.inputs import LandmarkInput
from laban.models.network import Network, SeparateHeads
from laban.models.training.trained import Trained

_SPARED_BITS = 11
"""Of a number's 23 mantissa bits: the rest is accurate to one in four thousand, and a third smaller when
compressed."""

_GATHERED = (STATISTICS, KNOWN_SCORE, "alarms", FRAME_RATES)


class JoinedNetwork(nn.Module):
    """From values (B, L, F) of all features to the concatenated logits and embeddings of all parts.

    ``columns`` holds, for each part, the range of its features (first, last + 1).
    """

    def __init__(self, networks: Sequence[nn.Module], columns: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)
        self.columns = tuple(columns)

    def forward(self, values: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        parts = [
            network(values[:, :, start:stop], known[:, :, start:stop])
            for network, (start, stop) in zip(self.networks, self.columns, strict=True)
        ]
        return torch.cat([logits for logits, _ in parts], 1), torch.cat(
            [embedding for _, embedding in parts], 1
        )


def joined(parts: Sequence[Trained], *, name: str, clock: Clock | None = None) -> Trained:
    """One model with the answers of each of ``parts``, their features concatenated.

    ``clock`` may set another hop than that of the first part. Raises InvalidValueError if two parts share a feature
    set or a task, or differ in the rows of a window.
    """
    cards = [part.card for part in parts]
    spec = _side_by_side([card.spec for card in cards])
    chosen = clock or cards[0].clock
    for card in cards:
        if _rows(card.clock) != _rows(chosen):
            raise InvalidValueError(
                f"joined models must be shown the same rows, expected {_rows(chosen)}; {card.name} is shown "
                f"{_rows(card.clock)}"
            )
    starts = [sum(card.spec.width for card in cards[:index]) for index in range(len(cards))]
    columns = [(start, start + card.spec.width) for start, card in zip(starts, cards, strict=True)]
    network = JoinedNetwork([part.network for part in parts], columns)
    heads = tuple(head for card in cards for head in card.heads)
    widths = [part.network.heads.linear.in_features for part in parts]
    card = ModelCard(name, cards[0].architecture, LandmarkInput(spec, chosen), heads, _about(cards, widths))
    # callers use nothing but the two outputs of a network
    return replace(parts[0], network=cast(Network, network.eval()), card=card)


def with_one_task(trained: Trained, task: str) -> Trained:
    """The network with the head of one task alone; what the encoder learned for the others stays."""
    card, old = trained.card, trained.network.heads
    if not isinstance(old, SeparateHeads):
        raise InvalidValueError(
            f"{card.name} has one softmax over all of its tasks, so none can be separated"
        )
    head = card.head(task)
    start = sum(old.sizes[: card.tasks.index(head.task)])
    rows = slice(start, start + len(head.task.labels))
    network = copy.deepcopy(trained.network)
    network.heads = SeparateHeads(old.linear.in_features, (head.task,), members=old.linear.members)
    with torch.no_grad():
        network.heads.linear.weight.copy_(old.linear.weight[rows])
        network.heads.linear.bias.copy_(old.linear.bias[rows])
    held = {key: {task: dict(card.about[key])[task]} for key in _GATHERED if task in card.about.get(key, {})}
    rest = {key: value for key, value in card.about.items() if key not in _GATHERED}
    return replace(trained, network=network.eval(), card=replace(card, heads=(head,), about={**rest, **held}))


def _side_by_side(specs: Sequence[FeatureSpec]) -> FeatureSpec:
    sets = [one for spec in specs for one in spec.sets]
    skeletons = {spec.skeleton for spec in specs}
    if len(set(sets)) != len(sets) or len(skeletons) != 1:
        raise InvalidValueError(
            f"joined models must have feature sets of their own on one skeleton, got {', '.join(sets)} on "
            f"{', '.join(sorted(skeletons))}"
        )
    return FeatureSpec(tuple(sets), skeletons.pop())


def _rows(clock: Clock) -> str:
    return f"{clock.length} rows" + ("" if isinstance(clock, WholeClip) else f" at {clock.fps:g} fps")


def _about(cards: Sequence[ModelCard], widths: Sequence[int]) -> dict[str, Any]:
    """Combines what the cards say of tasks, with the statistics of each embedding at its offset."""
    parts = [
        {"name": card.name, "features": list(card.spec.sets), "tasks": [task.name for task in card.tasks]}
        | {key: value for key, value in card.about.items() if key not in _GATHERED}
        for card in cards
    ]
    statistics = {
        task: {**held, "covariance": _shortened(held["covariance"]), "start": sum(widths[:index])}
        for index, card in enumerate(cards)
        for task, held in dict(card.about.get(STATISTICS, {})).items()
    }
    return {
        "parts": parts,
        STATISTICS: statistics,
        **{
            key: {task: one for card in cards for task, one in dict(card.about.get(key, {})).items()}
            for key in (KNOWN_SCORE, "alarms", FRAME_RATES)
        },
    }


def _shortened(numbers: str) -> str:
    """Packed numbers with fewer bits; otherwise the file of several networks is too large to ship."""
    bits = unpacked(numbers).astype("<f4").view(np.uint32)
    return packed((bits & np.uint32(2**32 - 2**_SPARED_BITS)).view(np.float32))
