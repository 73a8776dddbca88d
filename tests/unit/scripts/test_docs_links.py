from pathlib import Path

from scripts.docs.links import anchors_in, broken_links, links_in


def test_links_in_code_are_not_links() -> None:
    assert links_in("[a](b.md)\n```sh\n[c](d.md)\n```\n`[e](f.md)` ![g](h.png)") == ["b.md", "h.png"]


def test_headings_become_anchors_as_the_web_pages_make_them() -> None:
    assert anchors_in("# `laban.load(path, …)`\n\n## Two people: who?\n") == {
        "labanloadpath-",
        "two-people-who",
    }


def test_a_link_must_lead_to_a_file_and_a_heading(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Here\n")
    page = tmp_path / "page.md"
    page.write_text("[1](other.md#here) [2](other.md#there) [3](gone.md) [4](#own) <img src='x'>\n# Own\n")
    faults = list(broken_links(page))
    assert len(faults) == 2
    assert "other.md#there leads to no heading" in faults[0]
    assert "gone.md leads to no file" in faults[1]


def test_addresses_elsewhere_are_not_asked(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[1](https://example.org/x.md#y) [2](mailto:somebody@example.org)")
    assert list(broken_links(page)) == []
