"""``laban train``: a recogniser from labelled clips."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import Field

from laban.cli.dataset_options import CacheFolder, Data, DataSplit, GroupBy, LabelsFile, opened
from laban.cli.dataset_poses import poses_of_dataset
from laban.cli.dataset_tables import coverage_table
from laban.cli.figures_tables import export_words, figures_table
from laban.cli.inputs import check_output_folder
from laban.cli.options import AsJson, Quiet, settle
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


@dataclass(frozen=True)
class TrainOptions(LearningSettings):
    """What ``laban train`` can be told by flag, LABAN_TRAIN_ variable or laban.toml."""

    output: Path | None = None
    pose_model: Literal["lite", "full", "heavy"] = "full"
    detector: Literal["auto", "blazepose", "yolox"] = "auto"
    workers: Annotated[int, Field(ge=1, le=1024)] | None = None
    cache: Path | None = None
    read_fps: Annotated[float, Field(gt=0, le=1000)] | None = None
    labels: Path | None = None
    group: str | None = None
    data_split: str | None = None

    def learning(self) -> LearningSettings:
        """Those that decide what is learned."""
        return LearningSettings(
            **{field.name: getattr(self, field.name) for field in fields(LearningSettings)}
        )


@dataclass(frozen=True)
class _Poses:
    model: str
    detector: str
    workers: int | None
    cache: Path | None


def train(
    data: Data,
    *,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", metavar="RUN", help="The folder for the run. [run]")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            help="resnet, tcn, lstm, bilstm, transformer, ddnet or stgcn; or published, a recipe. [resnet]"
        ),
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(metavar="SETS", help="Sets of features, such as scene,angles. [what suits the model]"),
    ] = None,
    window_s: Annotated[float | None, typer.Option(metavar="S", help="Seconds of an example. [2]")] = None,
    hop_s: Annotated[float | None, typer.Option(metavar="S", help="An example every so often. [0.5]")] = None,
    fps: Annotated[float | None, typer.Option(metavar="F", help="The clock of an example. [30]")] = None,
    whole_clips: Annotated[
        int | None, typer.Option(metavar="N", help="Take all of a clip as one example, at N instants.")
    ] = None,
    people: Annotated[str | None, typer.Option(help="all, or most_moving: whose clip it is. [all]")] = None,
    split: Annotated[
        str | None,
        typer.Option(
            help="group, data, blocks, time, or random, reported next to group. [the data's own, else group]"
        ),
    ] = None,
    folds: Annotated[
        int | None, typer.Option(metavar="K", help="Judge by K folds; the model kept learns from all.")
    ] = None,
    heads: Annotated[
        str | None, typer.Option(help="separate, or unified: one softmax for all tasks. [separate]")
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(metavar="N", help="Passes over the data. [the recipe's]")
    ] = None,
    class_weights: Annotated[str | None, typer.Option(help="balanced or even. [balanced]")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="Of all that is random. [0]")] = None,
    threads: Annotated[int | None, typer.Option(metavar="N", help="For training. [all cores]")] = None,
    baselines: Annotated[bool | None, typer.Option(help="Train the baselines too, for comparison.")] = None,
    pose_model: Annotated[str | None, typer.Option(help="For videos: lite, full or heavy. [full]")] = None,
    detector: Annotated[str | None, typer.Option(help="For videos: auto, blazepose or yolox. [auto]")] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Videos side by side. [one a core]")
    ] = None,
    cache: CacheFolder = None,
    read_fps: Annotated[
        float | None, typer.Option(metavar="F", help="Frames a second of files without times. [30]")
    ] = None,
    labels: LabelsFile = None,
    group: GroupBy = None,
    data_split: DataSplit = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a recogniser on labelled clips, evaluate it on people it has not seen, and write it ready to use.

    DATA is a folder with a folder of videos for each class, a table with the columns path and label, files of
    landmarks, or a PYSKL pickle. Poses are extracted once and kept. The figures are for people or scenes that the
    model has not seen. The run holds model.tflite, report.html, metrics.json and a checkpoint; a run that was
    stopped continues where it was, and a finished one is not repeated.
    """
    options = settle(
        TrainOptions,
        section="train",
        output=output,
        model=model,
        features=tuple(part.strip() for part in features.split(",")) if features else None,
        window_s=window_s,
        hop_s=hop_s,
        fps=fps,
        whole_clips=whole_clips,
        people=people,
        split=split,
        folds=folds,
        heads=heads,
        epochs=epochs,
        class_weights=class_weights,
        seed=seed,
        threads=threads,
        baselines=baselines,
        pose_model=pose_model,
        detector=detector,
        workers=workers,
        cache=cache,
        read_fps=read_fps,
        labels=labels,
        group=group,
        data_split=data_split,
    )
    folder = options.output or Path("run")
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
    words = (figures_table(learned.metrics), export_words(learned.metrics, learned.folder))
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
    poses = _Poses(options.pose_model, options.detector, options.workers, options.cache)
    recordings = poses_of_dataset(dataset, poses, quiet=quiet)
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
