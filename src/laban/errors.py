"""The errors Laban raises: one root, a few families.

Every message says in one line what was expected, what came, where, and what to do about it; the command line prints
it unchanged.
"""


class LabanError(Exception):
    """The root of every error that Laban raises on purpose."""


class InvalidValueError(LabanError, ValueError):
    """A value, array or setting is not what the function asked for."""


class UnknownNameError(LabanError, KeyError):
    """A name was not found; the message lists the known names and the most similar one."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class SourceError(LabanError):
    """A video, image or camera could not be opened or read."""


class LimitError(SourceError):
    """A source exceeds one of the decoding limits."""


class FormatError(LabanError):
    """A file of poses does not hold what its format says."""


class UnknownFormatError(FormatError):
    """The content of a file is of no known format."""


class AssetError(LabanError):
    """Weights or a sample could not be found, fetched or verified.

    ``remedy`` explains how to get it by hand; ``brief`` is the message without it.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}. {remedy}" if remedy else message)
        self.brief = message


class ModelError(LabanError):
    """A model failed to load or to run."""


class OutputError(LabanError):
    """A result could not be written."""


class MissingExtraError(LabanError, ImportError):
    """An optional dependency is missing; the message names the extra that installs it."""
