"""The errors Laban raises: one root, a few families.

Every message says what was expected, what came, where, and what to do about it, in one line, because the
command line prints it as it is.
"""


class LabanError(Exception):
    """The root of every error that Laban raises on purpose."""


class InvalidValueError(LabanError, ValueError):
    """A value, array or setting is not what the function asked for."""


class UnknownNameError(LabanError, KeyError):
    """A name was not found; the message lists the names there are and the nearest one."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class SourceError(LabanError):
    """A video, image or camera could not be opened or read."""


class LimitError(SourceError):
    """A source exceeds one of the decoding limits."""


class FormatError(LabanError):
    """A file of poses does not hold what its format says."""


class UnknownFormatError(FormatError):
    """What a file holds is of no format that is known."""


class AssetError(LabanError):
    """Weights or a sample could not be found, fetched or verified.

    ``remedy`` says at length how to get it by hand; ``brief`` is the message without it.
    """

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(f"{message}. {remedy}" if remedy else message)
        self.brief = message


class ModelError(LabanError):
    """A model failed to load or to run."""


class OutputError(LabanError):
    """A result could not be written."""


class MissingExtraError(LabanError, ImportError):
    """An optional dependency is absent; the message names the extra that brings it."""
