"""The answer of an audit of labelled clips."""

from collections.abc import Mapping, Sequence

from laban.core.answers.audit import AuditAnswer
from laban.pipeline.dataset.coverage import ClassCoverage
from laban.pipeline.dataset.findings import Finding
from laban.pipeline.dataset.recordings import Recordings
from laban.pipeline.dataset.values import Dataset


def audit_answer(
    dataset: Dataset,
    recordings: Recordings,
    findings: Sequence[Finding],
    coverage: Sequence[ClassCoverage],
    splits: Mapping[str, int],
) -> AuditAnswer:
    """The content of ``dataset``, its findings, and what was left out; ``splits`` counts clips."""
    return AuditAnswer(
        dataset=dataset.name,
        clips=len(dataset),
        splits=splits,
        coverage=tuple(one.answer() for one in coverage),
        findings=tuple(one.answer() for one in findings),
        failed=tuple(one.answer() for one in recordings.failed),
        skipped=tuple(one.answer() for one in dataset.skipped),
        notes=tuple(recordings.notes),
    )
