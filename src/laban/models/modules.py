"""Parts of networks that lie in a module each and are found by name: importing one imports PyTorch."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from importlib import import_module
from types import MappingProxyType
from typing import TypeVar

from laban.errors import InvalidValueError, MissingExtraError

T = TypeVar("T")


def modules_by_name(
    package: str, names: Iterable[str], *, attribute: str, kind: type[T]
) -> Mapping[str, Callable[[], T]]:
    """What the modules ``names`` of a package hold as ``attribute``, by name; called, an entry imports its module
    and raises MissingExtraError without PyTorch."""
    return MappingProxyType({name: partial(_loaded, f"{package}.{name}", attribute, kind) for name in names})


def made_settings(make: Callable[..., T], options: Mapping[str, object], *, name: str) -> T:
    """The settings of ``name`` with ``options`` in place of the defaults; unknown ones raise InvalidValueError."""
    try:
        return make(**options)
    except TypeError as error:
        raise InvalidValueError(f"{name} does not have the options {dict(options)}: {error}") from error


def _loaded(path: str, attribute: str, kind: type[T]) -> T:
    try:
        module = import_module(path)
    except ImportError as error:
        raise MissingExtraError("training needs PyTorch; get it with: pip install 'laban[train]'") from error
    found = getattr(module, attribute)
    if not isinstance(found, kind):
        raise TypeError(f"{path}.{attribute} is no {kind.__name__}")
    return found
