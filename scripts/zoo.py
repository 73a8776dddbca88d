"""Trains the models that come with Laban on all of their data, and writes them and their cards.

    python -m scripts.zoo [fall fight safety]

The metrics are those of the benchmark, of models trained the same way on part of the data: run ``python -m
benchmarks.recognition`` first, copy its result to docs/benchmarks/recognition.json, and run ``make docs``
afterwards. Only data whose licence allows distributing a model is used: the falls of GMDCSA24 and the Surveillance
Camera Fight Dataset, both MIT. ``safety`` combines the networks of both, each with its own features.
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
from benchmarks.recognition import fall_data, falls, fight_data, fights, multitask, sets

from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.card import ModelCard
from laban.models.deploy.export import Exported, Shown, export
from laban.models.examples import Examples
from laban.models.frame_rates import FRAME_RATES, least_rate
from laban.models.training.split import Split
from laban.models.training.trained import Trained
from laban.models.training.training_settings import TrainingSettings
from laban.pipeline.action.training.fitting import fit
from laban.pipeline.dataset import Dataset, Recordings, examples_of, recordings_of
from laban.pipeline.dataset.examples import Gathered
from laban.render.files import written
from scripts.docs.blocks import END, start_of
from scripts.joined import joined, with_one_task

ROOT = Path(__file__).resolve().parents[1]
MODELS, PAGES = ROOT / "src" / "laban" / "zoo", ROOT / "docs" / "models"
FIGURES = ROOT / "docs" / "benchmarks" / "recognition.json"
_LICENCE = (
    "Trained on GMDCSA24 (falls and daily activities, MIT) and the Surveillance Camera Fight Dataset (MIT); the "
    "model is under the Apache License 2.0."
)
LIMITS = (
    "Few people, few places, one camera each: expect worse elsewhere, and measure it with `laban evaluate` on "
    "clips of your own. Somebody cut off by the image's edge or hidden is often missed. Not a safety device."
)
A_FALL = (
    "A fall is the movement downwards. Lying is not a fall, however one came to lie, nor is getting up: an alarm "
    "begins with the fall and ends soon after. Somebody who bends down fast to the ground, or squats or sits down "
    "fast after standing still, may be taken for one who falls: until they are down, both look alike. Frames may "
    "come 3 to 30 times a second."
)
A_FIGHT = (
    "The clips were labelled as wholes and not by person, so that bystanders are often reported too: read it as "
    "there being a fight here. At the threshold that it comes with it finds a third of the fights in clips of "
    "other sources, and alarms in one calm clip of nine; `--enter 0.6` finds more and alarms more. Somebody alone "
    "rarely raises an alarm, somebody with others near more often. Learned from 20 to 30 frames a second: at "
    "fewer, fights are missed, and a warning says so."
)


@dataclass(frozen=True)
class Recipe:
    """One model: its data and settings, the text of its card, its parts of the benchmark, and the lowest frame rate
    that it was trained on."""

    about: str
    counts: str
    data: Callable[[], Dataset]
    gathered: Callable[[Recordings], Gathered]
    spec: FeatureSpec
    clock: WindowSpec
    training: TrainingSettings
    part: str
    least_fps: float
    advised: Callable[[ModelCard], ModelCard] = lambda card: card


def surer_of_fights(card: ModelCard) -> ModelCard:
    """The card with a threshold for alarms: at 0.85 one in nine calm surveillance clips of another source raises an
    alarm."""
    return replace(card, about={**card.about, "alarms": {sets.FIGHT.name: {"enter": fights.ENTER}}})


def falls_gathered(recordings: Recordings) -> Gathered:
    """The training data of falls."""
    return fall_data.gathered(recordings, spec=falls.SPEC, clock=falls.CLOCK)


def fights_gathered(recordings: Recordings) -> Gathered:
    """The training data of fights."""
    return fight_data.to_learn_from(fight_data.gathered(recordings, spec=fights.SPEC, clock=fights.CLOCK))


RECIPES: Mapping[str, Recipe] = {
    "fall": Recipe(
        "Detects people who fall.",
        A_FALL,
        falls.falls_and_calm,
        falls_gathered,
        falls.SPEC,
        falls.CLOCK,
        falls.TRAINING,
        "falls",
        3.0,
        advised=falls.alarming,
    ),
    "fight": Recipe(
        "Detects people who fight.",
        A_FIGHT,
        fight_data.clips,
        fights_gathered,
        fights.SPEC,
        fights.CLOCK,
        fights.TRAINING,
        "fights",
        20.0,
        advised=surer_of_fights,
    ),
}
SHIPPED = ("fall", "fight")
"""The models that are files of their own."""


@dataclass(frozen=True)
class Joined:
    """A model combined from others, each for one task, and the text of its card."""

    about: str
    parts: Mapping[str, str]
    clock: WindowSpec


JOINED: Mapping[str, Joined] = {
    "safety": Joined(
        "Detects people who fall and people who fight: two networks in one file, each with its own features, so "
        "that who else is in view changes nothing in what is said of a fall.",
        {"fall": "fall", "fight": "fight"},
        falls.CLOCK,
    )
}


def main() -> None:
    for name in sys.argv[1:] or [*SHIPPED, *JOINED]:
        made = export_joined(name) if name in JOINED else export_one(name)
        print(f"{made.path}: {made.size_bytes / 1e6:.2f} MB, within {made.max_difference:.0e} of PyTorch")


def export_one(name: str) -> Exported:
    """The model trained on all data, exported with its card and its page."""
    trained, examples = learned(name)
    made = _exported(name, trained, examples)
    _write_page(name, card_page(name, RECIPES[name], made))
    return made


def export_joined(name: str) -> Exported:
    """The combined parts, compared with PyTorch on the clips of falls."""
    chosen = JOINED[name]
    parts = [with_one_task(learned(part)[0], task) for part, task in chosen.parts.items()]
    trained = described(name, joined(parts, name=name, clock=chosen.clock))
    both = multitask.both()
    own = replace(both, items=tuple(item for item in both.items if item.clip.group.startswith("subject")))
    examples = examples_of(own, recordings_of(own), spec=trained.card.spec, clock=chosen.clock).examples
    made = _exported(name, trained, examples)
    _write_page(name, joined_page(name, chosen, trained.card, made))
    return made


def described(name: str, trained: Trained) -> Trained:
    """A combined model with the text of its card."""
    about = {
        "description": JOINED[name].about,
        "counts": f"{A_FALL} {A_FIGHT}",
        "licence": _LICENCE,
        "limits": LIMITS,
    }
    return replace(trained, card=replace(trained.card, about={**trained.card.about, **about}))


@cache
def learned(name: str) -> tuple[Trained, Examples]:
    """The model of one recipe trained on all data, with its card, and the data."""
    recipe = RECIPES[name]
    gathered = recipe.gathered(recordings_of(recipe.data()))
    examples, none = gathered.examples, np.zeros(0, dtype=np.int64)
    everything = Split("all", np.arange(len(examples)), none, none)
    trained = fit(examples, everything, recipe.training, name=name)
    return replace(trained, card=carded(trained.card, recipe, gathered.data_sha256)), examples


def carded(card: ModelCard, recipe: Recipe, data_sha256: str) -> ModelCard:
    """The card with a model's own text."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))["rows"] if FIGURES.exists() else []
    advised = recipe.advised(card)
    about = {
        FRAME_RATES: {card.tasks[0].name: least_rate(recipe.least_fps)},
        "description": recipe.about,
        "counts": recipe.counts,
        "data_sha256": data_sha256,
        "licence": _LICENCE,
        "limits": LIMITS,
        "figures": {one["what"]: one["value"] for one in figures if one["part"] == recipe.part},
    }
    return replace(advised, about={**advised.about, **about})


def _exported(name: str, trained: Trained, examples: Examples) -> Exported:
    MODELS.mkdir(exist_ok=True)
    return export(trained, MODELS / f"{name}.tflite", shown=Shown.of(examples))


def _write_page(name: str, text: str) -> None:
    with written(PAGES / f"{name}.md") as page:
        page.write_text(text, encoding="utf-8")


def card_page(name: str, recipe: Recipe, made: Exported) -> str:
    """The model's card as a page; ``make docs`` fills in the metrics."""
    network = (
        f"{recipe.training.architecture}, features {', '.join(recipe.spec.sets)}, windows of "
        f"{recipe.clock.length_s:g} s, one every {recipe.clock.hop_s:g} s; {made.size_bytes / 1e6:.2f} MB."
    )
    words = _words(name, recipe.about, recipe.counts, network, _LICENCE)
    figures = [
        "The figures are of models trained the same way on a part and tested on other people or sources; the model",
        "itself learned from all clips. The protocol is in `benchmarks/recognition/`.",
        "",
        start_of("figures"),
        END,
    ]
    return "\n".join([f"# {name}", "", *words, *figures, ""])


def joined_page(name: str, chosen: Joined, card: ModelCard, made: Exported) -> str:
    """The same for a combined model, whose metrics are those of its parts."""
    network = (
        f"two, side by side, features {', '.join(card.spec.sets)}, windows of {chosen.clock.length_s:g} s, one "
        f"every {chosen.clock.hop_s:g} s; {made.size_bytes / 1e6:.2f} MB."
    )
    words = _words(name, chosen.about, f"{A_FALL} {A_FIGHT}", network, _LICENCE)
    figures = [
        "It says of falls what [fall](fall.md) says, and of fights what [fight](fight.md) says, with the same",
        f"figures, but looks for fights every {chosen.clock.hop_s:g} s.",
    ]
    return "\n".join([f"# {name}", "", *words, *figures, ""])


def _words(name: str, about: str, counts: str, network: str, licence: str) -> Iterator[str]:
    yield f"{about} `laban predict {name} clip.mp4`, `laban watch {name} 0`."
    yield ""
    yield f"- **What counts**: {counts}"
    yield f"- **Network**: {network}"
    yield f"- **Data and licence**: {licence}"
    yield f"- **Limits**: {LIMITS}"
    yield "- **Made by** `python -m scripts.zoo`, from poses by `laban extract` with the detector yolox."
    yield ""


if __name__ == "__main__":
    main()
