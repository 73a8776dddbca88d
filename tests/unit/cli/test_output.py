import json
import math

import pytest
from rich.console import Console
from rich.table import Table

from laban.cli.output import Item, Outcome, for_each, progress_bar, report, report_outcome, say, warn
from laban.errors import AssetError, SourceError


def test_a_result_goes_to_stdout_as_json_or_words(capsys: pytest.CaptureFixture[str]) -> None:
    report({"people": 2, "score": math.inf}, "two people", as_json=True)
    report({}, "[red]two[/red] people", as_json=False)
    out, err = capsys.readouterr()
    assert json.loads(out[: out.rindex("}") + 1]) == {"people": 2, "score": None}
    assert out.endswith("[red]two[/red] people\n")
    assert err == ""


def test_tables_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("heading")
    table.add_row("cell")
    report(None, table, as_json=False)
    assert "cell" in capsys.readouterr().out


def test_remarks_go_to_stderr_unless_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    say("on it")
    warn("few frames")
    say("hidden", quiet=True)
    warn("hidden", quiet=True)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "on it\nlaban: warning: few frames\n")


@pytest.mark.parametrize("quiet", [True, False])
def test_no_bar_is_drawn_where_nobody_looks(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("extracting", total=10, quiet=quiet) as advance:
        advance(5)
        advance(10, 10)
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_drawn_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with progress_bar("clip.mp4", unit="fps") as advance:
        advance(3, 12)
    out, err = capsys.readouterr()
    assert out == ""
    assert "clip.mp4" in err
    assert "3/12" in err


def test_a_table_in_a_pipe_is_never_folded(capsys: pytest.CaptureFixture[str]) -> None:
    path = "out/" + "long" * 40 + ".parquet"
    report(None, Outcome((Item("a.mp4", "done", (path,)),)).table(), as_json=False)
    assert path in capsys.readouterr().out


def outcome(*statuses: str) -> Outcome:
    return Outcome(tuple(Item(f"{n}.mp4", status) for n, status in enumerate(statuses)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("statuses", "code"),
    [
        ([], 0),
        (["done", "kept"], 0),
        (["failed"], 1),
        (["failed", "failed"], 1),
        (["done", "failed"], 3),
        (["kept", "failed"], 3),
    ],
)
def test_the_exit_code_says_how_much_was_done(statuses: list[str], code: int) -> None:
    assert outcome(*statuses).exit_code == code


def test_the_sum_is_told_in_one_line() -> None:
    assert outcome("done", "done", "kept", "failed").headline() == "2 done, 1 kept from before, 1 failed"
    assert outcome().headline() == "nothing to do"


def test_the_table_tells_results_and_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    done = Item("a.mp4", "done", ("out/a.parquet",), words="2 people")
    failed = Item("[b].mp4", "failed", reason="no video in it")
    Console(width=100).print(Outcome((done, failed)).table())
    shown = capsys.readouterr().out
    for words in ("out/a.parquet", "2 people", "[b].mp4", "no video in it", "1 done, 1 failed"):
        assert words in shown


def test_one_bad_input_does_not_stop_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    def work(source: str) -> Item:
        if source == "bad":
            raise SourceError("no video\nin it")
        if source == "full":
            raise OSError(28, "No space left on device", "out/full")
        return Item(source, "done")

    result = for_each(["good", "bad", "full", "fine"], work)
    assert [item.status for item in result.items] == ["done", "failed", "failed", "done"]
    assert result.items[1].reason == "no video in it"
    err = capsys.readouterr().err.splitlines()
    assert err == ["laban: bad: no video in it", "laban: out/full: No space left on device"]


def test_how_to_get_an_asset_by_hand_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    def work(source: str) -> Item:
        raise AssetError(f"{source} could not be\nfetched (refused)", remedy="To get it by hand: download it")

    result = for_each(["net", "other"], work)
    whole = "net could not be fetched (refused). To get it by hand: download it"
    assert capsys.readouterr().err.splitlines()[0] == f"laban: {whole}"
    report_outcome(result, as_json=False)
    table = capsys.readouterr().out
    assert "net could not be fetched (refused)" in table
    assert "by hand" not in table
    report_outcome(result, as_json=True)
    told = json.loads(capsys.readouterr().out)[0]
    assert told["reason"] == whole
    assert "brief" not in told


def test_a_fault_of_the_program_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        for_each(["a"], lambda source: 1 / 0)  # type: ignore[arg-type, return-value]
