"""Files of poses: one module per format, chosen by name, content or suffix."""

from laban.sequences.io.annotations import Annotation, Unusable, read_annotations, read_clips
from laban.sequences.io.formats import FORMATS, Format, format_for, format_of, load, save
from laban.sequences.io.loss import AssumptionWarning, LossWarning
from laban.sequences.io.pyskl import recording_of_annotation

__all__ = [
    "FORMATS",
    "Annotation",
    "AssumptionWarning",
    "Format",
    "LossWarning",
    "Unusable",
    "format_for",
    "format_of",
    "load",
    "read_annotations",
    "read_clips",
    "recording_of_annotation",
    "save",
]
