"""The documentation as it stands: fresh, and noticed where it is not."""

import shutil
from pathlib import Path

import pytest
from scripts.docs.__main__ import ROOT, faults, pages, regenerated, written_pages


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The pages and what they lead to, in a folder of their own."""
    for file in (*ROOT.glob("*.md"), ROOT / "NOTICE", ROOT / "LICENSE"):
        shutil.copy(file, tmp_path)
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    return tmp_path


def test_the_documentation_is_up_to_date(copy: Path) -> None:
    assert list(faults(copy)) == []


@pytest.mark.parametrize("name", pages())
def test_a_stale_page_is_named_with_what_to_do(name: str, copy: Path) -> None:
    page = copy / name
    page.write_text(page.read_text().replace("-->\n\n", "-->\n\nold\n", 1))
    (fault,) = faults(copy)
    assert fault.startswith(f"{name} is stale")
    assert "`make docs`" in fault


def test_writing_a_page_anew_changes_only_its_blocks(copy: Path) -> None:
    text = (copy / "README.md").read_text()
    assert regenerated(text + "\nby hand\n", pages()["README.md"]) == text + "\nby hand\n"


def test_every_page_is_looked_at(copy: Path) -> None:
    names = {page.relative_to(copy).as_posix() for page in written_pages(copy)}
    assert {"README.md", "docs/index.md", "docs/decisions/index.md"} < names


def test_every_decision_is_listed(copy: Path) -> None:
    index = (copy / "docs" / "decisions" / "index.md").read_text()
    for page in (copy / "docs" / "decisions").glob("[0-9]*.md"):
        assert f"({page.name})" in index
