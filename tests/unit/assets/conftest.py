"""A small world of assets: a cache of the test's own, a server on this machine, packages made on the spot."""

import hashlib
import io
import os
import stat
import sys
import tarfile
import threading
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from laban.assets.manifest import Manifest, parse_manifest

CONTENT = bytes(range(256)) * 1024
ADDRESS = "https://assets.test/thing.bin"


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this test's cache, which is not made yet."""
    monkeypatch.delenv("LABAN_ASSETS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    return tmp_path / "xdg" / "laban" / "assets"


def make_manifest(
    content: bytes = CONTENT, *, mirrors: list[dict[str, Any]] | None = None, **more: Any
) -> Manifest:
    """A manifest of one asset called thing."""
    asset = {
        "name": "thing",
        "file": "thing.bin",
        "kind": "weights",
        "about": "a thing",
        "licence": "MIT",
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "mirrors": mirrors or [{"https": ADDRESS}],
    }
    return parse_manifest({"assets": [asset, *more.pop("others", [])], **more})


@dataclass
class Server:
    """What the server sends, how it misbehaves, and what it was asked."""

    content: bytes = CONTENT
    knows_ranges: bool = True
    breaks_after: int | None = None
    breaks_times: int = 0
    status: int = 200
    delay_s: float = 0.0
    ranges: list[str | None] = field(default_factory=list)
    port: int = 0

    def opener(self, request: urllib.request.Request) -> Any:
        """Opens the server instead of the https address that was asked for."""
        local = urllib.request.Request(f"http://127.0.0.1:{self.port}/", headers=dict(request.header_items()))
        return urllib.request.urlopen(local, timeout=5)


class _Handler(BaseHTTPRequestHandler):
    state: Server

    def do_GET(self) -> None:
        import time

        state = self.state
        asked = self.headers.get("Range")
        state.ranges.append(asked)
        time.sleep(state.delay_s)
        if state.status != 200:
            self.send_error(state.status)
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and state.knows_ranges else 0
        if start >= len(state.content):
            self.send_error(416)
            return
        body = state.content[start:]
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if state.breaks_after is not None and state.breaks_times > 0:
            state.breaks_times -= 1
            body = body[: state.breaks_after]
        with suppress(ConnectionError):  # the client may have had enough
            self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine that sends CONTENT."""
    state = Server()
    handler = type("Handler", (_Handler,), {"state": state})
    listening = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    state.port = listening.server_address[1]
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield state
    listening.shutdown()
    thread.join()
    listening.server_close()


@pytest.fixture
def wheel_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a wheel that pip finds in a folder, without any index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_DISABLE_PIP_VERSION_CHECK", "1")

    def make(members: dict[str, bytes]) -> Path:
        path = folder / "fixture-1.0-py3-none-any.whl"
        info = "fixture-1.0.dist-info"
        with zipfile.ZipFile(path, "w") as wheel:
            for name, content in members.items():
                wheel.writestr(name, content)
            wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: fixture\nVersion: 1.0\n")
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
        return path

    return make


@pytest.fixture
def fake_npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Puts an ``npm`` first on the path that packs what it is given, and counts its calls in a file."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder) + os.pathsep + os.environ["PATH"])

    def make(members: dict[str, bytes]) -> Path:
        with tarfile.open(tmp_path / "packed.tgz", "w:gz") as tarball:
            for name, content in members.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                tarball.addfile(entry, io.BytesIO(content))
        script = folder / "npm"
        script.write_text(
            f"#!{sys.executable}\nimport shutil, sys\n"
            f"open({str(tmp_path / 'calls')!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            f"shutil.copy({str(tmp_path / 'packed.tgz')!r}, 'fixture-1.0.0.tgz')\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return tmp_path / "calls"

    return make
