"""How the parts of a face look: one material a region, and the light they stand in."""

from __future__ import annotations

from dataclasses import dataclass

from vtkmodules.vtkRenderingCore import vtkLight, vtkProperty, vtkRenderer

Color = tuple[float, float, float]


@dataclass(frozen=True)
class Material:
    """Colors are sRGB, shares in 0..1.

    Attributes
    ----------
    shadow
        Color of what no light reaches; a warm one stands in for light that skin scatters.
    """

    color: Color
    shadow: Color
    ambient: float
    diffuse: float
    specular: float
    power: float
    shine: Color = (1.0, 1.0, 1.0)

    def dress(self, surface: vtkProperty) -> None:
        """Give a surface this look."""
        surface.SetDiffuseColor(*self.color)
        surface.SetAmbientColor(*self.shadow)
        surface.SetSpecularColor(*self.shine)
        surface.SetAmbient(self.ambient)
        surface.SetDiffuse(self.diffuse)
        surface.SetSpecular(self.specular)
        surface.SetSpecularPower(self.power)


# Skin, eyes and the inside of the mouth carry their color in a texture, which multiplies all
# light: hence white.
SKIN = Material((1.0, 1.0, 1.0), (1.0, 0.72, 0.64), 0.34, 0.74, 0.10, 14, (1.0, 0.95, 0.90))
EYE = Material((1.0, 1.0, 1.0), (1.0, 0.95, 0.95), 0.40, 0.64, 0.90, 90)
TONGUE = Material((0.66, 0.33, 0.33), (0.45, 0.15, 0.15), 0.28, 0.58, 0.22, 24)
INSIDE = Material((1.0, 1.0, 1.0), (1.0, 0.72, 0.64), 0.34, 0.70, 0.16, 24, (1.0, 0.95, 0.90))
# Teeth and gums carry their color at their vertices.
TEETH = Material((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.36, 0.76, 0.35, 40)
ENAMEL: Color = (0.98, 0.945, 0.865)
GUM: Color = (0.74, 0.40, 0.39)
LASH: Color = (0.11, 0.075, 0.065)
PLAIN = Material((0.72, 0.73, 0.75), (0.50, 0.50, 0.55), 0.26, 0.76, 0.14, 20)
HEAT = Material((1.0, 1.0, 1.0), (1.0, 1.0, 1.0), 0.45, 0.58, 0.04, 20)

# In the order in which they claim faces: the inside of the mouth is skin too.
MATERIALS: dict[str, Material] = {
    "mouth_inside": INSIDE,
    "skin": SKIN,
    "eye_left": EYE,
    "eye_right": EYE,
    "tongue": TONGUE,
}


@dataclass(frozen=True)
class Lamp:
    """A light that travels with the camera; its place is in camera axes, the target at 0."""

    place: Color
    color: Color
    strength: float


# Key from the upper left, a cooler fill from the right, two rims from behind that part the
# face from the background.
LAMPS = (
    Lamp((-0.55, 0.65, 1.0), (1.0, 0.96, 0.91), 0.78),
    Lamp((0.95, 0.05, 0.75), (0.90, 0.94, 1.0), 0.34),
    Lamp((0.9, 0.75, -0.7), (1.0, 0.98, 0.96), 0.34),
    Lamp((-0.9, 0.35, -0.8), (0.93, 0.96, 1.0), 0.26),
)


def light(renderer: vtkRenderer, tint: Color = (1.0, 1.0, 1.0)) -> None:
    """Replace the lights of a renderer by the studio's, of which a tint lets a share through."""
    renderer.RemoveAllLights()
    renderer.AutomaticLightCreationOff()
    for lamp in LAMPS:
        made = vtkLight()
        made.SetLightTypeToCameraLight()
        made.SetPosition(*lamp.place)
        made.SetFocalPoint(0, 0, 0)
        made.SetColor(*(share * color for share, color in zip(tint, lamp.color, strict=True)))
        made.SetIntensity(lamp.strength)
        renderer.AddLight(made)


BACKGROUNDS: dict[str, tuple[Color, Color]] = {
    "light": ((0.835, 0.845, 0.86), (0.955, 0.96, 0.965)),
    "dark": ((0.10, 0.107, 0.12), (0.205, 0.215, 0.235)),
}

# The wireframe's edges, and the body that hides those behind it.
LINES: dict[str, Color] = {"light": (0.24, 0.30, 0.38), "dark": (0.66, 0.73, 0.82)}
BODIES: dict[str, Material] = {
    "light": Material((0.90, 0.91, 0.92), (0.90, 0.91, 0.92), 0.50, 0.45, 0.0, 1),
    "dark": Material((0.25, 0.27, 0.30), (0.25, 0.27, 0.30), 0.50, 0.45, 0.0, 1),
}


def background(renderer: vtkRenderer, theme: str) -> None:
    """Lay a quiet gradient, bottom to top, for the theme `light` or `dark`."""
    bottom, top = BACKGROUNDS[theme]
    renderer.SetBackground(*bottom)
    renderer.SetBackground2(*top)
    renderer.GradientBackgroundOn()


def no_background(renderer: vtkRenderer) -> None:
    """Put nothing behind the face: what is not covered is transparent in a picture with alpha."""
    renderer.GradientBackgroundOff()
    renderer.SetBackground(0.0, 0.0, 0.0)
    renderer.SetBackgroundAlpha(0.0)
