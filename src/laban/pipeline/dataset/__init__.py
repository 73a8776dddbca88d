"""Labelled clips in any form: reading, extraction, examples, and audits."""

from laban.pipeline.dataset.audit import audit
from laban.pipeline.dataset.coverage import ClassCoverage, coverage_of
from laban.pipeline.dataset.examples import ExampleSettings, Gathered, examples_hash, examples_of
from laban.pipeline.dataset.findings import AuditSettings, Finding
from laban.pipeline.dataset.labels import check_trainable
from laban.pipeline.dataset.opening import open_dataset
from laban.pipeline.dataset.recordings import Recordings, recordings_of
from laban.pipeline.dataset.schema import audit_answer
from laban.pipeline.dataset.values import Dataset, Item, Skipped

__all__ = [
    "AuditSettings",
    "ClassCoverage",
    "Dataset",
    "ExampleSettings",
    "Finding",
    "Gathered",
    "Item",
    "Recordings",
    "Skipped",
    "audit",
    "audit_answer",
    "check_trainable",
    "coverage_of",
    "examples_hash",
    "examples_of",
    "open_dataset",
    "recordings_of",
]
