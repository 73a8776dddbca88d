import pytest
from scripts.docs.blocks import END, markdown_table, replace_block, start_of

PAGE = f"before\n{start_of('one')}\nold\n{END}\nbetween\n{start_of('two')}\nkept\n{END}\nafter\n"


def test_only_the_named_block_is_replaced() -> None:
    page = replace_block(PAGE, name="one", content="  new\n")
    assert "old" not in page
    assert page.index("new") < page.index("between") < page.index("kept") < page.index("after")


def test_writing_a_block_twice_changes_nothing() -> None:
    once = replace_block(PAGE, name="two", content="new")
    assert replace_block(once, name="two", content="new") == once


@pytest.mark.parametrize("page", ["no marks", PAGE + start_of("one") + END])
def test_a_mark_must_be_there_once(page: str) -> None:
    with pytest.raises(ValueError, match="once"):
        replace_block(page, name="one", content="new")


def test_a_block_without_an_end_is_refused() -> None:
    with pytest.raises(ValueError, match="no end"):
        replace_block(start_of("one") + "\nold", name="one", content="new")


def test_a_cell_stays_one_cell() -> None:
    table = markdown_table(("a",), [["one\ntwo | three"]])
    assert table.splitlines()[-1] == "| one two \\| three |"
