"""``laban train``: an action recogniser from labelled clips."""

from dataclasses import dataclass, fields
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
from laban.cli.train_both import train_both
from laban.core.answers.metrics import TrainingMetrics
from laban.errors import InvalidValueError
from laban.models.needs import baselines_note, check_can_train
from laban.pipeline.action.training.gathering import gather
from laban.pipeline.action.training.run import learn
from laban.pipeline.action.training.settings import LearningSettings
from laban.pipeline.dataset import Dataset
from laban.pipeline.fusion.settings import FusionSettings, PixelSettings, inputs_of
from laban.pipeline.training.listening import Learned


def _split_names(value: object) -> object:
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


@dataclass(frozen=True)
class TrainOptions(LearningSettings, LearningClipOptions, PixelSettings):
    """The options of ``laban train``."""

    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="RUN", help="The folder of the run. [run]")
    ] = Path("run")
    inputs: Annotated[
        str, typer.Option(metavar="INPUTS", help="What is learned from: pose, or pose,video for pixels too.")
    ] = "pose"
    described: ClassVar[Described] = {
        "model": typer.Option(
            help="resnet, tcn, lstm, bilstm, transformer, ddnet or stgcn; or the recipe published."
        ),
        "window_s": typer.Option(metavar="S", help="The length of an example in seconds."),
        "hop_s": typer.Option(metavar="S", help="The time from one example to the next in seconds."),
        "fps": typer.Option(metavar="F", help="The frame rate of an example."),
        "whole_clips": typer.Option(
            metavar="N", help="Make one example of a whole clip, sampled at N instants."
        ),
        "people": typer.Option(help="Which people of a clip to use: all or most_moving."),
        "split": typer.Option(
            help="group, data, blocks, time, or random (reported next to group). [the data's own, or group]"
        ),
        "folds": typer.Option(
            metavar="K", help="Evaluate by K-fold cross-validation; the final model is trained on all folds."
        ),
        "heads": typer.Option(help="separate, or unified (one softmax for all tasks)."),
        "epochs": typer.Option(metavar="N", help="Training epochs. [the recipe's]"),
        "class_weights": typer.Option(help="The weights of classes in the loss: balanced or even."),
        "seed": typer.Option(metavar="N", help="The seed of all random numbers."),
        "threads": typer.Option(metavar="N", help="CPU threads for training. [all cores]"),
        "baselines": typer.Option(help="Train baselines too, for comparison."),
        "network": typer.Option(
            help="For pixels: lrcn, change, mean, tcn or attention; or lrcn-small, from scratch."
        ),
        "frames": typer.Option(metavar="N", help="For pixels: frames of a clip that the network sees."),
        "size": typer.Option(metavar="WxH", help="For pixels: the size of a frame as the network sees it."),
        "versions": typer.Option(metavar="N", help="For pixels: augmented versions of each clip."),
    }
    features: Annotated[
        tuple[str, ...] | None,
        BeforeValidator(_split_names),
        typer.Option(metavar="SETS", help="Feature sets, such as scene,angles. [those that suit the model]"),
    ] = None
    data_split: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The split of a pickle, or of lists, to use, such as xsub or 2."),
    ] = None

    def learning(self) -> LearningSettings:
        """The settings that decide what is learned."""
        return part_of(self, LearningSettings)

    def fusion(self) -> FusionSettings | None:
        """The settings of a recogniser from poses and pixels; None where poses alone are asked for."""
        pixels = part_of(self, PixelSettings)
        if inputs_of(self.inputs) == "pose,video":
            return FusionSettings.of(self.learning(), pixels)
        given = [f"--{one.name}" for one in fields(pixels) if getattr(pixels, one.name) != one.default]
        if given:
            raise InvalidValueError(
                f"{', '.join(given)} is for pixels; add --inputs pose,video, or leave it out"
            )
        return None


@with_options("train")
def train(data: Data, *, options: TrainOptions, as_json: AsJson = False, quiet: Quiet = False) -> None:
    """Train an action recogniser on labelled clips, evaluate it on people it has not seen, and export it for use.

    DATA is a folder with a folder of videos for each class, a table with the columns path and label, files of
    landmarks, or a PYSKL pickle. Poses are extracted once and kept. The metrics are for people or scenes that the
    model has not seen. The folder of the run holds model.tflite, report.html, metrics.json and a checkpoint; a run
    that was stopped continues where it was, and a finished one is not repeated.

    With --inputs pose,video a second recogniser learns from the pixels of the same clips, and both answer as one.
    The metrics are of each alone and of both. The folder then holds a run of each, pose and video.
    """
    folder = options.output
    check_output_folder(folder)
    settings = options.learning()
    settings.training()  # refuses an unknown model before any work is done
    fusion = options.fusion()
    check_can_train()
    note = baselines_note() if settings.baselines else None
    if note:
        say(f"laban: {note}", quiet=quiet)
    dataset = opened(data, options, fps=options.read_fps, split=options.data_split)
    if folder.resolve() == dataset.root.resolve():
        raise InvalidValueError(f"{folder} holds the data; name another folder for the run with -o")
    if fusion is not None:
        train_both(dataset, folder, options, fusion, as_json=as_json, quiet=quiet)
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
