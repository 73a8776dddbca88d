"""A JSON Schema for each answer: the files in ``docs/schemas``, listed on the page about answers.

Types of the web page are generated from these files, so nothing in them is left open: every field has a
description, and a field that is always present is required.
"""

import ast
import inspect
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from functools import cache
from itertools import pairwise
from textwrap import dedent
from typing import Any

from laban.core.answers import Answer, JsonObject
from laban.core.answers.audit import AuditAnswer, ImageAuditAnswer
from laban.core.answers.clip_metrics import ClipEvaluation, ClipMetrics, ClipTrainingAnswer
from laban.core.answers.coaching import CoachedInstantAnswer, ExerciseAnswer, KeptWorkoutAnswer, WorkoutLine
from laban.core.answers.comparison import (
    ComparedMovements,
    ComparedPoses,
    CountedRepetitions,
    MovementsFile,
    PosesAnswer,
    RepetitionsAnswer,
)
from laban.core.answers.explanation import ClipExplanationAnswer, ExplanationAnswer
from laban.core.answers.fusion_metrics import FusionMetrics, FusionTrainingAnswer
from laban.core.answers.image import ImageAnswers, PredictedImage
from laban.core.answers.image_metrics import ImageMetrics, ImageTrainingAnswer
from laban.core.answers.metrics import MetricsAnswer, TrainingAnswer, TrainingMetrics
from laban.core.answers.outcomes import (
    AddedClassAnswer,
    AssetAnswer,
    ConversionAnswer,
    DemoAnswer,
    Drawings,
    ExtractedSource,
    FetchedAsset,
    PageAnswer,
    PredictedSource,
)
from laban.core.answers.pose_evaluation import PoseEvaluationAnswer
from laban.core.answers.posture import (
    HeldPostureLine,
    PostureAnswer,
    PostureEventLine,
    PostureFile,
    VisitsAnswer,
    VisitsFile,
)
from laban.core.answers.recording import FeaturesAnswer, RecordingAnswer
from laban.core.answers.timeline import TimelineAnswer, WatchLine
from laban.core.events import Event
from laban.tasks.coaching.exercise_parts import LearntExercise
from scripts.docs.blocks import markdown_table

FOLDER = "docs/schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ANY = {"$ref": "#/$defs/Json"}
_JSON = {
    "description": "Any JSON.",
    "anyOf": [
        {"type": ["null", "boolean", "number", "string"]},
        {"type": "array", "items": _ANY},
        {"type": "object", "additionalProperties": _ANY},
    ],
}


@dataclass(frozen=True)
class Published:
    """A published answer: its ``kind`` (class), its description (``says``), and ``where`` it comes from; with
    ``is_whole`` the JSON holds every field, including those with default values."""

    kind: object
    says: str
    where: tuple[str, ...]
    is_whole: bool = False


PUBLISHED: Mapping[str, Published] = {
    "recording": Published(
        RecordingAnswer, "the people in a recording, their time ranges and visibility", ("laban show",)
    ),
    "extraction": Published(tuple[ExtractedSource, ...], "the outcome for each source", ("laban extract",)),
    "features": Published(FeaturesAnswer, "angles and kinematics", ("laban features",)),
    "conversion": Published(ConversionAnswer, "a file in another format", ("laban convert",)),
    "drawings": Published(Drawings, "images of a recording", ("laban draw",)),
    "page": Published(PageAnswer, "a page in 3D", ("laban view",)),
    "prediction": Published(
        tuple[PredictedSource, ...], "the timeline of each person, source by source", ("laban predict",)
    ),
    "timeline": Published(
        tuple[TimelineAnswer, ...], "the same as a file", ("laban predict -o clip.timeline.json",)
    ),
    "watch-line": Published(WatchLine, "a line of a live watch", ("laban watch",)),
    "event": Published(Event, "an event of any live watcher", ("Event.to_json",), is_whole=True),
    "explanation": Published(
        ExplanationAnswer, "which joints and times speak for an answer", ("laban explain",)
    ),
    "clip-explanation": Published(
        ClipExplanationAnswer,
        "which frames and places speak for an answer from pixels",
        ("laban explain with a recogniser from pixels",),
    ),
    "comparison": Published(
        ComparedPoses | ComparedMovements, "how close two poses or movements are", ("laban compare",)
    ),
    "comparison-file": Published(
        PosesAnswer | MovementsFile, "the same with all curves over time", ("comparison.json",)
    ),
    "repetitions": Published(CountedRepetitions, "the repetitions in a clip", ("laban reps",)),
    "repetitions-file": Published(RepetitionsAnswer, "the same as a file", ("repetitions.json",)),
    "posture": Published(tuple[PostureAnswer, ...], "how bodies are aligned", ("laban posture",)),
    "posture-file": Published(
        PostureFile, "the same of one source, with measures over time", ("posture.json",)
    ),
    "visits": Published(VisitsAnswer, "what changed over visits", ("laban posture --visits",)),
    "visits-file": Published(VisitsFile, "the changes as a file", ("visits.json",)),
    "posture-line": Published(
        PostureEventLine | HeldPostureLine, "a line of the live watch", ("laban posture --live",)
    ),
    "coaching-line": Published(
        CoachedInstantAnswer | WorkoutLine,
        "a line of a coached workout; the last is its summary",
        ("laban coach", "feedback.jsonl (without the summary)"),
    ),
    "workout": Published(KeptWorkoutAnswer, "a workout", ("workout.json",)),
    "workouts": Published(
        tuple[KeptWorkoutAnswer, ...], "the workouts that were kept", ("laban coach history",)
    ),
    "exercises": Published(
        tuple[ExerciseAnswer, ...], "the exercises that come with Laban", ("laban coach exercises",)
    ),
    "exercise": Published(LearntExercise, "an exercise learnt from an example", ("laban coach learn",)),
    "audit": Published(AuditAnswer, "the faults of labelled clips", ("laban audit",)),
    "image-audit": Published(
        ImageAuditAnswer, "what is wrong with labelled images", ("laban audit of images",)
    ),
    "added-class": Published(AddedClassAnswer, "a class added to a model", ("laban add-class",)),
    "image-prediction": Published(
        tuple[PredictedImage, ...],
        "the classes of images",
        ("laban predict with an image classifier",),
    ),
    "image-answers": Published(
        tuple[ImageAnswers, ...], "the same as a file", ("laban predict -o answers.json",)
    ),
    "training": Published(TrainingAnswer, "the result of training a recogniser", ("laban train",)),
    "metrics": Published(TrainingMetrics, "the metrics of a trained model", ("metrics.json of laban train",)),
    "evaluation": Published(
        MetricsAnswer, "the metrics of a model on other data", ("laban evaluate", "its metrics.json")
    ),
    "image-training": Published(
        ImageTrainingAnswer, "the result of training an image classifier", ("laban train-image",)
    ),
    "image-metrics": Published(
        ImageMetrics, "the metrics of an image classifier", ("metrics.json of laban train-image",)
    ),
    "clip-training": Published(
        ClipTrainingAnswer, "the result of training on the pixels of clips", ("laban train-video",)
    ),
    "clip-metrics": Published(
        ClipMetrics, "the metrics of a recogniser from pixels", ("metrics.json of laban train-video",)
    ),
    "clip-evaluation": Published(
        ClipEvaluation,
        "the metrics of a recogniser from pixels on other data",
        ("laban evaluate of a recogniser from pixels", "its metrics.json"),
    ),
    "fusion-training": Published(
        FusionTrainingAnswer,
        "the result of training on poses and pixels",
        ("laban train --inputs pose,video",),
    ),
    "fusion-metrics": Published(
        FusionMetrics,
        "the metrics of a recogniser from poses and pixels",
        ("metrics.json of laban train --inputs pose,video",),
    ),
    "pose-evaluation": Published(
        PoseEvaluationAnswer, "the scores of pose estimators", ("laban evaluate-pose",)
    ),
    "assets": Published(tuple[AssetAnswer, ...], "weights and samples", ("laban assets list",)),
    "fetched-assets": Published(
        tuple[FetchedAsset, ...], "what became of each asset", ("laban assets fetch",)
    ),
    "demo": Published(DemoAnswer, "the files made by the demo", ("laban demo",)),
}
"""The published answers by the name of their schema."""


@cache
def schema_files() -> dict[str, str]:
    """The text of every schema by its path from the root of the project."""
    return {
        f"{FOLDER}/{name}.json": json.dumps(schema_of(name), indent=1, ensure_ascii=False) + "\n"
        for name in PUBLISHED
    }


def answers_table() -> str:
    """One row per schema: its description, where it comes from, and its file."""
    rows = (
        [f"[{name}](schemas/{name}.json)", one.says, ", ".join(f"`{place}`" for place in one.where)]
        for name, one in PUBLISHED.items()
    )
    return markdown_table(("schema", "says", "from"), rows)


@cache
def schema_of(name: str) -> JsonObject:
    """The JSON Schema of a published answer, complete in itself."""
    from pydantic import TypeAdapter

    raw: dict[str, Any] = TypeAdapter(PUBLISHED[name].kind).json_schema(mode="serialization")
    definitions = raw.pop("$defs", {})
    if PUBLISHED[name].is_whole:
        raw |= {"required": list(raw["properties"]), "additionalProperties": False}
    named = {**definitions, **({raw["title"]: raw} if "title" in raw else {})}
    for title, one in named.items():
        _describe(one, _ANSWERS.get(title))
    closed = _closed(raw)
    held = {title: _closed(one) for title, one in sorted(definitions.items())}
    if _ANY["$ref"] in json.dumps([closed, held]):
        held["Json"] = _JSON
    says = PUBLISHED[name].says
    head = {"$schema": _DIALECT, "title": name, "description": f"{says[:1].upper()}{says[1:]}."}
    return {**head, **{key: part for key, part in closed.items() if key not in head}, "$defs": held}


def _subclasses(kind: type[Answer]) -> Iterator[type[Answer]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


_ANSWERS: Mapping[str, type] = {"Event": Event} | {one.__name__: one for one in _subclasses(Answer)}


def _describe(schema: dict[str, Any], answer: type | None) -> None:
    """Adds the descriptions of fields from the classes that they are inherited from."""
    if answer is None:
        return
    for base in answer.__mro__:
        for field, words in _field_docs(base).items():
            if field in schema["properties"]:
                schema["properties"][field].setdefault("description", words)
    schema.setdefault("description", inspect.getdoc(answer))
    schema["properties"] = {name.rstrip("_"): one for name, one in schema["properties"].items()}
    schema["required"] = [name.rstrip("_") for name in schema.get("required", [])]


def _field_docs(kind: type) -> dict[str, str]:
    """The docstrings below the fields of a dataclass."""
    if not is_dataclass(kind):
        return {}
    (definition,) = ast.parse(dedent(inspect.getsource(kind))).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    return {
        field.target.id: text.value.value
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


def _closed(schema: Any) -> Any:
    """A schema without field titles, closed to other fields, with descriptions in plain text."""
    if schema is True or schema == {}:
        return _ANY
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out: dict[str, Any] = {}
    for key, part in schema.items():
        if key == "properties":
            always = schema.get("required", ())
            out[key] = {name: _field(_closed(one), always=name in always) for name, one in part.items()}
        elif key == "description":
            out[key] = _plain(part)
        elif key in ("title", "default"):
            out |= {"default": part} if key == "default" else {}
        elif key in ("required", "enum", "const", "type", "pattern"):
            out[key] = part
        else:
            out[key] = _closed(part)
    return _listed(out)


def _field(schema: dict[str, Any], *, always: bool) -> dict[str, Any]:
    """An optional field is never null."""
    if always or "default" not in schema:
        return {key: part for key, part in schema.items() if key != "default"}
    rest = {key: part for key, part in schema.items() if key not in ("default", "anyOf")}
    some = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return {**rest, **(some[0] if len(some) == 1 else {"anyOf": some} if some else {})}


def _listed(schema: dict[str, Any]) -> dict[str, Any]:
    """A list of fixed length takes no further items."""
    return {**schema, "items": False} if "prefixItems" in schema else schema


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("``", "`")
