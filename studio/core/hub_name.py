"""What a model set on a hub is called: ``hf:owner/name@revision``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import InputError

SCHEME = "hf:"
USUAL = "main"
_LONGEST = 96  # letters of a repository's name
_COMMIT = re.compile(r"[0-9a-f]{40}")
_PART = r"[A-Za-z0-9](?:[\w.]|-(?!-))*"  # two hyphens stand for the slash in a cache's folders
_NAME = re.compile(rf"({_PART}/{_PART})(?:@(.*))?", re.DOTALL | re.ASCII)
_REVISION = re.compile(r"\w[\w.+-]*(?:/\w[\w.+-]*)*", re.ASCII)  # no way out of the folder of refs


def is_hub_name(text: object) -> bool:
    """Whether a text names a set on a hub, and not a folder."""
    return str(text).startswith(SCHEME)


def is_commit(revision: str) -> bool:
    """Whether a revision is the whole id of a commit, which never means anything else."""
    return _COMMIT.fullmatch(revision) is not None


@dataclass(frozen=True)
class HubName:
    """A model set on a hub.

    Parameters
    ----------
    repo
        ``owner/name``.
    revision
        A branch, a tag, or the 40 hex digits of a commit.
    """

    repo: str
    revision: str = USUAL

    @classmethod
    def of(cls, text: str) -> HubName:
        """Read ``hf:owner/name`` or ``hf:owner/name@revision``.

        Raises
        ------
        InputError
            For any other text.
        """
        found = _NAME.fullmatch(text.removeprefix(SCHEME)) if is_hub_name(text) else None
        repo, revision = found.groups() if found is not None else ("", None)
        revision = USUAL if revision is None else revision
        fits = 0 < len(repo) <= _LONGEST and ".." not in repo + revision
        if not fits or not _REVISION.fullmatch(revision):
            raise InputError.of("models", "a folder or hf:owner/name@revision", text)
        return cls(repo, revision)

    def __str__(self) -> str:
        at = "" if self.revision == USUAL else f"@{self.revision}"
        return f"{SCHEME}{self.repo}{at}"

    @property
    def short(self) -> str:
        """The name as a window has room for, with the first digits of a commit."""
        at = self.revision[:7] if is_commit(self.revision) else self.revision
        return f"{self.repo}@{at}"


def short_name(models: str) -> str:
    """Say the name of a model set, on a hub or not, as a window has room for."""
    return HubName.of(models).short if is_hub_name(models) else models
