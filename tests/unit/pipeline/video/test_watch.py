"""A recogniser from pixels in a live session."""

import pytest
from tests.unit.pipeline.video.test_stream import (
    Lit,
    at_rate,
    for_six_seconds,
    frames,
    spans,
    streamed,
    watched,
)

from laban.core.frame import FrameInfo
from laban.errors import InvalidValueError
from laban.live.session import LiveSession, SessionStats
from laban.pipeline.video.stream import WindowStream
from laban.pipeline.video.watch import ClipWatch
from laban.sources import SyntheticScene, SyntheticSource


def test_events_are_those_of_the_stream_and_have_no_person() -> None:
    given = frames(at_rate(30), for_six_seconds)
    (span,) = spans(watched(WindowStream(streamed(Lit()), tell=print), given))
    watch = ClipWatch(WindowStream(streamed(Lit()), tell=print))
    events = [event for one in given for event in watch.update(one.time_s, [], FrameInfo.of(one))]
    begun, ended = [*events, *watch.finish()]
    assert (begun.kind, ended.kind) == ("begin", "end")
    assert begun.id == ended.id
    assert (ended.task, ended.label, ended.start_s, ended.end_s) == ("light", "lit", span.start_s, span.end_s)
    assert ended.person is None
    assert ended.probability == span.score


def test_landmarks_alone_are_refused() -> None:
    watch = ClipWatch(WindowStream(streamed(Lit()), tell=print))
    with pytest.raises(InvalidValueError, match="watches images"):
        watch.update(0.0, [], FrameInfo(0, (640, 480)))


def test_a_session_looks_for_nobody_without_an_estimator() -> None:
    told: list[SessionStats] = []
    source = SyntheticSource(SyntheticScene(people=2, seconds=3.0, size_wh=(64, 36)))
    model = Lit()
    watcher = ClipWatch(WindowStream(streamed(model), tell=print))
    session = LiveSession(source, [watcher], estimator=None, on_stats=told.append)
    moments = list(session.moments())
    session.finish()
    assert all(moment.people == () for moment in moments)
    assert (told[-1].frames, told[-1].people) == (90, 0)
    assert model.seen == 25
