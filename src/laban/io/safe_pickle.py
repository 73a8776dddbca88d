"""Unpickling that builds plain containers and numpy arrays of numbers or text, and nothing else.

Nothing that a pickle names is imported. The few numpy names that arrays need are replaced by stand-ins that only
record their arguments; arrays are then made from the recorded bytes. The pure Python unpickler is used because with
the one in C a few bytes can claim a memo table of many gigabytes.
"""

import io
import math
import pickle
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Final, Literal

import numpy as np

from laban.core.arrays import Array
from laban.errors import FormatError
from laban.io.limits import MAX_FILE_BYTES, at_most

_CODE: Final = re.compile(r"b1|[iu][1248]|f[248]|[US]\d{1,4}|O8?")
_MOST_AXES: Final = 8
_LARGEST_SIDE: Final = 1 << 40
_Key = str | int | float | bytes | None


class NumberType:
    """The stand-in for a numpy dtype."""

    def __init__(self, code: str, *_flags: object) -> None:
        if not isinstance(code, str) or not _CODE.fullmatch(code):
            raise FormatError("it holds an array of something that is not numbers or text")
        self.dtype = np.dtype(code)

    @property
    def holds_objects(self) -> bool:
        """Whether the elements are objects that the pickle lists, already built by the same rules."""
        return self.dtype.kind == "O"

    def __setstate__(self, state: tuple[object, ...]) -> None:
        if state[1] in ("<", ">"):
            self.dtype = self.dtype.newbyteorder("<" if state[1] == "<" else ">")


class Numbers:
    """The stand-in for a numpy array, until its bytes are known."""

    array: Array

    def __setstate__(self, state: tuple[object, ...]) -> None:
        _version, shape, kind, is_fortran, content = state
        if isinstance(kind, NumberType) and kind.holds_objects:
            self.array = _listed(content, shape)
            return
        self.array = _array(content, kind, shape, "F" if is_fortran else "C")


def load_numbers(path: Path) -> object:
    """The content of a pickle of containers, numbers, text and numpy arrays; arrays as ``Numbers``.

    Anything else in it raises ``FormatError`` before it has any effect.
    """
    at_most(path.stat().st_size, MAX_FILE_BYTES, what="bytes")
    try:
        return _Reader(io.BytesIO(path.read_bytes())).load()
    except FormatError:
        raise
    except Exception as error:  # a damaged pickle can raise any error of the interpreter
        raise FormatError(f"the pickle is damaged ({type(error).__name__})") from error


class _Reader(pickle._Unpickler):
    stack: list[object]
    read: Callable[[int], bytes]
    dispatch: ClassVar[dict[int, Callable[..., None]]] = dict(pickle._Unpickler.dispatch)

    def find_class(self, module: str, name: str) -> object:
        try:
            return _STAND_INS[_modern(module), name]
        except KeyError:
            raise FormatError(f"the pickle names {module[:60]}.{name[:60]}, which is not numbers") from None

    def persistent_load(self, _name: object) -> object:
        raise FormatError("the pickle refers to something outside itself")

    def load_build(self) -> None:
        state = self.stack.pop()
        target = self.stack[-1]
        if not isinstance(target, Numbers | NumberType) or not isinstance(state, tuple):
            raise FormatError("the pickle gives a state to something that is not numbers")
        target.__setstate__(state)

    def load_reduce(self) -> None:
        arguments = self.stack.pop()
        function = self.stack[-1]
        if not (callable(function) and function in _STAND_INS.values() and isinstance(arguments, tuple)):
            raise FormatError("the pickle calls something that does not make numbers")
        self.stack[-1] = function(*arguments)

    def load_setitem(self) -> None:
        _check_keys(self.stack[-2:-1])
        super().load_setitem()  # type: ignore[misc]

    def load_setitems(self) -> None:
        _check_keys(self.stack[::2])
        super().load_setitems()  # type: ignore[misc]

    def load_dict(self) -> None:
        _check_keys(self.stack[::2])
        super().load_dict()  # type: ignore[misc]

    def load_bytearray8(self) -> None:
        (length,) = struct.unpack("<Q", self.read(8))
        content = self.read(min(length, MAX_FILE_BYTES))
        if len(content) != length:
            raise FormatError("the pickle is cut short")
        self.stack.append(bytearray(content))

    def refuse(self) -> None:
        raise FormatError("the pickle builds an object that is not numbers")

    dispatch[pickle.BUILD[0]] = load_build
    dispatch[pickle.REDUCE[0]] = load_reduce
    dispatch[pickle.SETITEM[0]] = load_setitem
    dispatch[pickle.SETITEMS[0]] = load_setitems
    dispatch[pickle.DICT[0]] = load_dict
    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8
    for _opcode in (
        *(pickle.NEWOBJ, pickle.NEWOBJ_EX, pickle.INST, pickle.OBJ),
        *(pickle.EXT1, pickle.EXT2, pickle.EXT4),
        *(pickle.EMPTY_SET, pickle.ADDITEMS, pickle.FROZENSET),
    ):
        dispatch[_opcode[0]] = refuse


def _check_keys(keys: list[object]) -> None:
    """Plain keys only: hashing nested tuples that share their parts can take forever."""
    if not all(isinstance(key, _Key) for key in keys):
        raise FormatError("the pickle holds a dictionary whose keys are not plain")


def _is_side(value: object) -> bool:
    return type(value) is int and 0 <= value <= _LARGEST_SIDE


def _modern(module: str) -> str:
    return module.replace("numpy.core.", "numpy._core.", 1)


def _empty_array(*_arguments: object) -> Numbers:
    return Numbers()


def _from_buffer(content: object, kind: object, shape: object, order: object) -> Numbers:
    made = Numbers()
    made.array = _array(content, kind, shape, "F" if order == "F" else "C")
    return made


def _scalar(kind: object, content: object) -> object:
    return _array(content, kind, (), "C").item()


def _bytes(text: object, encoding: object) -> bytes:
    if not isinstance(text, str) or encoding != "latin1":
        raise FormatError("the pickle holds text in an unknown encoding")
    return text.encode("latin1")


def _listed(content: object, shape: object) -> Array:
    """An array of objects that holds a plain list of text and numbers, such as names."""
    if not isinstance(content, list) or not all(type(one) in (str, int, float) for one in content):
        raise FormatError("the pickle holds an array of something that is not numbers or text")
    if shape != (len(content),):
        raise FormatError("the pickle holds an array whose shape does not fit its content")
    made = np.empty(len(content), dtype=object)
    made[:] = content
    return made


def _array(content: object, kind: object, shape: object, order: Literal["C", "F"]) -> Array:
    if (
        not isinstance(kind, NumberType)
        or kind.holds_objects
        or not isinstance(content, bytes | bytearray | str)
    ):
        raise FormatError("the pickle holds an array of something that is not numbers or text")
    raw = content.encode("latin1") if isinstance(content, str) else content
    if not isinstance(shape, tuple) or len(shape) > _MOST_AXES or not all(_is_side(side) for side in shape):
        raise FormatError("the pickle holds an array without a proper shape")
    if math.prod(shape) * kind.dtype.itemsize != len(raw):
        raise FormatError("the pickle holds an array whose shape does not fit its content")
    return np.frombuffer(raw, dtype=kind.dtype).reshape(shape, order=order)


_ARRAY_CLASS: Final = object()
_STAND_INS: Final[dict[tuple[str, str], object]] = {
    ("numpy", "ndarray"): _ARRAY_CLASS,
    ("numpy", "dtype"): NumberType,
    ("numpy._core.multiarray", "_reconstruct"): _empty_array,
    ("numpy._core.multiarray", "scalar"): _scalar,
    ("numpy._core.numeric", "_frombuffer"): _from_buffer,
    ("_codecs", "encode"): _bytes,
}
