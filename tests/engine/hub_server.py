"""A small hub on this machine: the few questions that pulling and pushing ask, answered truly."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

LARGE = ".safetensors"  # kept by the hub's large file storage, named by its sha256
GOOD_TOKEN = "hf_good"


def hash_of(name: str, data: bytes) -> str:
    """What a cache calls the contents of a file."""
    if name.endswith(LARGE):
        return hashlib.sha256(data).hexdigest()
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Repository:
    """One repository: its files at each commit, and where its branches are."""

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    private: bool = False
    gated: bool = False

    def commit(self, files: dict[str, bytes], branch: str = "main") -> str:
        old = self.commits.get(self.refs.get(branch, ""), {})
        files = old | files
        listed = "".join(f"{name}{hash_of(name, data)}" for name, data in sorted(files.items()))
        sha = hashlib.sha1((listed + branch + str(len(self.commits))).encode()).hexdigest()
        self.commits[sha], self.refs[branch] = files, sha
        return sha


@dataclass
class Hub:
    """What the server knows, and how it misbehaves on request."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    cut: str = ""  # the file whose connection breaks half way
    spoil: str = ""  # the file that comes with a bit turned
    status: int = 0  # answered to everything
    babble: bool = False  # answers with a web page
    url: str = ""
    stall: threading.Event = field(default_factory=threading.Event)  # files wait for it

    def __post_init__(self) -> None:
        self.stall.set()


class Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body go together: apart, each answer takes 40 ms

    def log_message(self, format: str, *args: Any) -> None: ...

    def say(self, status: int, value: object = None, **headers: str) -> None:
        data = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    @property
    def known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {GOOD_TOKEN}"

    def misbehaves(self) -> bool:
        self.hub.asked.append(f"{self.command} {self.path}")
        if self.hub.status:
            self.say(self.hub.status)
        elif self.hub.babble:
            page = b"<html>sign in to this network</html>"
            self.send_response(200)
            self.send_header("Content-Length", str(len(page)))
            self.end_headers()
            self.wfile.write(page)
        return bool(self.hub.status or self.hub.babble)

    def repository(self, name: str) -> Repository | None:
        """The one that is meant, where whoever asks may see it; said otherwise."""
        found = self.hub.repositories.get(name)
        if found is not None and found.gated and not self.known:
            self.say(403, X_Error_Code="GatedRepo")
        elif found is None or (found.private and not self.known):
            self.say(404 if self.known else 401, X_Error_Code="RepoNotFound")
        else:
            return found
        return None

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        if self.misbehaves():
            return
        path = self.path.partition("?")[0]
        if match := re.fullmatch(r"/api/models/([^/]+/[^/]+)(?:/revision/(.+))?", path):
            self.describe(match[1], match[2] or "main")
        elif match := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self.give(match[1], match[2], match[3])
        else:
            self.say(404)

    def describe(self, name: str, revision: str) -> None:
        found = self.repository(name)
        if found is None:
            return
        sha = found.refs.get(revision.replace("%2F", "/"), revision)
        if sha not in found.commits:
            self.say(404, X_Error_Code="RevisionNotFound")
            return
        siblings = [
            {"rfilename": file, "size": len(data), "blobId": hash_of("", data)}
            for file, data in found.commits[sha].items()
        ]
        self.say(200, {"_id": "1", "id": name, "sha": sha, "siblings": siblings})

    def give(self, name: str, revision: str, file: str) -> None:
        found = self.repository(name)
        if found is None:
            return
        sha = found.refs.get(revision, revision)
        data = found.commits.get(sha, {}).get(file)
        if data is None:
            self.say(404, X_Error_Code="EntryNotFound")
            return
        self.send_response(200)
        self.send_header("X-Repo-Commit", sha)
        self.send_header("ETag", f'"{hash_of(file, data)}"')
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "HEAD":
            return
        self.hub.stall.wait(10)
        if file == self.hub.spoil:
            data = data[:-1] + bytes([data[-1] ^ 1])
        if file == self.hub.cut:
            self.wfile.write(data[: len(data) // 2])
            self.close_connection = True
            return
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.misbehaves():
            return
        path = self.path.partition("?")[0]
        if path == "/api/validate-yaml":
            self.say(200, {"errors": [], "warnings": []})
        elif not self.known:
            self.say(401, X_Error_Message="Invalid credentials in Authorization header")
        elif path == "/api/repos/create":
            self.create(json.loads(body))
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/preupload/main", path):
            files = json.loads(body)["files"]
            modes = [("lfs" if file["path"].endswith(LARGE) else "regular") for file in files]
            told = [
                {"path": file["path"], "uploadMode": mode, "shouldIgnore": False}
                for file, mode in zip(files, modes, strict=True)
            ]
            self.say(200, {"files": told})
        elif path.endswith(".git/info/lfs/objects/batch"):
            put = [
                {**one, "actions": {"upload": {"href": f"{self.hub.url}/storage/{one['oid']}"}}}
                for one in json.loads(body)["objects"]
            ]
            self.say(200, {"transfer": "basic", "objects": put})
        elif match := re.fullmatch(r"/api/models/([^/]+/[^/]+)/commit/main", path):
            self.take(match[1], [json.loads(line) for line in body.splitlines()])
        else:
            self.say(404)

    def create(self, wanted: dict[str, Any]) -> None:
        name = f"{wanted['organization']}/{wanted['name']}"
        if not name.startswith("me/"):
            self.say(403, X_Error_Message="no rights in that namespace")
            return
        private = wanted.get("visibility") == "private" or bool(wanted.get("private"))
        there = name in self.hub.repositories
        self.hub.repositories.setdefault(name, Repository(private=private))
        self.say(409 if there else 200, {"url": f"{self.hub.url}/{name}", "name": name})

    def take(self, name: str, lines: list[dict[str, Any]]) -> None:
        files = {}
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                files[value["path"]] = self.hub.stored[value["oid"]]
        sha = self.hub.repositories[name].commit(files)
        url = f"{self.hub.url}/{name}/commit/{sha}"
        self.say(200, {"success": True, "commitOid": sha, "commitUrl": url})

    def do_PUT(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.hub.stored[self.path.rpartition("/")[2]] = data
        self.say(200)


@contextmanager
def serving() -> Iterator[Hub]:
    """A hub that answers until the block ends."""
    hub = Hub()
    handler = type("Bound", (Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def live_in(place: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the library keep what it fetches in a place, and ask a hub; the folder of its cache.

    It reads HF_HOME, HF_ENDPOINT and their like once, when it is imported.
    """
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(place / "hub"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(place / "token"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "ENDPOINT", url)
    template = url + "/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda _seconds: None)
    monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _seconds: None)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    return place / "hub"
