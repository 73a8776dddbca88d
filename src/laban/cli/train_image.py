"""``laban train-image``: an image classifier from labelled images."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar

import typer
from rich.console import Group
from rich.padding import Padding
from rich.text import Text

from laban.cli.asset_fetching import fetch_asset
from laban.cli.extract_options import ExtractOptions, with_weights
from laban.cli.inputs import check_output_folder
from laban.cli.metrics_tables import classes_table, empty_table, exports_table, share
from laban.cli.options import AsJson, Described, Quiet, part_of, with_options
from laban.cli.output import DONE, PARTLY, warn
from laban.cli.progress import report_learned, stage_bars
from laban.core.answers.image_metrics import ImageMetrics
from laban.errors import AssetError, InvalidValueError
from laban.models.needs import check_can_train
from laban.pipeline.image.gathering import people_finder
from laban.pipeline.image.open import open_images
from laban.pipeline.image.training.run import Tools, learn_images
from laban.pipeline.image.training.settings import ImageLearningSettings
from laban.render.report import protocol_words


@dataclass(frozen=True)
class TrainImageOptions(ImageLearningSettings):
    """The options of ``laban train-image``."""

    output: Annotated[
        Path, typer.Option("-o", "--output", metavar="RUN", help="The folder of the run. [run]")
    ] = Path("run")
    described: ClassVar[Described] = {
        "backbone": typer.Option(
            help="What is classified: pixels (efficientnet_lite0) or body landmarks (landmarks)."
        ),
        "tune": typer.Option(help="How much of the backbone is trained: frozen, partly or free."),
        "crop": typer.Option(help="What the network sees: person or whole image."),
        "margin": typer.Option(
            metavar="F", help="The side of the square crop as a multiple of the person's box."
        ),
        "split": typer.Option(help="How the data is split: auto, group, data or random."),
        "group": typer.Option(
            metavar="REGEX",
            help="A regular expression on an image's name; its parentheses capture the group.",
        ),
        "epochs": typer.Option(metavar="N", help="Epochs for the head. [30]"),
        "tune_epochs": typer.Option(metavar="N", help="Epochs for the backbone. [12]"),
        "versions": typer.Option(metavar="N", help="Augmented versions of each image."),
        "mirror": typer.Option(help="Train on mirrored images too, with left and right classes exchanged."),
        "class_weights": typer.Option(help="The weights of classes in the loss: balanced or even."),
        "shifts": typer.Option(help="Evaluate the test images under corruptions too, such as other light."),
        "pose_model": typer.Option(help="The landmark network: lite, full or heavy."),
        "detector": typer.Option(help="The person detector: auto, blazepose or yolox."),
        "seed": typer.Option(metavar="N", help="The seed of all random numbers."),
        "threads": typer.Option(metavar="N", help="CPU threads for training. [all cores]"),
    }

    def learning(self) -> ImageLearningSettings:
        """The settings that decide what is learned."""
        return part_of(self, ImageLearningSettings)


@with_options("train-image")
def train_image(
    data: Annotated[
        Path,
        typer.Argument(
            metavar="DATA",
            help="A folder of images for each class, a table, YOLO-pose, or COCO keypoints.",
            show_default=False,
        ),
    ],
    *,
    options: TrainImageOptions,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train an image classifier on labelled images, evaluate it, and export it for use.

    It starts from EfficientNet-Lite0 trained on ImageNet, or from the landmarks of the people in the images. People
    and scenes (groups) are never on both sides of a split. The folder of the run holds model.tflite, smaller files
    of 16 and 8 bits, report.html and metrics.json. An image that cannot be read is left out and named. A run that
    was stopped continues where it was, and a finished one is not repeated.
    """
    check_can_train()
    folder = options.output
    check_output_folder(folder)
    images = open_images(data)
    if folder.resolve() == images.root.resolve():
        raise InvalidValueError(f"{folder} holds the data; name another folder for the run with -o")
    settings = options.learning()
    with ExitStack() as stack:
        tools = _tools(settings, stack, quiet=quiet)
        listener = stack.enter_context(stage_bars(unit="/s", quiet=quiet))
        learned = learn_images(images, folder, settings, tools=tools, listener=listener)
    for note in learned.metrics.notes[:10]:
        warn(note, quiet=quiet)
    report_learned(learned, _tables(learned.metrics), as_json=as_json)
    raise typer.Exit(PARTLY if any("was left out" in note for note in learned.metrics.notes) else DONE)


def _tools(settings: ImageLearningSettings, stack: ExitStack, *, quiet: bool) -> Tools:
    """The backbone and the person finder, with weights fetched; if those of the pose engine are not available, only
    the backbone."""
    backbone = None
    if not settings.of_landmarks:
        from laban.models.image.backbone import pretrained

        path = fetch_asset("efficientnet_lite0", quiet=quiet)
        backbone = lambda: pretrained(path)  # noqa: E731
    try:
        wanted = ExtractOptions(model=settings.pose_model, detector=settings.detector)
        chosen = with_weights(wanted, quiet=quiet)
        find = stack.enter_context(people_finder(model=chosen.model, detector=chosen.detector))
    except AssetError as error:
        if settings.of_landmarks:
            raise
        warn(f"people cannot be found in the images: {error.brief}", quiet=quiet)
        return Tools(backbone=backbone)
    return Tools(find, backbone)


def _tables(metrics: ImageMetrics) -> Group:
    scores = metrics.images
    head = f"accuracy {share(scores.accuracy)}, macro F1 {share(scores.macro_f1)} on {scores.count} images"
    shifts = empty_table("condition", "accuracy", "macro F1", "images")
    for row in metrics.shifts:
        shifts.add_row(Text(row.name), share(row.accuracy), share(row.macro_f1), str(row.count))
    made = [(one, one.accuracy_change) for one in metrics.export]
    notes = [Text(note, style="yellow") for note in metrics.split.notes]
    tables = [
        Padding(one, (1, 0, 0, 2))
        for one in (classes_table(scores, of="images"), shifts, exports_table(made))
        if one.row_count
    ]
    return Group(Text(f"{head}, {protocol_words(metrics.split)}", style="bold"), *tables, Text(""), *notes)
