"""What a model of clips answers of a stream: the same in a file, live, and at any rate of frames."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from laban.core.arrays import Float32Array, ImageArray
from laban.core.clock import WindowSpec
from laban.core.frame import Frame
from laban.core.spans import Span
from laban.errors import SourceError
from laban.models.card import Head, ModelCard, Task
from laban.models.inputs import ClipInput
from laban.models.protocol import Outputs
from laban.pipeline.video.stream import ClipStream, WholeStream, WindowStream, clip_stream
from laban.pipeline.video.streamed_model import StreamedModel
from laban.tasks.action.timeline import ActionSettings, Change

CLOCK = WindowSpec(2.0, 0.5, 8.0)
GIVEN = ClipInput(CLOCK, (16, 16))
EVENTS = Task("light", ("lit", "none"), background="none")
KINDS = Task("light", ("lit", "dark"))


class Lit:
    """Answers how many frames of a clip are bright, and notes how many frames it sees."""

    def __init__(self, task: Task = EVENTS) -> None:
        self.card = ModelCard("lit", "none", GIVEN, (Head(task),))
        self.seen = 0

    def run(self, values: ImageArray) -> Outputs:
        return self.answers(np.stack([self.features(one) for one in values]))

    def features(self, images: ImageArray, /) -> Float32Array:
        self.seen += len(images)
        return images.mean((1, 2, 3), dtype=np.float32)[:, None] / 255

    def answers(self, features: Float32Array, /) -> Outputs:
        lit = (features[..., 0] > 0.5).mean(1, dtype=np.float32)
        logits = np.stack([8 * lit - 4, 4 - 8 * lit], 1)
        return Outputs((logits,), features[..., 0])


def frames(times_s: Sequence[float], lit: Callable[[float], bool]) -> list[Frame]:
    images = {level: np.full((16, 16, 3), level, np.uint8) for level in (20, 230)}
    return [
        Frame.from_rgb(images[230 if lit(time_s) else 20], index=index, time_s=time_s)
        for index, time_s in enumerate(times_s)
    ]


def streamed(model: Lit, settings: ActionSettings | None = None) -> StreamedModel:
    return StreamedModel(model, GIVEN, model.card.heads[0], settings or ActionSettings())


def watched(stream: ClipStream, given: Sequence[Frame]) -> list[list[Change]]:
    return [*(stream.add(frame) for frame in given), stream.finish()]


def spans(steps: Sequence[Sequence[Change]]) -> list[Span]:
    return [change.span for step in steps for change in step if change.kind == "end"]


def at_rate(fps: float, *, seconds: float = 20.0) -> list[float]:
    return (np.arange(round(seconds * fps)) / fps).tolist()


def for_six_seconds(time_s: float) -> bool:
    return 6.0 <= time_s < 12.0


def unheard(_: str) -> None: ...


@pytest.mark.parametrize("fps", [2.0, 3.0, 8.0, 24.0, 29.97, 60.0, 120.0])
@pytest.mark.parametrize("task", [EVENTS, KINDS])
def test_any_rate_gives_the_same_events_within_a_hop(fps: float, task: Task) -> None:
    plain = spans(
        watched(WindowStream(streamed(Lit(task)), tell=unheard), frames(at_rate(30), for_six_seconds))
    )
    found = spans(
        watched(WindowStream(streamed(Lit(task)), tell=unheard), frames(at_rate(fps), for_six_seconds))
    )
    assert [one.label for one in found] == [one.label for one in plain]
    for one, other in zip(found, plain, strict=True):
        assert abs(one.start_s - other.start_s) <= CLOCK.hop_s + 1e-9
        assert abs(one.end_s - other.end_s) <= CLOCK.hop_s + 1e-9
        assert one.person is None


def test_each_sampled_frame_is_seen_once() -> None:
    fast, slow = Lit(), Lit()
    watched(WindowStream(streamed(fast), tell=unheard), frames(at_rate(120), for_six_seconds))
    watched(WindowStream(streamed(slow), tell=unheard), frames(at_rate(2), for_six_seconds))
    assert fast.seen == pytest.approx(20 * CLOCK.fps, abs=1)
    assert slow.seen == 40


def test_nothing_is_told_late() -> None:
    """The light goes on at 6 s; a window of which most is bright ends a second later, a hop more at most."""
    given = frames(at_rate(30), for_six_seconds)
    steps = watched(WindowStream(streamed(Lit()), tell=unheard), given)
    (begun,) = [
        frame.time_s for frame, step in zip(given, steps, strict=False) for one in step if one.kind == "begin"
    ]
    assert 6.5 <= begun <= 7.0 + CLOCK.hop_s + 1 / 30


def test_a_gap_of_the_stream_ends_what_goes_on() -> None:
    times_s = [one for one in at_rate(30) if not 8.0 < one < 11.5]
    found = spans(watched(WindowStream(streamed(Lit()), tell=unheard), frames(times_s, lambda _: True)))
    assert len(found) == 2
    assert found[0].end_s <= 8.0 + CLOCK.length_s
    assert found[1].start_s >= 11.0


def test_after_a_break_everything_begins_again() -> None:
    times_s = [*at_rate(30, seconds=5.0), *(one + 100.0 for one in at_rate(30, seconds=5.0))]
    stream = WindowStream(streamed(Lit()), tell=unheard)
    found = spans(watched(stream, frames(times_s, lambda _: True)))
    assert [one.label for one in found] == ["lit", "lit"]
    assert found[0].end_s <= 5.1
    assert (found[1].start_s, found[1].end_s) == pytest.approx((100.0, 105.0), abs=0.3)


def test_a_part_shorter_than_a_window_is_shown_whole() -> None:
    found = spans(
        watched(WindowStream(streamed(Lit()), tell=unheard), frames(at_rate(30, seconds=1.2), lambda _: True))
    )
    (span,) = found
    assert (span.start_s, span.end_s) == pytest.approx((0.0, 1.2), abs=0.13)
    brief = watched(
        WindowStream(streamed(Lit()), tell=unheard), frames(at_rate(30, seconds=0.3), lambda _: True)
    )
    assert spans(brief) == []


def test_a_slow_stream_is_warned_about_once() -> None:
    said: list[str] = []
    watched(WindowStream(streamed(Lit()), tell=said.append), frames(at_rate(2), for_six_seconds))
    assert len(said) == 1
    assert "8 frames a second and the source has about 2." in said[0]
    watched(WindowStream(streamed(Lit()), tell=said.append), frames(at_rate(30), for_six_seconds))
    assert len(said) == 1


def test_a_stream_may_follow_another() -> None:
    stream = WindowStream(streamed(Lit()), tell=unheard)
    first = watched(stream, frames(at_rate(30), for_six_seconds))
    assert watched(stream, frames(at_rate(30), for_six_seconds)) == first


def test_a_short_source_is_one_clip() -> None:
    given = frames(at_rate(30, seconds=2.9), lambda _: True)
    stream = clip_stream(streamed(Lit()), lasts_s=given[-1].time_s, name="a.mp4", tell=unheard)
    assert isinstance(stream, WholeStream)
    (span,) = spans(watched(stream, given))
    assert (span.start_s, span.end_s) == pytest.approx((0.0, 2.9))
    assert len(stream.answered) == 1
    for lasts_s in (None, 3.1):
        other = clip_stream(streamed(Lit()), lasts_s=lasts_s, name="a.mp4", tell=unheard)
        assert isinstance(other, WindowStream)


def test_a_clip_of_one_frame_is_refused() -> None:
    stream = clip_stream(streamed(Lit()), lasts_s=0.0, name="a.mp4", tell=unheard)
    with pytest.raises(SourceError, match=r"a\.mp4 has 1 frame"):
        watched(stream, frames([0.0], lambda _: True))


def test_thresholds_decide() -> None:
    settings = ActionSettings(enter=1.0, leave=1.0)
    given = frames(at_rate(30), for_six_seconds)
    assert spans(watched(WindowStream(streamed(Lit(), settings), tell=unheard), given)) == []


@pytest.mark.parametrize("fps", [5.0, 25.0])
@pytest.mark.parametrize("seconds", [6.0, 7.9, 8.0])
def test_nothing_ends_after_the_stream(fps: float, seconds: float) -> None:
    given = frames(at_rate(fps, seconds=seconds), lambda _: True)
    steps = watched(WindowStream(streamed(Lit(KINDS)), tell=unheard), given)
    (span,) = spans(steps)
    over_s = len(given) / fps
    assert over_s - CLOCK.hop_s - 1 / CLOCK.fps <= span.end_s <= over_s + 1e-9
