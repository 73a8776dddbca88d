"""``laban explain`` with a recogniser from pixels: which frames, and which places in them, decided its answer."""

from pathlib import Path
from typing import TYPE_CHECKING

from laban.cli.output import progress_bar, report, warn
from laban.cli.pixel_options import ENGINE, refuse_pose_options
from laban.errors import InvalidValueError, SourceError
from laban.models.explanation.clip_attribution import LEAST_NATS
from laban.pipeline.recording.video import open_frames
from laban.pipeline.video.explain import (
    ExplainedClip,
    clip_explanation_answer,
    explain_moment,
    write_evidence_strip,
    write_evidence_video,
    write_key_frames,
)
from laban.pipeline.video.moment import moment_of
from laban.pipeline.video.prediction import ClipRecogniser
from laban.render.words import format_time
from laban.sources.containers import absence

if TYPE_CHECKING:
    from laban.cli.explain import ExplainOptions

STRIP_SUFFIX = ".strip.png"

_SPANS, _PLACES = 3, 3


def explain_clip_of(
    recogniser: ClipRecogniser,
    clip: Path,
    options: "ExplainOptions",
    *,
    suffixes: tuple[str, str],
    as_json: bool,
    quiet: bool,
) -> None:
    """Explains the answer to one video; ``suffixes`` are those of the key instants and of the drawn video."""
    _refuse(options, recogniser)
    _ = recogniser.model.card.head(options.task or recogniser.head.task.name)
    if not clip.exists():
        raise SourceError(absence(clip))
    with progress_bar(clip.name, quiet=quiet) as advance:
        moment = moment_of(recogniser, clip, label=options.label, fps=options.fps, progress=advance)
    for warning in moment.warnings:
        warn(f"{clip}: {warning}", quiet=quiet)
    with progress_bar("hiding places", unit="views/s", quiet=quiet) as advance:
        explained = explain_moment(recogniser, moment, source=str(clip), progress=advance)
    files = _drawn(clip, explained, options, suffixes, quiet=quiet)
    value = clip_explanation_answer(explained, model=recogniser.name, files=files)
    report(value, _words(explained, files), as_json=as_json)


def _refuse(options: "ExplainOptions", recogniser: ClipRecogniser) -> None:
    """Raises InvalidValueError for options that decide nothing here."""
    if options.method != "occlusion":
        raise InvalidValueError(
            f"{recogniser.name} is explained by occlusion only, got --method {options.method}: it answers without "
            "gradients"
        )
    refuse_pose_options(options, *ENGINE, "size", model=recogniser.name)
    for name in ("person", "source"):
        if getattr(options, name) is not None:
            raise InvalidValueError(
                f"--{name} is about people and the poses that were taken from a video, and {recogniser.name} looks "
                f"at the video itself; leave out --{name}"
            )


def _drawn(
    clip: Path, explained: ExplainedClip, options: "ExplainOptions", suffixes: tuple[str, str], *, quiet: bool
) -> list[Path]:
    folder, (instants, video) = options.output, suffixes
    files = [
        write_evidence_strip(folder / (clip.stem + STRIP_SUFFIX), explained),
        write_key_frames(folder / (clip.stem + instants), explained, count=options.instants),
    ]
    if options.video:
        path = folder / (clip.stem + video)
        with (
            progress_bar("drawing", quiet=quiet) as advance,
            open_frames(clip, fps=options.fps) as frames,
        ):
            write_evidence_video(path, explained, frames, progress=advance)
        files.append(path)
    return files


def _words(explained: ExplainedClip, files: list[Path]) -> str:
    places = [f"{place_words(box)} {nats:.2f}" for box, nats in explained.places() if nats > LEAST_NATS]
    spans = [f"{format_time(start)} to {format_time(end)}" for start, end in explained.spans_s()[:_SPANS]]
    lines = {
        "where": ", ".join(places[:_PLACES]) or "no place speaks for it by itself",
        "when": ", ".join(spans) or "at no time more than at others",
    }
    rows = [f"{key:<8}{value}" for key, value in lines.items()]
    return "\n".join([*explained.headline, *rows, *map(str, files)])


def place_words(box: tuple[float, float, float, float]) -> str:
    """Where the middle of a box (left, top, right, bottom, in shares of the image) is.

    >>> place_words((0.0, 0.0, 0.2, 0.2)), place_words((0.4, 0.4, 0.6, 0.6)), place_words((0.8, 0.4, 1.0, 0.6))
    ('upper left', 'centre', 'right')
    """
    left, top, right, bottom = box
    across = _third((left + right) / 2, "left", "right")
    down = _third((top + bottom) / 2, "upper", "lower")
    if not down or not across:
        return across or {"upper": "top", "lower": "bottom"}.get(down, "centre")
    return f"{down} {across}"


def _third(share: float, first: str, last: str) -> str:
    return first if share < 1 / 3 else last if share > 2 / 3 else ""
