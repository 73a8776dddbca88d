"""The answer of ``laban explain``."""

from collections.abc import Sequence
from itertools import starmap
from pathlib import Path

from laban.core.answers.explanation import ExplanationAnswer, JointReasonAnswer, SpanAtAnswer
from laban.core.skeleton import skeleton
from laban.tasks.action.attributions import Attributions


def explanation_answer(
    attributions: Attributions, *, source: str, model: str, files: Sequence[Path], warnings: Sequence[str]
) -> ExplanationAnswer:
    """Which joints and times are evidence for an answer of ``model`` on ``source``."""
    found = attributions.explanation
    names = skeleton(found.skeleton).names
    return ExplanationAnswer(
        source=source,
        model=model,
        task=found.task,
        label=found.label,
        probability=found.score,
        person=attributions.person,
        start_s=float(attributions.times_s[0]),
        end_s=float(attributions.times_s[-1]),
        windows=attributions.windows,
        joints=tuple(JointReasonAnswer(names[joint], float(found.joints[joint])) for joint in found.order),
        limbs=dict(found.limbs),
        rest=found.rest,
        spans=tuple(starmap(SpanAtAnswer, attributions.spans_s())),
        peak_s=attributions.peak_s,
        files=tuple(map(str, files)),
        warnings=tuple(warnings),
    )
