"""What registers faces for the window, whether models are loaded or not."""

from __future__ import annotations

from collections.abc import Mapping

from studio.core import MeshSequence, Progress
from studio.core.sequence import Doubles
from studio.face.known import studio_face
from studio.face.registration.correspondence import Correspondence


class ShippedRegistrar:
    """Registers with what the studio ships; needs no model set, and imports torch when asked."""

    @property
    def topology(self) -> str:
        """Hash of the studio's triangulation."""
        return studio_face().topology

    def register(
        self,
        mesh: MeshSequence,
        *,
        frame: int = 0,
        points: Mapping[str, Doubles] | None = None,
        progress: Progress | None = None,
    ) -> Correspondence:
        """Fit the studio's face to that of a mesh; `points` are (3,) mm by name."""
        from studio.engine import registration

        return registration.register(mesh, frame=frame, points=points, progress=progress)
