"""The modules as a whole: all are needed, and nothing public has two meanings."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import laban
from laban.models import architectures
from laban.models.video import backbones, networks

PACKAGE = Path(laban.__file__).parent
LISTED = Path(__file__).with_name("public_names.txt")
BY_NAME = re.compile(r"laban(\.\w+)+(?=:|$)")
"""How a module is named in a string: as the lazy names of the package and the commands are."""


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def trees() -> dict[str, ast.Module]:
    return {module_name(path): ast.parse(path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


def imported_by(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found = BY_NAME.match(node.value)
            if found is not None:
                yield found.group()


def test_every_module_is_imported_by_another() -> None:
    """What only tests, benchmarks or scripts import belongs to them."""
    found = trees()
    packages = {module_name(path.parent / "__init__.py") for path in PACKAGE.rglob("__init__.py")}
    wanted = {name for module, tree in found.items() for name in imported_by(tree) if name != module}
    wanted |= {f"{architectures.__name__}.{name}" for name in architectures.ARCHITECTURES}
    wanted |= {f"{networks.__name__}.{name}" for name in networks.NETWORKS}
    wanted |= {f"{backbones.__name__}.{name}" for name in backbones.BACKBONES}
    unwanted = set(found) - packages - wanted - {"laban.__main__"}
    assert sorted(unwanted) == sorted(SEAMS)


SEAMS = {
    "laban.pose.replay",  # the estimator without networks, for whoever tests what stands on estimators
    "laban.pipeline.recording.processes",  # chosen by whoever calls `extract`
}


def listing() -> str:
    """Each package that says what is public, and what that is."""
    lines = []
    for path in sorted(PACKAGE.rglob("__init__.py")):
        name = module_name(path)
        module = import_module(name)
        if hasattr(module, "__all__"):
            lines += [f"{name}", *(f"    {one}" for one in module.__all__), ""]
    return "\n".join(lines)


def test_a_change_of_public_names_is_seen() -> None:
    """If it is meant, write ``listing()`` to the file, and a line for users into the changelog."""
    assert listing() == LISTED.read_text("utf-8")


def test_no_two_public_things_share_a_name() -> None:
    """What ``laban`` exports is defined once: no module but a command's has a function or class of that name."""
    public = set(laban.__all__)
    defined: dict[str, list[str]] = {}
    for module, tree in trees().items():
        if module.startswith("laban.cli"):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in public:
                defined.setdefault(node.name, []).append(module)
    assert {name: homes for name, homes in defined.items() if len(homes) > 1} == {}


MOST_ANY = 90
"""How often the sources may say ``Any``: for objects of libraries without types. Lower it when there are fewer."""


def test_values_of_unknown_type_are_few() -> None:
    said = {
        module: sum(isinstance(node, ast.Name) and node.id == "Any" for node in ast.walk(tree))
        for module, tree in trees().items()
    }
    assert sum(said.values()) <= MOST_ANY, {module: count for module, count in said.items() if count}


def test_no_dictionary_of_anything_crosses_a_function() -> None:
    """A parameter, a result or a field is a value of its own, JSON (``laban.core.json_values``) or ``object``."""
    found = [
        f"{module}:{annotation.lineno}"
        for module, tree in trees().items()
        for annotation in annotations_of(tree)
        if "dict[str, Any]" in ast.unparse(annotation)
    ]
    assert found == []


def annotations_of(tree: ast.Module) -> Iterator[ast.expr]:
    """The annotations of all parameters, results and fields."""
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.returns is not None:
            yield node.returns
