"""Comparisons and repetitions as text and tables for people."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from laban.render.words import format_time
from laban.tasks.comparison.movements import MovementComparison
from laban.tasks.comparison.poses import JointDifference, PoseComparison
from laban.tasks.comparison.repetitions import Repetitions
from laban.tasks.comparison.similarity import Scores

_STYLES = {"differs": "bold red", "same": "green", "unsure": "yellow", "unknown": "dim"}


def pose_words(found: PoseComparison) -> Group:
    """Two poses for people: the answer, both scores, and a row for each joint."""
    parts: list[Any] = [
        Text(f"{found.verdict}: {found.scores.overall_percent:.0f} %", style="bold"),
        Text(_score_words("weighted", found.scores), style="dim"),
    ]
    if found.published is not None:
        parts.append(Text(_score_words("published", found.published), style="dim"))
    table = _empty("joint", "attempt", "reference", "difference", "noise", "")
    for one in found.joints:
        table.add_row(*_joint_cells(one))
    parts.append(Padding(table, (1, 0, 0, 0)))
    parts += [Text(f"⚠ {words}", style="yellow") for words in found.warnings]
    return Group(*parts)


def movement_words(found: MovementComparison) -> Group:
    """Two movements for people."""
    side = ", other side" if found.mirrored else ""
    parts: list[Any] = [
        Text(f"{found.score_percent:.0f} % like the reference{side}", style="bold"),
        Text(_tempo_words(found), style="dim"),
        Padding(_motions(found), (1, 0, 1, 0)),
        _phases(found),
    ]
    parts += [Text(line) for line in _remarks(found)]
    parts += [Text(f"⚠ {words}", style="yellow") for words in found.warnings]
    return Group(*parts)


def repetitions_words(found: Repetitions) -> Group:
    """Repetitions for people: how many, and a row for each."""
    count = len(found)
    words = {0: "no repetitions", 1: "1 repetition"}.get(count, f"{count} repetitions")
    warnings = [Text(f"⚠ {warning}", style="yellow") for warning in found.warnings]
    if not count:
        return Group(Text(words, style="bold"), *warnings)
    lasting = f"{found.median_duration_s:.1f} s each{_seen_at(found)}"
    table = _empty("", "from", "to", "lasts", "out", "back", "range", "like the median", "")
    for number, one in enumerate(found.repetitions, start=1):
        reach = float("nan") if found.joint is None else one.ranges_deg[found.joint]
        worst = "" if one.worst is None else f"{_plain(one.worst[0])} {_signed(one.worst[1])}"
        table.add_row(
            str(number),
            format_time(one.start_s),
            format_time(one.end_s),
            *(f"{part:.1f} s" for part in (one.duration_s, one.out_s, one.back_s)),
            _degrees(reach),
            _percent(one.score_percent),
            Text(worst, style="red"),
        )
    return Group(
        Text(words, style="bold"), Text(lasting, style="dim"), *warnings, Padding(table, (1, 0, 0, 0))
    )


def _seen_at(found: Repetitions) -> str:
    """The angle or coordinate that the repetitions were found in."""
    if found.place is not None:
        ways = {"sideways": "the body's way to the side", "height": "the body's way up and down"}
        return f", seen in {ways[found.place]} (right only where the camera stood still)"
    return "" if found.joint is None else f", seen best at the {_plain(found.joint)}"


def _remarks(found: MovementComparison) -> Iterator[str]:
    for halt in found.hesitations:
        lasting = halt.end_s - halt.start_s
        yield f"hesitates for {lasting:.1f} s at {format_time(halt.start_s)}"
    for one in found.symmetry:
        if one.uneven:
            more, less = ("left", "right") if one.left_deg > one.right_deg else ("right", "left")
            yield (
                f"uneven: the {more} {one.joint} moves {max(one.left_deg, one.right_deg):.0f}°, the {less} "
                f"{min(one.left_deg, one.right_deg):.0f}°"
            )
    for moment in found.moments:
        worst = ", ".join(f"{_plain(name)} {_signed(value)}" for name, value in moment.joints)
        yield (
            f"differs most at {format_time(moment.attempt_s)} (reference {format_time(moment.time_s)}): {worst}"
        )


def _tempo_words(found: MovementComparison) -> str:
    tempo = found.tempo
    start, end = (format_time(one) for one in found.matched_s)
    return (
        f"tempo {tempo.pace} ({tempo.ratio:.2f}×) · {start} to {end} of the attempt · in {found.space} space"
    )


def _motions(found: MovementComparison) -> Table:
    table = _empty("joint", "score", "beyond noise", "range", "reference", "jerk", "reference", "")
    excess = found.differences.excess_deg.mean(axis=0)
    for motion, beyond in zip(found.motions, excess, strict=True):
        verdict = f"range {motion.verdict}" if motion.verdict in ("smaller", "larger") else ""
        table.add_row(
            _plain(motion.joint),
            _percent(found.joint_percent[motion.joint]),
            _degrees(float(beyond)),
            _degrees(motion.range_deg),
            _degrees(motion.reference_range_deg),
            _number(motion.smoothness),
            _number(motion.reference_smoothness),
            Text(verdict, style="red"),
        )
    return table


def _phases(found: MovementComparison) -> Table:
    table = _empty("phase", "reference", "attempt", "score", "tempo", "worst joint")
    for number, phase in enumerate(found.phases, start=1):
        table.add_row(
            str(number),
            f"{format_time(phase.start_s)} – {format_time(phase.end_s)}",
            f"{format_time(phase.attempt_start_s)} – {format_time(phase.attempt_end_s)}",
            _percent(phase.score_percent),
            f"{phase.tempo.ratio:.2f}× {phase.tempo.pace}" if np.isfinite(phase.tempo.ratio) else "skipped",
            "" if phase.worst_joint is None else _plain(phase.worst_joint),
        )
    return table


def _joint_cells(one: JointDifference) -> tuple[Any, ...]:
    return (
        _plain(one.joint),
        _degrees(one.attempt_deg),
        _degrees(one.reference_deg),
        _signed(one.difference_deg),
        f"±{one.uncertainty_deg:.0f}°" if np.isfinite(one.uncertainty_deg) else "–",
        Text(one.verdict, style=_STYLES[one.verdict]),
    )


def _score_words(name: str, scores: Scores) -> str:
    parts = (
        ("coordinates", scores.coordinate_percent, scores.coordinate_distance),
        ("angles", scores.angle_percent, scores.angle_distance),
    )
    texts = (
        f"{what} {_percent(percent)} (distance {_number(distance)})" for what, percent, distance in parts
    )
    return f"{name}: {' · '.join(texts)}"


def _plain(joint: str) -> str:
    return joint.replace("_", " ")


def _degrees(value: float) -> str:
    return f"{value:.0f}°" if np.isfinite(value) else "–"


def _signed(value: float) -> str:
    return f"{value:+.0f}°".replace("-", "−") if np.isfinite(value) else "–"


def _percent(value: float) -> str:
    return f"{value:.0f} %" if np.isfinite(value) else "–"


def _number(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if np.isfinite(value) else "–"


def _empty(*headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", show_edge=False)
    words = {"joint", "phase", "reference ", "attempt ", "worst joint", ""}
    for heading in headings:
        table.add_column(heading, justify="left" if heading in words else "right", no_wrap=True)
    return table
