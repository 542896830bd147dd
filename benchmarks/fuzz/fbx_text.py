"""A square plate as FBX: a shape lifts one corner, a bone carries all of it, a model turns it."""

from __future__ import annotations

from pathlib import Path

TICKS = 46186158000  # of a second
POINTS = "0,0,0,2,0,0,2,1,0,0,1,0"


def numbers(kind: str, values: str, indent: str = "\t\t") -> str:
    return f"{indent}{kind}: *{len(values.split(','))} {{\n{indent}\ta: {values}\n{indent}}}\n"


def curve(number: int, frames: int, top: float, fps: int) -> str:
    times = ",".join(str(k * TICKS // fps) for k in range(frames))
    values = ",".join(str(top * k / (frames - 1)) for k in range(frames))
    return (
        f'\tAnimationCurve: {number}, "AnimCurve::", "" {{\n\t\tKeyVer: 4009\n'
        + numbers("KeyTime", times)
        + numbers("KeyValueFloat", values)
        + numbers("KeyAttrFlags", "24836")
        + numbers("KeyAttrDataFloat", "0,0,0,0")
        + numbers("KeyAttrRefCount", str(frames))
        + "\t}\n"
    )


def fbx_text(
    *,
    frames: int = 5,
    fps: int = 25,
    unit: float = 1.0,
    points: str = POINTS,
    corners: str = "0,1,2,-4",
    up: int = 1,
    takes: int = 1,
    scale: str = "1,1,1",
    bone: bool = False,
) -> str:
    """Write it; `up` is the axis, 1 for y and 2 for z."""
    front = ("2", "1") if up == 1 else ("1", "-1")
    last = (frames - 1) * TICKS // fps
    settings = [
        ("UpAxis", "int", str(up)), ("UpAxisSign", "int", "1"), ("FrontAxis", "int", front[0]),
        ("FrontAxisSign", "int", front[1]), ("CoordAxis", "int", "0"),
        ("CoordAxisSign", "int", "1"), ("UnitScaleFactor", "double", str(unit)),
    ]  # fmt: skip
    said = "".join(f'\t\tP: "{n}", "{k}", "Number", "",{v}\n' for n, k, v in settings)
    said += '\t\tP: "TimeMode", "enum", "", "",14\n'
    said += f'\t\tP: "CustomFrameRate", "double", "Number", "",{fps}\n'
    stacks = "".join(
        f'\tAnimationStack: {900 + k}, "AnimStack::take{k}", "" {{\n\t\tProperties70: {{\n'
        f'\t\t\tP: "LocalStart", "KTime", "Time", "",0\n'
        f'\t\t\tP: "LocalStop", "KTime", "Time", "",{last}\n\t\t}}\n\t}}\n'
        f'\tAnimationLayer: {950 + k}, "AnimLayer::", "" {{\n\t}}\n'
        for k in range(takes)
    )
    skin = (
        '\tModel: 600, "Model::bone", "LimbNode" {\n\t}\n'
        '\tDeformer: 610, "Deformer::", "Skin" {\n\t}\n'
        '\tDeformer: 620, "SubDeformer::", "Cluster" {\n'
        + numbers("Indexes", "0,1,2,3")
        + numbers("Weights", "1,1,1,1")
        + numbers("Transform", "1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1")
        + numbers("TransformLink", "1,0,0,0,0,1,0,0,0,0,1,0,0,0,0,1")
        + "\t}\n"
    )
    links = (
        'C: "OO",200,0\nC: "OO",100,200\nC: "OO",300,100\nC: "OO",310,300\nC: "OO",320,310\n'
        'C: "OO",950,900\nC: "OO",700,950\nC: "OP",700,310,"DeformPercent"\n'
        'C: "OP",710,700,"d|DeformPercent"\n'
    )
    links += "".join(f'C: "OO",{950 + k},{900 + k}\n' for k in range(1, takes))
    if bone:
        links += (
            'C: "OO",600,0\nC: "OO",610,100\nC: "OO",620,610\nC: "OO",600,620\n'
            'C: "OO",720,950\nC: "OP",720,600,"Lcl Translation"\nC: "OP",730,720,"d|Y"\n'
        )
    return (
        "; FBX 7.4.0 project file\nFBXHeaderExtension:  {\n\tFBXHeaderVersion: 1003\n"
        f"\tFBXVersion: 7400\n}}\nGlobalSettings:  {{\n\tProperties70:  {{\n{said}\t}}\n}}\n"
        'Objects:  {\n\tGeometry: 100, "Geometry::plate", "Mesh" {\n'
        + numbers("Vertices", points)
        + numbers("PolygonVertexIndex", corners)
        + '\t}\n\tGeometry: 320, "Geometry::up", "Shape" {\n'
        + numbers("Indexes", "2")
        + numbers("Vertices", "0,0,1")
        + f'\t}}\n\tModel: 200, "Model::plate", "Mesh" {{\n\t\tProperties70: {{\n'
        f'\t\t\tP: "Lcl Scaling", "Lcl Scaling", "", "A",{scale}\n\t\t}}\n\t}}\n'
        '\tDeformer: 300, "Deformer::", "BlendShape" {\n\t}\n'
        '\tDeformer: 310, "SubDeformer::up", "BlendShapeChannel" {\n\t\tDeformPercent: 0\n'
        + numbers("FullWeights", "100")
        + f"\t}}\n{stacks}"
        + '\tAnimationCurveNode: 700, "AnimCurveNode::DeformPercent", "" {\n\t}\n'
        + curve(710, frames, 100.0, fps)
        + (
            skin
            + '\tAnimationCurveNode: 720, "AnimCurveNode::T", "" {\n\t}\n'
            + curve(730, frames, 10.0 * (frames - 1), fps)
            if bone
            else ""
        )
        + f"}}\nConnections:  {{\n{links}}}\n"
    )


def write_fbx(path: Path, **change: object) -> Path:
    path.write_text(fbx_text(**change), encoding="ascii")  # type: ignore[arg-type]
    return path
