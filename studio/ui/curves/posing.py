"""Poses of the current clip: copied, laid on other frames, put between keys, kept as files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from studio.core import StudioError
from studio.document.edits.channels.keying import with_values
from studio.document.edits.channels.library import (
    list_poses,
    pose_name,
    pose_path,
    poses_folder,
    read_pose,
    write_pose,
)
from studio.document.edits.channels.poses import Pose, flipped, laid, tweened

from .editor import ChannelEditor


class PoseEditor(QObject):
    """Verbs on poses.

    Parameters
    ----------
    editor
        Of the keys that they become.
    folder
        Where poses are kept; by default the user's own.
    """

    changed = Signal()  # whether there is a copied pose, or which ones are kept

    def __init__(
        self, editor: ChannelEditor, folder: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.editor = editor
        self.folder = folder or poses_folder()
        self.copied: Pose | None = None
        self.strength = 1.0  # of what is laid

    @property
    def names(self) -> list[str]:
        """The poses that are kept."""
        return [pose_name(path) for path in list_poses(self.folder)]

    def copy(self) -> None:
        """Remember the pose at the playhead: what is seen of it, or all of it."""
        pose = self._here()
        if pose:
            self.copied = pose
            self.editor.noticed.emit(f"Copied the pose of {self._counted(len(pose))}")
            self.changed.emit()

    def paste(self, *, flip: bool = False) -> None:
        """Lay the copied pose on the frame at the playhead, as strongly as is said."""
        if self.copied is not None:
            pose = flipped(self.copied) if flip else self.copied
            self._lay(pose, f"Paste pose{' flipped' if flip else ''}")

    def tween(self, share: float) -> None:
        """Put keys at the playhead, a share of the way from those before to those after."""
        editor = self.editor
        edit, frame = editor.edit, editor.frame
        values = {} if edit is None else tweened(edit, frame, share, editor.seen or None)
        if values:
            editor.set_values(values, "Tween", "tween")
        else:
            editor.noticed.emit("No channel has a key on both sides of the playhead")

    def show_tween(self, share: float) -> None:
        """Show the same while a slider is held."""
        editor = self.editor
        below, frame, seen = editor.below, editor.frame, editor.seen or None
        if below is not None:
            editor.show(
                lambda edit: with_values(edit, frame, tweened(edit, frame, share, seen), below)
            )

    # The library

    def keep(self, name: str) -> None:
        """Keep the pose at the playhead under a name, in place of one that is there."""
        pose = self._here()
        if not pose or not name.strip():
            return
        try:
            write_pose(pose_path(self.folder, name.strip()), pose)
        except StudioError as error:
            self.editor.failed.emit(error)
            return
        self.editor.noticed.emit(f"Kept {name.strip()} in {self.folder}")
        self.changed.emit()

    def lay(self, name: str) -> None:
        """Lay a pose that is kept on the frame at the playhead, as strongly as is said."""
        try:
            pose = read_pose(pose_path(self.folder, name))
        except StudioError as error:
            self.editor.failed.emit(error)
            return
        self._lay(pose, f"Lay {name}")

    def forget(self, name: str) -> None:
        """Delete the file of a pose."""
        try:
            pose_path(self.folder, name).unlink(missing_ok=True)
        except OSError as error:
            self.editor.failed.emit(StudioError(f"{name}: cannot be deleted: {error.strerror}"))
        self.changed.emit()

    # Doing it

    def _here(self) -> dict[str, float]:
        editor = self.editor
        now = editor.values(editor.frame)
        return {name: value for name, value in now.items() if name in (editor.seen or now)}

    def _lay(self, pose: Pose, step: str) -> None:
        editor = self.editor
        edit, below, frame = editor.edit, editor.below, editor.frame
        if edit is None or below is None:
            return
        values = laid(edit, below, frame, pose, self.strength)
        if values:
            editor.set_values(values, step)

    def _counted(self, channels: int) -> str:
        return "a channel" if channels == 1 else f"{channels} channels"
