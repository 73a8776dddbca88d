"""``laban train-video``: an action recogniser from the pixels of labelled clips."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, ClassVar

import typer
from pydantic import Field
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from laban.cli.asset_fetching import fetch_asset
from laban.cli.dataset_options import Data
from laban.cli.extract_options import ExtractOptions, with_weights
from laban.cli.inputs import check_output_folder
from laban.cli.metrics_tables import (
    classes_table,
    empty_table,
    exports_table,
    held_out_words,
    share,
    shortened,
)
from laban.cli.options import AsJson, Described, Quiet, part_of, with_options
from laban.cli.output import DONE, PARTLY, warn
from laban.cli.progress import report_learned, stage_bars
from laban.core.answers.clip_metrics import ClipMetrics
from laban.errors import InvalidValueError
from laban.models.needs import check_can_train
from laban.pipeline.dataset import open_dataset
from laban.pipeline.video.masked import ExtractedPeople
from laban.pipeline.video.training.clips import labelled_clips
from laban.pipeline.video.training.run import learn_clips
from laban.pipeline.video.training.settings import DEFAULT_BACKBONE, ClipLearningSettings
from laban.pipeline.video.training.sight import sight_of
from laban.pipeline.video.training.splits import clip_splits
from laban.render.report.clips import masked_words


@dataclass(frozen=True)
class TrainVideoOptions(ClipLearningSettings):
    """The options of ``laban train-video``."""

    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="RUN", help="The folder of the run. [run]")
    ] = Path("run")
    described: ClassVar[Described] = {
        "network": typer.Option(
            help="The network over time: lrcn, change, mean, tcn or attention; or lrcn-small, from scratch."
        ),
        "backbone": typer.Option(
            help="What sees each frame: efficientnet_lite0, or mobilenet_v2, resnet18, resnet50 or vgg16 with "
            "--weights."
        ),
        "tune": typer.Option(help="How much of the backbone is trained: frozen, partly or free (slow)."),
        "frames": typer.Option(metavar="N", help="Frames of a clip that the network sees."),
        "size": typer.Option(metavar="WxH", help="The size of a frame as the network sees it."),
        "split": typer.Option(
            help="group, data or random. A random split is always reported too. [the data's own, or group]"
        ),
        "folds": typer.Option(
            metavar="K", help="Evaluate by K-fold cross-validation; the final model is trained on all folds."
        ),
        "epochs": typer.Option(metavar="N", help="Training epochs. [30; 60 for lrcn-small]"),
        "versions": typer.Option(metavar="N", help="Augmented versions of each clip, the first unchanged."),
        "class_weights": typer.Option(help="The weights of classes in the loss: balanced or even."),
        "others": typer.Option(help="Train the other networks too, for comparison."),
        "masked": typer.Option(
            "--masked",
            help="Test with people and with the background masked too; finds people, which takes time.",
        ),
        "seed": typer.Option(metavar="N", help="The seed of all random numbers."),
        "threads": typer.Option(metavar="N", help="CPU threads for training. [all cores]"),
    }
    group: Annotated[
        str | None,
        typer.Option(
            metavar="PATTERN",
            help="The source or scene of a clip: a regular expression on its name, or a table with a column "
            "group.",
        ),
    ] = None
    weights: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Weights of the backbone: safetensors, or a state dict saved by PyTorch. [ImageNet's, of "
            "efficientnet_lite0]",
        ),
    ] = None
    data_split: Annotated[
        str | None, typer.Option(metavar="N", help="The split to use of the lists in the data. [the first]")
    ] = None
    workers: Annotated[
        int | None,
        Field(ge=1, le=1024),
        typer.Option(metavar="N", help="How many clips to look at at once. [one per core]"),
    ] = None
    cache: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where frame features are kept. [LABAN_CACHE, or your cache]"),
    ] = None
    read_fps: Annotated[
        float | None,
        Field(gt=0, le=1000),
        typer.Option(metavar="F", help="Frames per second of clips without times."),
    ] = None

    def learning(self) -> ClipLearningSettings:
        """The settings that decide what is learned."""
        return part_of(self, ClipLearningSettings)


@with_options("train-video")
def train_video(
    data: Data, *, options: TrainVideoOptions, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Train an action recogniser on the pixels of labelled clips, for what a skeleton does not show: objects in the
    hand, crowds, vehicles.

    DATA is a folder with a folder of clips for each class, or a table with the columns path and label. Lists of
    training and test clips, as UCF101 and HMDB51 have them, are read where they lie in DATA. Each frame is
    described once by EfficientNet-Lite0 trained on ImageNet; a network over time learns from the descriptions.
    The metrics are for sources that the model has not seen, with those of a random split for comparison. The
    folder of the run holds model.tflite, smaller files of 16 and 8 bits, report.html and metrics.json. A clip that
    cannot be read is left out and named. A run that was stopped continues where it was, and a finished one is not
    repeated.
    """
    folder = options.output
    check_output_folder(folder)
    settings = options.learning()
    check_can_train()
    dataset = open_dataset(data, fps=options.read_fps, split=options.data_split, groups=options.group)
    if folder.resolve() == dataset.root.resolve():
        raise InvalidValueError(f"{folder} holds the data; name another folder for the run with -o")
    clip_splits(labelled_clips(dataset), settings)  # what cannot be learned from is refused before any work
    weights = _weights(options, quiet=quiet)
    workers = options.workers or os.cpu_count() or 1
    people = _people(options.cache, quiet=quiet) if settings.masked else None
    sight = sight_of(settings, weights=weights, workers=workers, cache=options.cache, people=people)
    with stage_bars(
        unit="/s", barred=("looking", "training", "explaining", "masking"), quiet=quiet
    ) as listener:
        learned = learn_clips(dataset, folder, settings, sight=sight, listener=listener)
    metrics = learned.metrics
    for note in shortened(metrics.notes, where="in metrics.json"):
        warn(note, quiet=quiet)
    report_learned(learned, _tables(metrics), as_json=as_json)
    raise typer.Exit(PARTLY if any("was left out" in note for note in metrics.notes) else DONE)


def _weights(options: TrainVideoOptions, *, quiet: bool) -> Path | None:
    """The file with what the backbone knows; None where it begins with nothing."""
    if options.begins_with_nothing:
        if options.weights is not None:
            raise InvalidValueError(f"{options.network} begins with nothing; leave --weights out")
        return None
    if options.weights is not None:
        return options.weights
    if options.backbone != DEFAULT_BACKBONE:
        raise InvalidValueError(
            f"no weights of {options.backbone} come with Laban; name your file of them with --weights"
        )
    return fetch_asset(DEFAULT_BACKBONE, quiet=quiet)


def _people(cache: Path | None, *, quiet: bool) -> ExtractedPeople:
    """The pose engine, a clip on one core at a time, with its weights fetched."""
    settings = with_weights(ExtractOptions(), quiet=quiet).settings()
    return ExtractedPeople(replace(settings, workers=1), cache)


def _tables(metrics: ClipMetrics) -> Group:
    figures = metrics.clips
    head = (
        f"accuracy {share(figures.accuracy)}, macro F1 {share(figures.macro_f1)} on {figures.count} clips, "
        f"held out by {held_out_words(metrics.split)}"
    )
    lines = [Text(head, style="bold")]
    if metrics.random is not None:
        lines.append(Text(f"on a random split, which flatters: accuracy {share(metrics.random.accuracy)}"))
    if metrics.masked is not None:
        lines.append(Text(masked_words(metrics.masked)))
    others = empty_table("other network", "accuracy", "macro F1")
    for other in metrics.others:
        others.add_row(other.network, share(other.accuracy), share(other.macro_f1))
    made = [(one, one.accuracy_change[0]) for one in metrics.export]
    notes = [Text(note, style="yellow") for note in metrics.split.notes]
    tables = [
        Padding(one, (1, 0, 0, 2))
        for one in (classes_table(figures, of="clips"), others, exports_table(made))
        if one.row_count
    ]
    return Group(*lines, *tables, Text(""), *notes)
