"""Labelled clips in any form: read, extracted once, cut into examples, and looked over for faults."""

from laban.pipeline.dataset.opening import open_dataset
from laban.pipeline.dataset.values import Dataset, Item, Skipped

__all__ = ["Dataset", "Item", "Skipped", "open_dataset"]
