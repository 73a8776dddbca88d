"""Files of poses: one module per format, chosen by name, content or suffix."""

from laban.io.annotations import Annotation, Unusable, read_annotations, read_clips
from laban.io.formats import FORMATS, Format, format_for, format_of, load, save
from laban.io.loss import AssumptionWarning, LossWarning
from laban.io.pyskl import recording_of_annotation

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
