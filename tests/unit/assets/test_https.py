from pathlib import Path

import pytest

from laban.assets.https import download
from laban.errors import AssetError

from .conftest import ADDRESS, CONTENT, Server

pytestmark = pytest.mark.enable_socket


def get(server: Server, part: Path) -> list[int]:
    told: list[int] = []
    download(ADDRESS, part, size_bytes=len(CONTENT), report=told.append, opener=server.opener)
    return told


def test_the_whole_file_comes_and_progress_is_told(server: Server, tmp_path: Path) -> None:
    told = get(server, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert told == sorted(told)
    assert told[-1] == len(CONTENT)
    assert server.ranges == [None]


def test_what_lies_there_is_taken_up(server: Server, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(CONTENT[:1000])
    told = get(server, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-"]
    assert told[0] > 1000


def test_a_server_without_ranges_sends_all_again(server: Server, tmp_path: Path) -> None:
    server.knows_ranges = False
    (tmp_path / "part").write_bytes(b"something else")
    get(server, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT


def test_a_connection_that_breaks_is_taken_up(server: Server, tmp_path: Path) -> None:
    server.breaks_after, server.breaks_times = 100_000, 2
    get(server, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=100000-", "bytes=200000-"]


def test_a_connection_that_keeps_breaking_is_an_error_and_keeps_what_came(
    server: Server, tmp_path: Path
) -> None:
    server.breaks_after, server.breaks_times = 10_000, 9
    with pytest.raises(AssetError, match="stopped at 30000 of 262144 bytes"):
        get(server, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT[:30_000]


def test_a_part_as_long_as_the_file_is_fetched_anew(server: Server, tmp_path: Path) -> None:
    (tmp_path / "part").write_bytes(bytes(len(CONTENT) + 5))
    get(server, tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == CONTENT
    assert server.ranges == [None]


def test_a_part_past_the_end_of_the_servers_file_is_never_kept(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT[:1000]
    (tmp_path / "part").write_bytes(CONTENT[:2000])
    with pytest.raises(AssetError, match="stopped at"):
        get(server, tmp_path / "part")
    assert server.ranges[:2] == ["bytes=2000-", None]


def test_more_than_was_promised_is_not_taken(server: Server, tmp_path: Path) -> None:
    server.content = CONTENT * 40
    get(server, tmp_path / "part")
    assert len(CONTENT) < (tmp_path / "part").stat().st_size < 2 * len(CONTENT)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_refusal_is_told_with_its_number(status: int, server: Server, tmp_path: Path) -> None:
    server.status = status
    with pytest.raises(AssetError, match=f"the server answered {status}"):
        get(server, tmp_path / "part")
    assert len(server.ranges) == 1


def test_nobody_listening_is_told(server: Server, tmp_path: Path) -> None:
    server.port = 1
    with pytest.raises(AssetError, match="no connection"):
        get(server, tmp_path / "part")
