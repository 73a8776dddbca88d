"""Small faults in Python source: where one can be planted, and the text with it planted.

A fault replaces one expression or statement and leaves every other line as it is. Docstrings, annotations and the
words of messages are left alone: behaviour does not depend on them.
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.MatMult: ast.Mult,
}

_NOT_SWAPPED = frozenset(
    {
        *("maximum", "minimum", "max", "min", "array_equal", "hypot", "same_content"),
        *("isinstance", "issubclass", "getattr", "setattr", "__setattr__", "zip"),
    }
)
"""Of the first the order of two arguments makes no difference; the others would fail at once, and prove little."""


@dataclass(frozen=True, order=True)
class Mutant:
    """One fault: the file, the line and column where it stands, what stood there and what stands there now;
    ``code`` is that line."""

    path: str
    line: int
    column: int
    before: str
    after: str
    code: str = ""

    @property
    def key(self) -> str:
        """What names the fault as long as its line reads the same, wherever that comes to stand."""
        return f"{self.path}: {self.code}: {self.before} -> {self.after}"


def mutants_of(source: str, *, path: str) -> tuple[Mutant, ...]:
    """Every fault that can be planted in ``source``, in order of its place."""
    found, lines = set(), source.splitlines()
    for node in _mutable(ast.parse(source)):
        for changed in _changes(node):
            before, after = ast.get_source_segment(source, node), ast.unparse(changed)
            if before is not None and after != ast.unparse(node):
                code = lines[node.lineno - 1].strip()
                found.add(Mutant(path, node.lineno, node.col_offset, before, after, code))
    return tuple(sorted(found))


def planted(source: str, mutant: Mutant) -> str:
    """The source with the fault in it; raises ValueError where it does not stand there."""
    lines = source.splitlines(keepends=True)
    start = len("".join(lines[: mutant.line - 1]).encode()) + mutant.column
    text = source.encode()
    before = mutant.before.encode()
    if text[start : start + len(before)] != before:
        raise ValueError(f"{mutant.path}:{mutant.line} does not read {mutant.before!r}")
    after = mutant.after if "\n" not in mutant.after else f"({mutant.after})"
    return (text[:start] + after.encode() + text[start + len(before) :]).decode()


def _mutable(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    """Every node that a fault may replace, without docstrings, annotations and the words of messages."""
    if isinstance(tree, ast.JoinedStr | ast.Raise | ast.Import | ast.ImportFrom):
        if isinstance(tree, ast.Raise):
            yield tree
        return
    if isinstance(tree, ast.expr | ast.stmt):
        yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns", "type_params", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _mutable(child)


def _changes(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[op]):
            yield from (_with(node, ops=[other()]) for other in _COMPARE[type(op)])
        case ast.BinOp(op=op) if type(op) in _ARITHMETIC and not (_of_text(node) or _of_types(node)):
            yield _with(node, op=_ARITHMETIC[type(op)]())
        case ast.BoolOp(op=op):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
        case ast.UnaryOp(op=ast.Not() | ast.USub() | ast.Invert()):
            yield node.operand
        case ast.Constant(value=value) if isinstance(value, bool | int | float):
            yield from (ast.Constant(other) for other in _other_values(value))
        case _:
            yield from _changes_of_flow(node)


def _changes_of_flow(node: ast.expr | ast.stmt) -> Iterator[ast.AST]:
    match node:
        case ast.IfExp(test=test) if not isinstance(test, ast.Compare | ast.UnaryOp):
            yield _with(node, test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Call(args=[first, second, *rest]) if _order_matters(node):
            yield _with(node, args=[second, first, *rest])
        case ast.Return(value=ast.expr()) if not _is_none(node.value):
            yield ast.Return(ast.Constant(None))
        case ast.AugAssign(op=op) if type(op) in _ARITHMETIC:
            yield _with(node, op=_ARITHMETIC[type(op)]())
        case ast.Raise() | ast.Continue() | ast.Expr(value=ast.Call()):
            yield ast.Pass()
        case ast.Tuple(elts=[_, _, *_], ctx=ast.Load()) if _all_words(node):
            yield _with(node, elts=node.elts[:-1])


def _with(node: ast.AST, **fields: object) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _other_values(value: bool | int | float) -> tuple[bool | int | float, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return value + 1, value - 1
    return (value * 2, value / 2) if value else (1.0,)


def _of_text(node: ast.BinOp) -> bool:
    sides = (node.left, node.right)
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for side in sides
    )


def _of_types(node: ast.BinOp) -> bool:
    return isinstance(node.op, ast.BitOr) and ast.unparse(node.left) in ("int", "float", "str", "bool")


def _order_matters(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name not in _NOT_SWAPPED and ast.dump(call.args[0]) != ast.dump(call.args[1])


def _all_words(node: ast.Tuple) -> bool:
    return all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in node.elts)


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def package_files(package: str, *, root: Path) -> tuple[Path, ...]:
    """The modules of ``src/laban/<package>``, all folders in it included."""
    return tuple(sorted((root / "src" / "laban" / package).rglob("*.py")))
