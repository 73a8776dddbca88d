"""``laban evaluate``: a model on labelled data that it was not trained on."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer

from laban.cli.actions import ModelName
from laban.cli.dataset_options import Data, LearningClipOptions, opened
from laban.cli.dataset_poses import poses_of_dataset
from laban.cli.evaluate_clips import evaluate_with_clips
from laban.cli.inputs import check_output_folder
from laban.cli.metrics_tables import metrics_table
from laban.cli.options import AsJson, Quiet, with_options
from laban.cli.output import DONE, PARTLY, report, say, warn
from laban.models.deploy.zoo import open_model as open_exported
from laban.pipeline.action.predict import open_model
from laban.pipeline.action.training.evaluation import evaluate as evaluate_model
from laban.pipeline.action.training.evaluation import write_evaluation
from laban.pipeline.dataset import ExampleSettings
from laban.pipeline.video.prediction import clip_recogniser


@dataclass(frozen=True)
class EvaluateOptions(LearningClipOptions):
    """The options of ``laban evaluate``."""

    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="DIR", help="A folder for report.html and metrics.json."),
    ] = None
    people: Annotated[
        Literal["all", "most_moving"], typer.Option(help="Which people of a clip to use: all or most_moving.")
    ] = "all"
    task: Annotated[
        str | None,
        typer.Option(
            metavar="TASK", help="The task that the data is labelled for, if the model has several."
        ),
    ] = None


@with_options("evaluate")
def evaluate(
    model: ModelName,
    data: Data,
    *,
    options: EvaluateOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Evaluate a model on labelled clips that are new to it: other people, another place, another camera.

    The same metrics as after training, without baselines, which have nothing to train on here. Labels that the
    model does not know are named. Clips that it was trained on are counted and left out of the metrics. A model
    made by `laban train-video` is shown each clip whole, as in training.
    """
    if options.output is not None:
        check_output_folder(options.output)
    exported = open_exported(model)
    recogniser = clip_recogniser(exported)
    if recogniser is not None:
        evaluate_with_clips(
            recogniser,
            model,
            data,
            options=options,
            output=options.output,
            task=options.task,
            as_json=as_json,
            quiet=quiet,
        )
    known = open_model(exported)
    dataset = opened(data, options, fps=options.read_fps)
    recordings = poses_of_dataset(dataset, options, model=options.pose_model, quiet=quiet)
    evaluation, left_out = evaluate_model(
        known, dataset, recordings, people=ExampleSettings(people=options.people), task=options.task
    )
    for one in left_out[len(dataset.skipped) + len(recordings.failed) :]:
        say(f"laban: left out {one.name}: {one.reason}", quiet=quiet)
    metrics = evaluation.metrics
    for warning in metrics.warnings:
        warn(warning, quiet=quiet)
    made = write_evaluation(options.output, metrics) if options.output else ()
    report(metrics, metrics_table(metrics), as_json=as_json)
    if not as_json:
        for path in made:
            report(None, str(path), as_json=False)
    raise typer.Exit(PARTLY if recordings.failed else DONE)
