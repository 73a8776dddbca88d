"""``laban train``: a recogniser from labelled clips."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import typer
from pydantic import BeforeValidator

from laban.cli.dataset_options import Data, LearningClipOptions, opened
from laban.cli.dataset_poses import poses_of_dataset
from laban.cli.dataset_tables import coverage_table
from laban.cli.inputs import check_output_folder
from laban.cli.metrics_tables import export_words, metrics_table
from laban.cli.options import AsJson, Described, Quiet, part_of, with_options
from laban.cli.output import DONE, PARTLY, report, say, warn
from laban.cli.progress import report_learned, stage_bars
from laban.core.answers.metrics import TrainingMetrics
from laban.errors import InvalidValueError
from laban.models.needs import baselines_note, check_can_train
from laban.pipeline.action.training.gathering import gather
from laban.pipeline.action.training.run import learn
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.dataset import Dataset
from laban.pipeline.training.listening import Learned


def _split_names(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


@dataclass(frozen=True)
class TrainOptions(LearningSettings, LearningClipOptions):
    """The options of ``laban train``."""

    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="RUN", help="The folder for the run. [run]")
    ] = Path("run")
    described: ClassVar[Described] = {
        "model": typer.Option(
            help="resnet, tcn, lstm, bilstm, transformer, ddnet or stgcn; or published, a recipe."
        ),
        "window_s": typer.Option(metavar="S", help="Seconds of an example."),
        "hop_s": typer.Option(metavar="S", help="An example every so often."),
        "fps": typer.Option(metavar="F", help="The clock of an example."),
        "whole_clips": typer.Option(metavar="N", help="Take all of a clip as one example, at N instants."),
        "people": typer.Option(help="all, or most_moving: whose clip it is."),
        "split": typer.Option(
            help="group, data, blocks, time, or random, reported next to group. [the data's own, else group]"
        ),
        "folds": typer.Option(metavar="K", help="Judge by K folds; the model kept learns from all."),
        "heads": typer.Option(help="separate, or unified: one softmax for all tasks."),
        "epochs": typer.Option(metavar="N", help="Passes over the data. [the recipe's]"),
        "class_weights": typer.Option(help="balanced or even."),
        "seed": typer.Option(metavar="N", help="Of all that is random."),
        "threads": typer.Option(metavar="N", help="For training. [all cores]"),
        "baselines": typer.Option(help="Train the baselines too, for comparison."),
    }
    features: Annotated[
        tuple[str, ...] | None,
        BeforeValidator(_split_names),
        typer.Option(metavar="SETS", help="Sets of features, such as scene,angles. [what suits the model]"),
    ] = None
    data_split: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Which of a pickle's splits is meant, such as xsub."),
    ] = None

    def learning(self) -> LearningSettings:
        """Those that decide what is learned."""
        return part_of(self, LearningSettings)


@with_options("train")
def train(data: Data, *, options: TrainOptions, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Train a recogniser on labelled clips, evaluate it on people it has not seen, and write it ready to use.

    DATA is a folder with a folder of videos for each class, a table with the columns path and label, files of
    landmarks, or a PYSKL pickle. Poses are extracted once and kept. The figures are for people or scenes that the
    model has not seen. The run holds model.tflite, report.html, metrics.json and a checkpoint; a run that was
    stopped continues where it was, and a finished one is not repeated.
    """
    folder = options.output
    check_output_folder(folder)
    settings = options.learning()
    settings.training()  # an unknown model is told before any work is done
    check_can_train()
    note = baselines_note() if settings.baselines else None
    if note:
        say(f"laban: {note}", quiet=quiet)
    dataset = opened(data, options, fps=options.read_fps, split=options.data_split)
    if folder.resolve() == dataset.root.resolve():
        raise InvalidValueError(f"{folder} holds the data; name another folder for the run with -o")
    learned, partly = _learn(dataset, folder, options, settings, as_json=as_json, quiet=quiet)
    words = (metrics_table(learned.metrics), export_words(learned.metrics, learned.folder))
    report_learned(learned, *words, as_json=as_json)
    raise typer.Exit(PARTLY if partly else DONE)


def _learn(
    dataset: Dataset,
    folder: Path,
    options: TrainOptions,
    settings: LearningSettings,
    *,
    as_json: bool,
    quiet: bool,
) -> tuple[Learned[TrainingMetrics], bool]:
    recordings = poses_of_dataset(dataset, options, model=options.pose_model, quiet=quiet)
    material = gather(dataset, recordings, settings)
    if not as_json and not quiet:
        report(None, coverage_table(dataset, material.coverage), as_json=False)
    for words in material.warnings:
        warn(words, quiet=quiet)
    for one in material.left_out[len(dataset.skipped) + len(recordings.failed) :]:
        say(f"laban: left out {one.name}: {one.reason}", quiet=quiet)
    with stage_bars(unit="epochs/s", barred=("training",), quiet=quiet) as listener:
        learned = learn(material, recordings, folder, settings, name=folder.resolve().name, listener=listener)
    return learned, bool(recordings.failed)
