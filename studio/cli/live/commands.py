"""live info, record and send."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.clips import JsonOption, tell_written
from studio.cli.formats.options import FormatOption, PresetOption, TellOption, UnitOption
from studio.cli.reading import InputFpsOption, InputUnitOption, given
from studio.core import InputError

if TYPE_CHECKING:
    from studio.core import Given, Progress
    from studio.core.sequence import Floats
    from studio.takes.live import LiveHead

live = typer.Typer(help="A face that a phone sends, or that a camera sees: see, record, send.")
PORT, HOST = 11111, "127.0.0.1"
PortOption = Annotated[int, typer.Option("--port", "-p", help="The port of the packets.")]
ListenOption = Annotated[
    str,
    typer.Option(
        "--address",
        help="Where to listen: 127.0.0.1 hears this computer alone, 0.0.0.0 every network.",
    ),
]
CameraOption = Annotated[
    str | None,
    typer.Option(
        help="A camera in the place of a phone, by number or name; the path of a video stands in."
    ),
]
SecondsOption = Annotated[float, typer.Option("--seconds", "-s", help="How long.", min=0.05)]


@live.command("info")
def show_phones(
    port: PortOption = PORT,
    address: ListenOption = HOST,
    seconds: SecondsOption = 5.0,
    camera: CameraOption = None,
    json: JsonOption = False,
) -> None:
    """Listen for a while, and say which phones send, how fast, and what is missing.

    A camera is told of as a phone that is called as it is.
    """
    from studio.cli.output import print_json, print_table

    from .listening import Place, facts, heard

    found = heard(Place(address, port, camera), seconds)
    phones = [facts(phone) for phone in found.phones.values()]
    if json:
        refused = {str(why): count for why, count in found.refused.items()}
        print_json({"phones": phones, "refused": refused, "said": list(found.news())})
        return
    for sentence in found.news():
        typer.echo(sentence, err=True)
    rows = [[str(cell) for cell in one.values()] for one in phones]
    if rows:
        print_table(rows, list(phones[0]))
    aside = ", ".join(f"{count} {why}" for why, count in sorted(found.refused.items()))
    none = "" if rows else "no phone; "
    print(f"{none}left aside: {aside or 'nothing'}")


@live.command("record")
def record_phone(
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="A file, or a folder for frames; a .csv as the app's."),
    ],
    port: PortOption = PORT,
    address: ListenOption = HOST,
    seconds: SecondsOption = 10.0,
    phone: Annotated[
        str | None,
        typer.Option(help="The name or the id of the phone; the first that is heard unless given."),
    ] = None,
    camera: CameraOption = None,
    head: Annotated[
        Path | None,
        typer.Option(help="A head with its own ARKit shapes in the place of the studio's."),
    ] = None,
    preset: PresetOption = None,
    format: FormatOption = None,
    option: TellOption = None,
    unit: UnitOption = None,
) -> None:
    """Record a phone or a camera from its first face on, until the time is up or Ctrl+C.

    Gaps stay gaps; a video in the place of a camera may end before.
    """
    from studio.cli.output import progress_line
    from studio.cli.target import Target
    from studio.io.live.recorded import take_of, write_poses
    from studio.takes.live import studio_head

    from .listening import Place, recorded

    target = Target.checked(out, preset, format, unit, option, None, "light", head)
    raw = target.kind.name == "livelink"
    if raw and head is not None:
        raise InputError.of("--head", "a format of meshes", "a CSV of weights")
    if camera is not None and phone is not None:
        raise InputError.of("--phone", "none beside --camera", phone)
    played = studio_head() if head is None else _own(head)
    with progress_line() as progress:
        name, poses = recorded(
            Place(address, port, camera), seconds, phone, progress.part(0.0, 0.6)
        )
        if raw:
            write_poses(poses, out)
            print(f"{len(poses)} poses of {name}, in {out}")
            return
        clip = played.played(take_of(poses), name)
        for remark in clip.remarks:
            progress.remarked(f"{name}: {remark}")
        written = target.write(clip, progress.part(0.6, 1.0))
    tell_written(target, clip, written)


@live.command("send")
def send_clip(
    clip: Annotated[Path, typer.Argument(help="A clip in any known format, as a take of a phone.")],
    port: PortOption = PORT,
    address: Annotated[str, typer.Option(help="The computer that listens.")] = HOST,
    name: Annotated[str, typer.Option(help="What the phone is called.")] = "Studio",
    loop: Annotated[bool, typer.Option("--loop", help="Over and over, until Ctrl+C.")] = False,
    input_unit: InputUnitOption = None,
    fps: InputFpsOption = None,
) -> None:
    """Send a clip as Live Link Face does, to the studio or another program that hears it."""
    from studio.cli.output import progress_line
    from studio.io.live.sending import send

    if not name.strip():
        raise InputError.of("--name", "a name", "an empty one")
    with progress_line() as progress:
        values, rate = _weights(clip, given(input_unit, fps), progress.part(0.0, 0.2))
        sent = send(
            values,
            rate,
            address,
            port,
            subject=name,
            loop=loop,
            progress=progress.part(0.2, 1.0),
        )
    print(f"{sent} packets to {address} port {port}")


def _own(head: Path) -> LiveHead:
    """Read a head with its own shapes."""
    from studio.core import Given, Progress
    from studio.takes.live import own_head
    from studio.takes.reading import read_clip

    # Poses have no rate, which nobody needs to be told.
    poses = read_clip(head, Progress(), Given(fps=1.0), reorder=False, poses=True)
    return own_head(poses.renamed(head.name))


def _weights(clip: Path, read: Given, progress: Progress) -> tuple[Floats, float]:
    """Find the channels (T, 61) of a clip, and its rate: as they are in a take, or solved."""
    from studio.cli.reading import is_take
    from studio.io.live.sending import values_of
    from studio.io.weights.take import read_weights

    if is_take(clip):
        if read.unit is not None:
            wanted = f"a mesh, to be read in {read.unit}"
            raise InputError.of(clip, wanted, "a file without coordinates")
        take = read_weights(clip, fps=read.fps)
        for remark in take.remarks:
            progress.remarked(f"{clip.name}: {remark}")
        return values_of(take), take.fps
    from studio.io import write_sequence
    from studio.takes.reading import read_clip

    with TemporaryDirectory(prefix="expression-studio-") as folder:
        place, sequence = Path(folder) / f"{clip.stem}.csv", read_clip(clip, progress, read)
        write_sequence(sequence, place, format="livelink", progress=progress)
        take = read_weights(place, fps=sequence.fps)
    return values_of(take), take.fps
