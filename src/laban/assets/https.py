"""Downloads over https that continue where an earlier one stopped."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from http import HTTPStatus
from pathlib import Path
from typing import Any

from laban.errors import AssetError

Opener = Callable[[urllib.request.Request], AbstractContextManager[object]]
"""Sends a request and returns the open response, as ``urllib.request.urlopen`` does."""

_CHUNK_BYTES = 1 << 16
_TIMEOUT_S = 10.0
_TRIES = 3


def open_address(request: urllib.request.Request) -> AbstractContextManager[object]:
    """The opener used outside tests."""
    answer: AbstractContextManager[object] = urllib.request.urlopen(request, timeout=_TIMEOUT_S)  # noqa: S310
    return answer


def download(
    address: str, part: Path, *, size_bytes: int, report: Callable[[int], None], opener: Opener = open_address
) -> None:
    """Completes ``part`` to ``size_bytes`` bytes from ``address``, keeping the bytes it already holds.

    A connection that breaks is retried twice. Received bytes stay in ``part``, so that a later call continues from
    there. Raises AssetError if the address does not answer, refuses, or ends too soon.
    """
    reason = "the connection broke"
    for _ in range(_TRIES):
        try:
            with opener(_request(address, start=_resume_from(part, size_bytes))) as answer:
                _receive(answer, part, size_bytes=size_bytes, report=report)
        except urllib.error.HTTPError as error:
            if error.code != HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                raise AssetError(f"the server answered {error.code} {error.reason}") from error
            part.unlink(missing_ok=True)  # the partial file is longer than the server's file: start again
        except urllib.error.URLError as error:
            raise AssetError(f"no connection ({_short(error.reason)})") from error
        except (http.client.HTTPException, ConnectionError, TimeoutError) as error:
            reason = _short(error)
        if _size(part) >= size_bytes:
            return
    raise AssetError(f"the download stopped at {_size(part)} of {size_bytes} bytes ({reason})")


def _resume_from(part: Path, size_bytes: int) -> int:
    if _size(part) >= size_bytes:
        part.unlink()
    return _size(part)


def _request(address: str, *, start: int) -> urllib.request.Request:
    headers = {"User-Agent": "laban", **({"Range": f"bytes={start}-"} if start else {})}
    return urllib.request.Request(address, headers=headers)  # noqa: S310


def _receive(answer: Any, part: Path, *, size_bytes: int, report: Callable[[int], None]) -> None:
    # A server without range requests answers 200 and sends everything from the start.
    mode = "ab" if answer.status == HTTPStatus.PARTIAL_CONTENT else "wb"
    with part.open(mode) as target:
        while target.tell() <= size_bytes and (chunk := answer.read(_CHUNK_BYTES)):
            target.write(chunk)
            report(target.tell())


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _short(reason: object) -> str:
    return getattr(reason, "strerror", None) or str(reason) or type(reason).__name__
