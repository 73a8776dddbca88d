"""``laban predict`` with an image classifier: the class of each image, or of each person in it."""

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import typer

from laban.cli.inputs import Input, output_paths
from laban.cli.output import Item, Outcome, for_each, report, say
from laban.cli.pose_options import PoseOptions
from laban.core.answers.image import ImageAnswers, ImageDetails
from laban.errors import InvalidValueError
from laban.pipeline.image.predict_files import ImagePredictionTask, ImageResult, predict_image_files
from laban.pipeline.image.prediction import ImageModel, LocatedAnswer
from laban.render.files import write_json, written
from laban.sources import Limits
from laban.sources.image import images_in, read_image

OVERLAY_SUFFIX = ".answers.png"
_WRITTEN = (".json", ".csv")


def predict_images(
    model: ImageModel,
    inputs: Sequence[Input],
    options: PoseOptions,
    *,
    output: Path | None,
    overlay: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Classifies every image; one that cannot be read is skipped, with the reason."""
    images = list(_images(inputs))
    if output is not None and output.suffix.lower() not in _WRITTEN:
        raise InvalidValueError(f"answers on images are written to .json or .csv, got {output}")
    if overlay is not None and overlay.suffix and len(images) > 1:
        raise InvalidValueError(f"--overlay must be a folder for several images, got {overlay}")
    task = _task(model, options, quiet=quiet)
    with closing(predict_image_files(task, [one.path for one in images])) as results:
        job = _Job(model, results, images, overlay, quiet=quiet)
        outcome = for_each(images, job.work, name=str)
    if output is not None:
        _write(output, job.answers)
    _report(outcome, job, output, as_json=as_json)
    raise typer.Exit(outcome.exit_code)


def _images(inputs: Sequence[Input]) -> "list[Input]":
    """Every image: those of a folder, otherwise the file that was named."""
    found = []
    for one in inputs:
        if one.path.is_dir():
            found += [Input(path, one.relative / path.name) for path in images_in(one.path)]
        else:
            found.append(one)
    return found


def _task(model: ImageModel, options: PoseOptions, *, quiet: bool) -> ImagePredictionTask:
    if not model.needs_people:
        return ImagePredictionTask(model)
    chosen = options.extraction(quiet=quiet)
    return ImagePredictionTask(model, chosen.model, chosen.detector)


class _Job:
    """One classifier and many images; collects the answers for each."""

    def __init__(
        self,
        model: ImageModel,
        results: Iterator[ImageResult],
        inputs: Sequence[Input],
        overlay: Path | None,
        *,
        quiet: bool,
    ) -> None:
        self.model, self.results, self.quiet = model, results, quiet
        self.answers: dict[str, list[LocatedAnswer]] = {}
        self.overlays: dict[str, Path] = {}
        if overlay is not None and overlay.suffix and not overlay.is_dir():
            self.overlays = {str(one): overlay for one in inputs}
        elif overlay is not None:
            paths = output_paths(inputs, overlay, suffix=OVERLAY_SUFFIX)
            self.overlays = {str(one): path for one, path in zip(inputs, paths, strict=True)}

    def work(self, one: Input) -> Item:
        answers = next(self.results)
        if isinstance(answers, Exception):
            raise answers
        self.answers[str(one)] = answers
        made = self._drawn(one, answers)
        words = ", ".join(f"{answer.label} {answer.probability:.0%}" for answer in answers) or "nobody found"
        if answers and answers[0].person is None and self.model.needs_people:
            words += " (nobody found; classified the whole image)"
        return Item(str(one), "done", made, details=self._details(answers), words=words)

    def _details(self, answers: Sequence[LocatedAnswer]) -> ImageDetails:
        return ImageDetails(self.model.name, tuple(answer.answer() for answer in answers))

    def _drawn(self, one: Input, answers: Sequence[LocatedAnswer]) -> tuple[str, ...]:
        target = self.overlays.get(str(one))
        if target is None:
            return ()
        from laban.pipeline.image.draw_answers import draw_image_answers
        from laban.render.sheet import write_png

        image = read_image(one.path, limits=Limits())
        return (str(write_png(target, draw_image_answers(image, answers))),)


def _write(path: Path, answers: dict[str, list[LocatedAnswer]]) -> None:
    if path.suffix.lower() == ".json":
        write_json(
            path, [ImageAnswers(name, tuple(one.answer() for one in said)) for name, said in answers.items()]
        )
        return
    with written(path) as temporary:
        temporary.write_text(_csv(answers), encoding="utf-8", newline="")


def _csv(answers: dict[str, list[LocatedAnswer]]) -> str:
    stream = io.StringIO()
    table = csv.writer(stream, lineterminator="\n")
    table.writerow(["source", "person", "label", "probability", "left_px", "top_px", "right_px", "bottom_px"])
    for source, said in answers.items():
        for one in said:
            box = (
                ["", "", "", ""] if one.box_xyxy_px is None else [f"{value:.1f}" for value in one.box_xyxy_px]
            )
            person = "" if one.person is None else one.person
            table.writerow([source, person, one.label, f"{one.probability:.4f}", *box])
    return stream.getvalue()


def _report(outcome: Outcome, job: _Job, output: Path | None, *, as_json: bool) -> None:
    if as_json:
        report(outcome.answers(), "", as_json=True)
        return
    for item in outcome.items:
        if item.reason is None:
            report(None, f"{item.source}: {item.words}", as_json=False)
            for path in item.outputs:
                report(None, path, as_json=False)
    if output is not None:
        say(f"written to {output}", quiet=job.quiet)
