"""Files of poses: one module per format, chosen by name or suffix."""

from laban.sequences.io.formats import FORMATS, Format, load, save
from laban.sequences.io.loss import AssumptionWarning, LossWarning

__all__ = ["FORMATS", "AssumptionWarning", "Format", "LossWarning", "load", "save"]
