"""Trains the models that come with Laban on everything there is, and writes them and their cards.

    python -m scripts.zoo [fall fight safety]

The figures are those of the benchmark, of models trained the same way on a part: run
``python -m benchmarks.recognition`` first, copy its result to docs/benchmarks/recognition.json, and run
``make docs`` afterwards. Only data whose licence lets a model be passed on is used: the falls of GMDCSA24 and the
Surveillance Camera Fight Dataset, MIT.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.recognition import falls, fights, multitask, sets

from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.card import ModelCard
from laban.models.export import Exported, export
from laban.models.splits import Split
from laban.models.training_settings import TrainingSettings
from laban.pipeline.dataset import Dataset, ExampleSettings, examples_of, recordings_of
from laban.pipeline.learning.fitting import fit
from laban.render.files import written
from scripts.docs.blocks import END, start_of

ROOT = Path(__file__).resolve().parents[1]
MODELS, PAGES = ROOT / "src" / "laban" / "zoo", ROOT / "docs" / "models"
FIGURES = ROOT / "docs" / "benchmarks" / "recognition.json"
_FIGHTS = "the Surveillance Camera Fight Dataset (MIT)"
_BOTH = f"GMDCSA24 (falls and daily activities, MIT) and {_FIGHTS}"
LIMITS = (
    "Few people, few places, one camera each: expect worse elsewhere, and measure it with `laban evaluate` on "
    "clips of your own. Somebody cut off by the picture's edge or hidden is often missed. Not a safety device."
)


@dataclass(frozen=True)
class Recipe:
    """One model: what it learns from and how, what it says of itself, and its part of the benchmark."""

    about: str
    data: Callable[[], Dataset]
    spec: FeatureSpec
    clock: WindowSpec
    training: TrainingSettings
    part: str
    min_overlap: float = 0.2
    learned_from: str = _BOTH
    advised: Callable[[ModelCard], ModelCard] = lambda card: card


def surer_of_fights(card: ModelCard) -> ModelCard:
    """The card with a rule for alarms: at 0.6 one in eight calm clips that were learned from has somebody alarm."""
    return replace(card, about={**card.about, "alarms": {sets.FIGHT.name: {"enter": 0.75}}})


RECIPES: Mapping[str, Recipe] = {
    "fall": Recipe(
        "Tells of people who fall.",
        falls.falls_and_calm,
        falls.SPEC,
        falls.CLOCK,
        falls.TRAINING,
        "falls",
        falls.SHARE_OF_FALL,
        advised=falls.alarming,
    ),
    "fight": Recipe(
        "Tells of people who fight.",
        fights.data,
        fights.SPEC,
        fights.CLOCK,
        fights.TRAINING,
        "fights",
        learned_from=_FIGHTS,
        advised=surer_of_fights,
    ),
    "safety": Recipe(
        "Tells of people who fall and of people who fight: two answers from one network.",
        multitask.both,
        multitask.SPEC,
        multitask.CLOCK,
        multitask.two_headed(0),
        "multitask",
        advised=surer_of_fights,
    ),
}


def main() -> None:
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))["rows"] if FIGURES.exists() else []
    for name in sys.argv[1:] or RECIPES:
        recipe = RECIPES[name]
        rows = [one for one in figures if one["part"] == recipe.part]
        made = train(name, recipe, rows)
        with written(PAGES / f"{name}.md") as page:
            page.write_text(card_page(name, recipe, made), encoding="utf-8")
        print(f"{made.path}: {made.size_bytes / 1e6:.2f} MB, within {made.max_difference:.0e} of PyTorch")


def train(name: str, recipe: Recipe, rows: list[dict[str, Any]]) -> Exported:
    """The model that learned from everything, exported with its card."""
    dataset = recipe.data()
    gathered = examples_of(
        dataset,
        recordings_of(dataset),
        spec=recipe.spec,
        clock=recipe.clock,
        settings=ExampleSettings(min_overlap=recipe.min_overlap),
    )
    examples, none = gathered.examples, np.zeros(0, dtype=np.int64)
    trained = fit(examples, Split("all", np.arange(len(examples)), none, none), recipe.training, name=name)
    card = recipe.advised(trained.card)
    told = {
        "description": recipe.about,
        "data_sha256": gathered.data_sha256,
        "licence": licence_of(recipe),
        "limits": LIMITS,
        "figures": {one["what"]: one["value"] for one in rows},
    }
    trained = replace(trained, card=replace(card, about={**card.about, **told}))
    MODELS.mkdir(exist_ok=True)
    return export(trained, MODELS / f"{name}.tflite", examples=examples)


def licence_of(recipe: Recipe) -> str:
    """What the model learned from, and under which licence it may be used."""
    return f"Trained on {recipe.learned_from}; the model is under the Apache License 2.0."


def card_page(name: str, recipe: Recipe, made: Exported) -> str:
    """The model's card as a page; ``make docs`` fills in the figures."""
    return "\n".join([f"# {name}", "", *_words(name, recipe, made), start_of("figures"), END, ""])


def _words(name: str, recipe: Recipe, made: Exported) -> Iterator[str]:
    yield f"{recipe.about} `laban predict {name} clip.mp4`, `laban watch {name} 0`."
    yield ""
    yield (
        f"- **Network**: {recipe.training.architecture}, features {', '.join(recipe.spec.sets)}, windows of "
        f"{recipe.clock.length_s:g} s, one every {recipe.clock.hop_s:g} s; {made.size_bytes / 1e6:.2f} MB."
    )
    yield f"- **Data and licence**: {licence_of(recipe)}"
    yield f"- **Limits**: {LIMITS}"
    yield "- **Made by** `python -m scripts.zoo`, from poses by `laban extract` with the detector yolox."
    yield ""
    yield "The figures are of models trained the same way on a part and tested on other people or scenes; the model"
    yield "itself learned from all clips. The protocol is in `benchmarks/recognition/`."
    yield ""


if __name__ == "__main__":
    main()
