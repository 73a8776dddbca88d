"""What was wrong with a source, each said once."""


class Notes:
    """Sentences in the order in which they came up first."""

    def __init__(self) -> None:
        self._texts: dict[str, None] = {}

    def add(self, text: str) -> None:
        """Notes ``text``, unless it was noted before."""
        self._texts.setdefault(text)

    @property
    def texts(self) -> tuple[str, ...]:
        """All that was noted."""
        return tuple(self._texts)
