"""Answers: what people, pages and programs get, each a frozen dataclass with one JSON form.

``docs/schemas`` publishes a JSON Schema of each, generated from these classes.
"""

from laban.core.answers.base import (
    Answer,
    json_text,
    known,
    known_each,
    known_rounded,
    to_json,
)
from laban.core.json_values import Json, JsonObject

__all__ = ["Answer", "Json", "JsonObject", "json_text", "known", "known_each", "known_rounded", "to_json"]
