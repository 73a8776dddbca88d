"""``laban add-class``: one more class for a trained model, from a few clips."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from laban.cli.actions import ModelName
from laban.cli.inputs import expand_sources
from laban.cli.options import AsJson, Quiet, with_options
from laban.cli.output import progress_bar, report
from laban.cli.pixel_options import ENGINE, refuse_pose_options
from laban.cli.pose_options import PoseOptions
from laban.cli.pose_taking import take_poses
from laban.core.answers.outcomes import AddedClassAnswer
from laban.core.sequence import Recording
from laban.errors import InvalidValueError
from laban.models.deploy.zoo import MODEL_SUFFIX, model_path
from laban.models.deploy.zoo import open_model as open_exported
from laban.models.protocol import SequenceModel
from laban.models.prototypes import WithPrototypes
from laban.pipeline.action.add_class import MOST_CLIPS, add_class_from, write_with_card
from laban.pipeline.action.predict import open_model
from laban.pipeline.video.add_class import add_class_from_clips
from laban.pipeline.video.prediction import clip_recogniser


@dataclass(frozen=True)
class AddClassOptions(PoseOptions):
    """The options of ``laban add-class``."""

    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="The new model. [MODEL-NAME.tflite]"),
    ] = None
    task: Annotated[
        str | None, typer.Option(help="The task to add the class to, if the model has several.")
    ] = None


@with_options("add-class")
def add_class(
    model: ModelName,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The name of the class.", show_default=False)],
    clips: Annotated[
        list[str],
        typer.Argument(metavar="CLIP...", help="One to five videos or recordings.", show_default=False),
    ],
    *,
    options: AddClassOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Add one more class to a trained model from one to five clips, without training.

    The class is the region of the model's embedding where the clips lie, with its own threshold: what is not
    similar enough is answered as before. The model itself is left unchanged; the new one is written to another
    file. A model made by `laban train-video` is shown short clips whole and longer ones in windows.
    """
    paths = expand_sources(clips)
    if len(paths) > MOST_CLIPS:
        raise InvalidValueError(
            f"expected one to {MOST_CLIPS} clips, got {len(paths)}; with more, train a model"
        )
    origin = model_path(model)
    target = options.output or Path(f"{Path(model).stem}-{_file_name(name)}{MODEL_SUFFIX}")
    if target.suffix.lower() != MODEL_SUFFIX and not target.is_dir():
        raise InvalidValueError(f"a model is written as {MODEL_SUFFIX}, got {target}; name it so with -o")
    if target.resolve() == origin.resolve():
        raise InvalidValueError(f"{target} is the model itself; name another file with -o")
    found = _with_class(open_exported(origin), name, paths, options, quiet=quiet)
    write_with_card(target, origin, found.base_card)
    added = found.prototypes[-1]
    value = AddedClassAnswer(
        model=str(target),
        task=added.task,
        label=added.label,
        clips=tuple(map(str, paths)),
        threshold=added.threshold,
        labels=found.card.head(added.task).task.labels,
    )
    words = f"{added.label} was added to {added.task}, from {_clips(len(paths))}\n{target}"
    report(value, words, as_json=as_json)


def _with_class(
    model: SequenceModel, name: str, paths: Sequence[Path], options: AddClassOptions, *, quiet: bool
) -> WithPrototypes:
    recogniser = clip_recogniser(model)
    if recogniser is None:
        known = open_model(model)
        recordings = [_recording(path, options, quiet=quiet) for path in paths]
        return add_class_from(known, name, recordings, task=options.task)
    refuse_pose_options(options, *ENGINE, "size", "cache", model=recogniser.name)
    with progress_bar("looking", total=len(paths), unit="clips/s", quiet=quiet) as advance:
        return add_class_from_clips(
            recogniser, name, paths, task=options.task, fps=options.fps, progress=advance
        )


def _recording(path: Path, options: AddClassOptions, *, quiet: bool) -> Recording:
    return take_poses(path, options, quiet=quiet).recording


def _file_name(label: str) -> str:
    """The label in a form that fits into a file name."""
    kept = "".join(letter if letter.isalnum() else "-" for letter in label.strip())
    return kept.strip("-") or "class"


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count} clips"
