"""``laban evaluate-pose``: pose estimators side by side on marked pictures."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from laban.errors import OutputError
from laban.pipeline.pose_evaluation import (
    DETECTORS,
    MODELS,
    PoseEvaluation,
    PoseScores,
    evaluate_pose,
    standard_contestants,
)

NOTHING_DONE, SOME_FAILED = 1, 3


def evaluate_pose_command(
    truth: Annotated[Path, typer.Argument(help="A COCO keypoint JSON file.", metavar="TRUTH.json")],
    *,
    images: Annotated[Path | None, typer.Option(help="The folder of its pictures.")] = None,
    model: Annotated[list[str] | None, typer.Option(help="lite, full or heavy; may be repeated.")] = None,
    detector: Annotated[list[str] | None, typer.Option(help="blazepose or yolox; may be repeated.")] = None,
    mediapipe: Annotated[bool, typer.Option(help="Also judge MediaPipe, where it is installed.")] = True,
    threshold: Annotated[float, typer.Option(help="Of PCK, in torso lengths.")] = 0.2,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="A JSON file to write.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress bar.")] = False,
) -> None:
    """Judge our pose models and MediaPipe on pictures whose joints are marked: mAP by OKS, and PCK."""
    errors = Console(stderr=True, highlight=False)
    with _progress_bar(errors, quiet=quiet) as bar:
        task = bar.add_task("pictures", total=None)
        evaluation = evaluate_pose(
            truth,
            images=images,
            contestants=standard_contestants(
                models=model or MODELS, detectors=detector or DETECTORS, reference=mediapipe
            ),
            threshold=threshold,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    report = evaluation_report(evaluation, threshold=threshold)
    if output is not None:
        _write(output, report)
    if as_json:
        typer.echo(json.dumps(report, indent=2))
    else:
        Console(highlight=False).print(_table(evaluation, threshold=threshold))
    _tell_what_is_missing(evaluation, errors)
    if not evaluation.scores:
        raise typer.Exit(NOTHING_DONE)
    if evaluation.skipped:
        raise typer.Exit(SOME_FAILED)


def evaluation_report(evaluation: PoseEvaluation, *, threshold: float) -> dict[str, Any]:
    """The evaluation as JSON holds it; a figure that is not defined is null."""
    return {
        "images": evaluation.images,
        "people": evaluation.people,
        "pck_threshold_torso": threshold,
        "estimators": [_without_nan(asdict(scores)) for scores in evaluation.scores],
        "skipped": dict(evaluation.skipped),
        "unavailable": dict(evaluation.unavailable),
    }


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(part) for key, part in value.items()}
    return None if isinstance(value, float) and math.isnan(value) else value


def _write(path: Path, report: dict[str, Any]) -> None:
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_text(json.dumps(report, indent=2) + "\n")
        part.replace(path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}; choose another place with -o") from error


def _table(evaluation: PoseEvaluation, *, threshold: float) -> Table:
    table = Table(title=f"{evaluation.people} people in {evaluation.images} pictures")
    table.add_column("estimator", no_wrap=True)
    for heading in ("mAP", "AP50", "AP75", "AR", f"PCK@{threshold:g}", "people/picture", "ms/picture"):
        table.add_column(heading, justify="right")
    for scores in evaluation.scores:
        table.add_row(scores.name, *_cells(scores))
    for name in evaluation.unavailable:
        table.add_row(name, *["–"] * 7)
    return table


def _cells(scores: PoseScores) -> list[str]:
    precision = scores.average_precision
    shares = (precision.mean, precision.at_50, precision.at_75, precision.recall, scores.correct_points.share)
    return [
        *("–" if math.isnan(share) else f"{share:.3f}" for share in shares),
        f"{scores.people_per_image:.2f}",
        f"{scores.seconds_per_image * 1000:.1f}",
    ]


def _tell_what_is_missing(evaluation: PoseEvaluation, errors: Console) -> None:
    for name, reason in evaluation.unavailable.items():
        errors.print(f"{name} left out: {reason}", markup=False)
    for name, reason in evaluation.skipped.items():
        errors.print(f"{name} skipped: {reason}", markup=False)


def _progress_bar(console: Console, *, quiet: bool) -> Progress:
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True)
