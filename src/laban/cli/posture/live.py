"""``laban posture --live``: a line of JSON for each change, reminders, and a total at the end."""

from collections.abc import Sequence
from contextlib import ExitStack

from laban.cli.output import report_line, say, warn
from laban.cli.posture.options import PostureOptions
from laban.cli.signals import stopped_by_signals
from laban.cli.standard_input import read_or_given
from laban.core.answers.posture import HeldPostureLine
from laban.errors import InvalidValueError
from laban.live.session import LiveSession
from laban.pipeline.posture.schema import event_answer, holding_answer
from laban.pipeline.posture.watch import PostureWatch
from laban.pipeline.recording.estimator import open_estimator
from laban.pipeline.recording.live_source import open_live_source
from laban.render.words import count_breaks, format_duration
from laban.tasks.posture.watch import PostureWatcher


def watch_posture(sources: Sequence[str], options: PostureOptions, *, quiet: bool) -> None:
    """Watches one source until it ends or Ctrl-C; the last line is the total."""
    if len(sources) != 1:
        raise InvalidValueError(f"--live watches one source, got {len(sources)}; give a camera or one video")
    measured = PostureWatcher(
        settings=options.settings(), holding=options.holding(), rules=options.chosen_rules()
    )
    watcher = PostureWatch(measured, person=options.person)
    with ExitStack() as stack:
        stop = stack.enter_context(stopped_by_signals())
        opened = stack.enter_context(open_live_source(read_or_given(sources[0]), fps=options.fps))
        estimator = stack.enter_context(open_estimator(options.extraction(quiet=quiet)))
        session = LiveSession(opened, [watcher], estimator=estimator, stop=stop)
        for _ in session.moments():
            for change in watcher.changes:
                report_line(event_answer(change))
        session.finish()
        for warning in opened.warnings:
            warn(f"{sources[0]}: {warning}", quiet=quiet)
    holding = watcher.holding()
    report_line(HeldPostureLine.extending(holding_answer(holding), kind="sum"))
    say(
        f"watched for {format_duration(holding.watched_s)}, slumped for {format_duration(holding.slump_s)}, "
        + count_breaks(len(holding.breaks)),
        quiet=quiet,
    )
