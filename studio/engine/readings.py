"""What an engine's models say of clips."""

from __future__ import annotations

from studio.core import (
    Familiarity,
    InputError,
    MeshSequence,
    Probabilities,
    Progress,
    Tracks,
    UnitTracks,
)
from studio.core.identity.people import Identified, KnownPeople
from studio.core.sequence import Floats
from studio.engine.loading.model_set import ModelSet

from .familiarity import Weighing, reconstruction_errors
from .identity import PersonReader
from .kinds.familiarity import FAMILIARITY
from .kinds.identity import IDENTITY
from .kinds.recognizer import RECOGNIZER
from .kinds.units import UNITS
from .recognition import Recognition
from .units import UnitReader


class Readings:
    """The questions about clips that an `Engine` answers.

    Parameters
    ----------
    models
        The set that answers them.
    """

    def __init__(self, models: ModelSet) -> None:
        self.models = models
        self.template = models.template

    def encode(self, sequence: MeshSequence, progress: Progress | None = None) -> Floats:
        """Encode a clip as latents (T, D), each frame laid on the template. Read-only, cached."""
        return self.models.codec.encode(sequence, progress or Progress())

    def decode(self, latents: Floats, progress: Progress | None = None) -> Floats:
        """Decode latents (T, D) into meshes (T, V, 3) in mm, in the template's pose."""
        return self.models.codec.decode(latents, progress or Progress())

    def read(
        self,
        reader: str,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = None,
    ) -> Tracks:
        """Ask one of the `readers` what it says of a clip.

        Parameters
        ----------
        neutral : (V, 3) float32 or None
            The person's face at rest in mm; None leaves it to the reader.

        Raises
        ------
        InputError
            For a clip that it cannot read.
        """
        return self.models.reader(reader).read(sequence, neutral, progress or Progress())

    def read_units(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = None,
        *,
        causal: bool = False,
    ) -> UnitTracks:
        """Tell which action units a clip shows at each frame, and how strongly, 0 to 5.

        Parameters
        ----------
        neutral : (V, 3) float32 or None
            The person's face at rest in mm, from which all is measured; None: estimated.
        causal : bool
            Frame t has seen no later frame, but for that estimate, as in a live stream.

        Raises
        ------
        InputError
            For another topology, or, without a neutral, fewer than four frames.
        """
        reader = self.models.served(UNITS, UnitReader)
        return reader.read(sequence, neutral, progress or Progress(), causal=causal)

    def person_vector(self, sequence: MeshSequence, progress: Progress | None = None) -> Floats:
        """Describe the person of a clip of any length by a unit vector (E,); see `identify`.

        Raises
        ------
        InputError
            For another topology.
        CheckpointError
            Where the set cannot tell people apart.
        """
        return self.models.served(IDENTITY, PersonReader).vector(sequence, progress or Progress())

    def identify(
        self, sequence: MeshSequence, known: KnownPeople, progress: Progress | None = None
    ) -> Identified:
        """Tell which of some known people a clip shows, or that it shows none of them.

        Raises
        ------
        InputError
            For another topology, nobody known, and people described by other models.
        CheckpointError
            Where the set cannot tell people apart.
        """
        reader = self.models.served(IDENTITY, PersonReader)
        if known.names and known.model != self.person_model:
            wanted = "people who were described by these models"
            raise InputError.of("known", wanted, "others; describe them anew from their clips")
        return reader.identified(sequence, known, progress or Progress())

    @property
    def person_model(self) -> str:
        """Digest of what vectors of people depend on; empty where the set has no such model."""
        parts = [self.models.digest(name) for name in (IDENTITY.name, *IDENTITY.depends)]
        return "-".join(part[:12] for part in parts) if parts[0] else ""

    def gender_slider(
        self, sequence: MeshSequence, progress: Progress | None = None
    ) -> tuple[Floats, float]:
        """Read the gender slider of the body model that the synthetic training people come from.

        It is no statement about a person.

        Returns
        -------
        per_frame : (T,) float32
            How sure it is that the slider stands above its middle.
        clip : float
            The same of the whole clip.
        """
        reader = self.models.served(IDENTITY, PersonReader)
        read = reader.slider(sequence, progress or Progress())
        return read[:-1], float(read[-1])

    def recognize(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = None,
        *,
        causal: bool = True,
    ) -> Probabilities:
        """Recognize which expression a clip shows, at each frame and as a whole.

        Parameters
        ----------
        neutral : (V, 3) float32 or None
            The person's face at rest in mm; None: estimated from the clip.
        causal : bool
            Row t has seen no later frame, its estimate of the face at rest included; False lets the
            rows use the estimate from the whole clip.

        Raises
        ------
        InputError
            For another topology or fewer than four frames.
        """
        reader = self.models.served(RECOGNIZER, Recognition)
        return reader.read(sequence, neutral, progress or Progress(), causal=causal)

    def judge(
        self,
        sequence: MeshSequence,
        start: int,
        stop: int,
        neutral: Floats | None = None,
        progress: Progress | None = None,
    ) -> Floats:
        """Recognize what frames start..stop-1 show as a whole: probabilities (L,) of the labels.

        The frames are judged alone; the face at rest (V, 3), unless given, is estimated from the
        whole clip. Raises like `recognize`.
        """
        reader = self.models.served(RECOGNIZER, Recognition)
        return reader.judge(sequence, (start, stop), neutral, progress or Progress())

    def familiarity(
        self,
        sequence: MeshSequence,
        neutral: Floats | None = None,
        progress: Progress | None = None,
    ) -> Familiarity | None:
        """Measure how far each frame of a clip lies from what the models were trained on.

        The person's face at rest (V, 3) is estimated unless given. None where the set does not
        know. Raises like `recognize`.
        """
        if FAMILIARITY.name not in self.models.kinds:
            return None
        reader = self.models.served(FAMILIARITY, Weighing)
        return reader.read(sequence, neutral, progress or Progress())

    def reconstruction_errors(
        self, sequence: MeshSequence, progress: Progress | None = None
    ) -> Floats:
        """Measure what the codec loses of each frame: (T,) mm, see `familiarity`."""
        codec = self.models.codec
        return reconstruction_errors(codec, self.template, sequence, progress or Progress())

    def resting_face(self, sequence: MeshSequence, progress: Progress | None = None) -> Floats:
        """Estimate the person's neutral (V, 3) in mm, in the pose of the quietest frame.

        That frame's own vertices, less the expression they show, so that what the latent does not
        hold of a face stays. Raises like `recognize`.
        """
        reader = self.models.served(RECOGNIZER, Recognition)
        return reader.resting_face(sequence, progress or Progress())
