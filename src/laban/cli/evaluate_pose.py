"""``laban evaluate-pose``: pose estimators compared on labelled images."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar

import typer

from laban.cli.options import AsJson, Described, Quiet, with_options
from laban.cli.output import DONE, NOTHING, PARTLY, progress_bar, report, warn
from laban.errors import OutputError
from laban.pipeline.pose_evaluation import evaluate as pose_evaluation
from laban.pipeline.pose_evaluation.evaluate import (
    EvaluationSettings,
    PoseEvaluation,
    PoseScores,
    standard_contestants,
)
from laban.pipeline.pose_evaluation.schema import pose_evaluation_answer
from laban.render.files import write_json

_ABSENT = "–"


@dataclass(frozen=True)
class EvaluatePoseOptions(EvaluationSettings):
    """The options of ``laban evaluate-pose``."""

    described: ClassVar[Described] = {
        "images": typer.Option(help="The folder of the images. [that of TRUTH.json]", metavar="DIR"),
        "model": typer.Option(help="lite, full or heavy; may be repeated. [full]"),
        "detector": typer.Option(help="blazepose or yolox; may be repeated. [both]"),
        "mediapipe": typer.Option(help="Evaluate MediaPipe too, if it is installed."),
        "threshold": typer.Option(help="The distance for PCK, in torso lengths."),
    }
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A JSON file to write.")] = None


@with_options("evaluate-pose")
def evaluate_pose(
    truth: Annotated[Path, typer.Argument(help="A COCO keypoint JSON file.", metavar="TRUTH.json")],
    *,
    options: EvaluatePoseOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Evaluate Laban's pose models and MediaPipe on images with labelled joints: mAP by OKS, and PCK."""
    output = options.output
    if output is not None and not output.parent.is_dir():
        raise OutputError(
            f"cannot write {output}: {output.parent} is not a folder; choose another place with -o"
        )
    evaluation = _run(truth, options, quiet=quiet)
    answer = pose_evaluation_answer(evaluation, threshold=options.threshold)
    if output is not None:
        write_json(output, answer)
    report(answer, _table(evaluation, threshold=options.threshold), as_json=as_json)
    _tell_what_is_missing(evaluation, quiet=quiet)
    raise typer.Exit(_exit_code(evaluation))


def _run(truth: Path, settings: EvaluationSettings, *, quiet: bool) -> PoseEvaluation:
    contestants = standard_contestants(
        models=settings.model, detectors=settings.detector, reference=settings.mediapipe
    )
    with progress_bar("judging", unit="images/s", quiet=quiet) as advance:
        return pose_evaluation.evaluate_pose(
            truth,
            images=settings.images,
            contestants=contestants,
            threshold=settings.threshold,
            progress=advance,
        )


def _exit_code(evaluation: PoseEvaluation) -> int:
    if not evaluation.scores:
        return NOTHING
    return PARTLY if evaluation.skipped else DONE


def _table(evaluation: PoseEvaluation, *, threshold: float) -> Any:
    from rich.table import Table

    title = f"{evaluation.people} people in {evaluation.images} images; found and ms are per image"
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", title=title, title_justify="left")
    table.add_column("estimator", no_wrap=True)
    for heading in ("mAP", "AP50", "AP75", "AR", f"PCK@{threshold:g}", "found", "ms"):
        table.add_column(heading, justify="right")
    for scores in evaluation.scores:
        table.add_row(scores.name, *_cells(scores))
    for name in evaluation.unavailable:
        table.add_row(name, *[_ABSENT] * 7)
    return table


def _cells(scores: PoseScores) -> list[str]:
    precision = scores.average_precision
    shares = (precision.mean, precision.at_50, precision.at_75, precision.recall, scores.correct_points.share)
    return [
        *(_ABSENT if math.isnan(share) else f"{share:.3f}" for share in shares),
        f"{scores.people_per_image:.2f}",
        f"{scores.seconds_per_image * 1000:.1f}",
    ]


def _tell_what_is_missing(evaluation: PoseEvaluation, *, quiet: bool) -> None:
    for name, reason in evaluation.unavailable.items():
        warn(f"{name} left out: {reason}", quiet=quiet)
    for name, reason in evaluation.skipped.items():
        warn(f"{name} skipped: {reason}", quiet=quiet)
