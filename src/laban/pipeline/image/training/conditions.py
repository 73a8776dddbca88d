"""The test under corruptions, and how much of the evidence lies on the person."""

from collections.abc import Sequence

import numpy as np

from laban.core.answers.image_metrics import AttentionAnswer
from laban.core.answers.metrics import ConditionAnswer
from laban.core.arrays import Float32Array, IntArray
from laban.core.pose import Pose
from laban.core.progress import Progress
from laban.errors import AssetError
from laban.models.card import Task
from laban.models.evaluation.image_metrics import corrupted_row, predicted_of
from laban.models.image.class_activation import evidence, share_within
from laban.models.image.corruptions import CORRUPTIONS, UNCORRUPTED
from laban.models.image.view import View, shown
from laban.pipeline.image.gathering import Finder, Gathered, Scene, scene_of
from laban.pipeline.image.people import whose
from laban.pipeline.image.subjects import labels_of
from laban.pipeline.image.training.ways import Way
from laban.pose.blazepose.person_mask import PersonMask
from laban.sources import Limits
from laban.sources.image import read_image

MOST = 200
"""The largest number of images that corruptions are applied to."""

CUT_OUT = "cut out, unchanged"
"""The images as the square that conditions change, without any change."""

_Answer = tuple[int, Float32Array]


def chosen_rows(rows: IntArray, labels: IntArray) -> IntArray:
    """At most ``MOST`` of the rows, evenly from each class."""
    if len(rows) <= MOST:
        return rows
    source = np.random.default_rng(0)
    shares = [source.permutation(rows[labels[rows] == label]) for label in np.unique(labels[rows])]
    order = [
        row for turn in range(max(map(len, shares))) for share in shares for row in share[turn : turn + 1]
    ]
    return np.sort(np.array(order[:MOST]))


def tried(
    way: Way,
    task: Task,
    gathered: Gathered,
    rows: IntArray,
    *,
    find: Finder | None,
    view: View,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[tuple[ConditionAnswer, ...], list[Scene]]:
    """The metrics of the images ``rows``, unchanged and under each of ``CORRUPTIONS``, and their scenes.

    Unchanged, the answers are those of the test. A way that searches for people again in the changed square may
    answer differently there even without a change; then that is a separate row, ``CUT_OUT``.

    The person's mask is that of BlazePose's landmark network; images in which nobody is found have none, and
    get no other background.
    """
    masks = _masks() if find is not None else None
    labels = labels_of(task, gathered.subjects)
    said: dict[str, list[_Answer]] = {name: [] for name in (UNCORRUPTED, *CORRUPTIONS)}
    scenes = []
    for count, row in enumerate(rows.tolist(), 1):
        scene = scene_of(gathered.subjects[row], _pose(gathered, row, find), view, masks)
        scenes.append(scene)
        source = np.random.default_rng((seed, row))
        images = {UNCORRUPTED: scene.image} | {
            name: moved
            for name, shift in CORRUPTIONS.items()
            if (moved := shift(scene.image, scene.mask, source)) is not None
        }
        answers = way.logits_of([(image, scene.box_xyxy_px) for image in images.values()])
        for name, answer in zip(images, answers, strict=True):
            said[name].append((row, answer))
        if progress is not None:
            progress(count, len(rows))
    plain = list(zip(rows.tolist(), way.logits(rows), strict=True))
    cut_out = {} if _answered_alike(plain, said[UNCORRUPTED]) else {CUT_OUT: said[UNCORRUPTED]}
    tables = {UNCORRUPTED: plain, **cut_out, **{name: said[name] for name in CORRUPTIONS}}
    return tuple(_row(name, held, task, labels) for name, held in tables.items()), scenes


def _answered_alike(one: Sequence[_Answer], other: Sequence[_Answer]) -> bool:
    if not one:
        return True
    first, second = (predicted_of(np.stack([logits for _, logits in held])) for held in (one, other))
    return bool((first == second).all())


def _row(name: str, held: Sequence[_Answer], task: Task, labels: IntArray) -> ConditionAnswer:
    if not held:
        return ConditionAnswer(name, 0, None, None, "nobody's mask is known")
    of, logits = zip(*held, strict=True)
    return corrupted_row(name, task, labels[list(of)], np.stack(logits))


def attention(
    way: Way, rows: IntArray, scenes: Sequence[Scene], logits: Float32Array
) -> AttentionAnswer | None:
    """The share of the evidence that lies on the person, and the share of the view that is person.

    None for a way without positions, or without masks.
    """
    places = way.places(rows)
    if places is None:
        return None
    held, areas = [], []
    for place, scene, label in zip(places, scenes, predicted_of(logits).tolist(), strict=True):
        if scene.mask is not None:
            mask = _in_view(scene)
            held.append(share_within(evidence(place, label), mask))
            areas.append(float(mask.mean()))
    known = np.isfinite(held)
    if not known.any():
        return None
    shares = np.array(held)[known]
    return AttentionAnswer(
        images=int(known.sum()),
        on_person=float(shares.mean()),
        person_share=float(np.array(areas)[known].mean()),
    )


def _in_view(scene: Scene) -> Float32Array:
    """The mask in the middle of the scene, which is the input."""
    from laban.pipeline.image.gathering import ROOM

    if scene.mask is None:
        raise ValueError("a scene without a mask has none in view")
    side = scene.mask.shape[0]
    reach = side / ROOM / 2
    square = np.array([side / 2 - reach, side / 2 - reach, side / 2 + reach, side / 2 + reach])
    grey = np.repeat((scene.mask * 255).astype(np.uint8)[..., None], 3, 2)
    return np.asarray(shown(grey, square, side_px=112)[..., 0] / 255, dtype=np.float32)


def _pose(gathered: Gathered, row: int, find: Finder | None) -> Pose | None:
    known = gathered.poses[row]
    if known is not None or find is None:
        return known
    subject = gathered.subjects[row]
    image = read_image(subject.image.path, limits=Limits())
    return whose(find(image), subject.box_px((image.shape[1], image.shape[0])))


def _masks() -> PersonMask | None:
    try:
        return PersonMask()
    except AssetError:
        return None
