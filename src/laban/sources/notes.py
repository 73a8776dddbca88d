"""The warnings of a source, each once."""


class Notes:
    """Sentences in order of first occurrence."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def add(self, text: str) -> None:
        """Adds ``text``, unless it was added before."""
        self._texts.setdefault(text)

    @property
    def texts(self) -> tuple[str, ...]:
        """All sentences so far."""
        return tuple(self._texts)
