"""Fights in surveillance clips from poses alone: five folds by source video.

200 clips of about two seconds, half of them fights. All clips cut from one source video are one group; a clip
whose source is not known is a group with its block of ten consecutive numbers. (The first version split by
blocks alone, which mixed 134 of the 170 clips of known source between parts, and was optimistic.) The clips of
falls are learned from too, as calm ones, their people alone, still, lying and with somebody put beside them; each
subject is left out of one of the folds, and its clips are watched with that fold's model. Poses are our own
extraction with its default settings, of everybody in a clip and of the person nearest to each. What the model sees
are speeds, carriage, confidence and the pair: with so few clips, positions teach it cameras and people.

Two things are evaluated. Of the model: the area under the ROC curve, which needs no threshold, and, beside the
baselines on the same windows, how many clips are right where a clip is a fight if that is more probable than
not on average over everybody. Of the command: `laban predict fight` reports a fight as soon as one window of
one person reaches the threshold of the card; how many fights it so finds, and in how many calm clips it does so
too, at that threshold and at one chosen for each fold on the clips of the others by the same rule: the lowest
at which at most one calm clip in eight alarms.

Features and network were compared on these clips by blocks, which is optimistic; and 200 clips leave a standard
error of three points.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from benchmarks.recognition import fight_data, sets
from benchmarks.recognition.beside import Tested, beside_baselines, rows_of
from benchmarks.rows import Row, row
from laban.core.arrays import BoolArray, Float64Array, IntArray
from laban.core.clock import WindowSpec
from laban.features.spec import FeatureSpec
from laban.models.evaluation.open_set import open_set_metrics
from laban.models.examples import Examples
from laban.models.training.split import Split
from laban.models.training.splits import SplitSettings, split_examples
from laban.models.training.training_settings import Augmentation, TrainingSettings
from laban.pipeline.dataset import recordings_of

SPEC = FeatureSpec(("motion", "confidence", "pair"))
CLOCK = WindowSpec(length_s=2.0, hop_s=0.5, fps=30.0)
TRAINING = TrainingSettings(
    architecture="resnet",
    options={
        "widths": (24,),
        "kernel": 7,
        "rates": (),
        "members": 8,
        "shares": True,
        "dropout": 0.3,
        "input_dropout": 0.1,
        "noise": 0.2,
        "limit": 4.0,
    },
    augmentation=Augmentation(speed=0.2, hide=0.0),
    epochs=25,
    learning_rate=2e-3,
    weight_decay=0.05,
    label_smoothing=0.1,
    average=0.99,
    class_weights="balanced",
    threads=1,
)
ENTER = 0.85
"""The probability at which the shipped command reports a fight: the lowest at which at most one calm clip in eight
of those held out has somebody alarm."""
_CALM_ALARMS = 1 / 8
_THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.01)

_FOLDS, _LEAST = 5, 0.72
_WHAT = "fights, five folds by source"


def fight_rows(
    *, seed: int = 0, spec: FeatureSpec = SPEC, training: TrainingSettings = TRAINING
) -> list[Row]:
    """Accuracy of clips, each tested once, compared with the baselines on the same windows; results of the
    command."""
    examples = fight_data.gathered(recordings_of(fight_data.clips()), spec=spec, clock=CLOCK).examples
    tested = tested_on(examples, replace(training, seed=seed))
    own = rows_of(tested, _WHAT, sets.FIGHT, at_least=_LEAST)
    return [*own, *command_rows(tested), *calm_rows(examples, tested)]


def tested_on(examples: Examples, training: TrainingSettings) -> Tested:
    """Every surveillance clip predicted by a model that saw none of its source, compared with the baselines."""
    return beside_baselines(
        examples,
        folds_of(examples, seed=training.seed),
        training,
        task=sets.FIGHT,
        truth=truth_of(examples),
        people="all",
        learned=fight_data.learned(examples),
    )


def truth_of(examples: Examples) -> dict[int, int]:
    """The true label of each surveillance clip, by its position; the name begins with it."""
    names = {index: clip.name for index, clip in enumerate(examples.clips) if not fight_data.added(clip)}
    return {index: sets.FIGHT.index(name.split("/")[0]) for index, name in names.items()}


def folds_of(examples: Examples, *, seed: int) -> list[Split]:
    """Five folds of the surveillance clips by source, each with one subject of the others, as long as there are."""
    added = np.array([fight_data.added(clip) for clip in examples.clips])[examples.clip]
    own, groups = np.flatnonzero(~added), np.array(examples.groups)
    parts = split_examples(
        examples.take(own), settings=SplitSettings(folds=_FOLDS, validation=0.0, seed=seed)
    )
    left_out = [*sorted(set(groups[added])), *[""] * _FOLDS]
    none = np.zeros(0, dtype=np.int64)
    return [
        Split(
            "group",
            np.concatenate([own[part.train], np.flatnonzero(added & (groups != subject))]),
            none,
            np.concatenate([own[part.test], np.flatnonzero(added & (groups == subject))]),
        )
        for part, subject in zip(parts, left_out, strict=False)
    ]


def calm_rows(examples: Examples, tested: Tested) -> Iterator[Row]:
    """In how many of the clips of falls, in which nobody fights, the command reports a fight."""
    ways: dict[str, list[float]] = {}
    for index, clip in enumerate(examples.clips):
        if fight_data.added(clip) and index in tested.peak_of:
            ways.setdefault(clip.name.split(", ", 1)[1], []).append(tested.peak_of[index])
    for way, peaks in ways.items():
        told = sum(peak >= ENTER for peak in peaks)
        what = f"clips of falls and daily life, {way}: told of as fights"
        yield row(what, told, f"of {len(peaks)} clips")


def command_rows(tested: Tested) -> Iterator[Row]:
    """The AUROC, and the command's results at the card's threshold and at one chosen on the other folds."""
    fights, peaks = tested.truth == 1, tested.peaks
    yield row(f"{_WHAT}: AUROC of the highest probability", _auroc(peaks, fights), "")
    yield from _alarms(f"{_WHAT}, the command", peaks >= ENTER, fights)
    chosen = chosen_on_others(peaks, fights, tested.folds)
    yield from _alarms(
        f"{_WHAT}, the command with a threshold chosen on the other folds", peaks >= chosen, fights
    )


def chosen_on_others(peaks: Float64Array, fights: BoolArray, folds: IntArray) -> Float64Array:
    """(C,) for each clip the lowest threshold at which few enough of the calm clips of the other folds alarm."""
    out = np.full(len(peaks), ENTER)
    for fold in np.unique(folds[folds >= 0]):
        calm = peaks[(folds != fold) & ~fights]
        out[folds == fold] = next(at for at in _THRESHOLDS if (calm >= at).mean() <= _CALM_ALARMS)
    return out


def _alarms(what: str, told: BoolArray, fights: BoolArray) -> Iterator[Row]:
    yield row(f"{what}: fights found", float(told[fights].mean()), "", of=int(fights.sum()))
    yield row(f"{what}: calm clips told of", float(told[~fights].mean()), "", of=int((~fights).sum()))


def _auroc(peaks: Float64Array, fights: BoolArray) -> float:
    return open_set_metrics(peaks[fights], peaks[~fights]).auroc
