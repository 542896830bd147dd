"""The color bar of the heat map in a drawn picture."""

from __future__ import annotations

from vtkmodules.vtkRenderingAnnotation import vtkScalarBarActor

from studio.render.offscreen import OffScreen

from .heat import lookup_table
from .materials import LINES


def add_legend(screen: OffScreen, theme: str, limit: float) -> None:
    """Add a bar from 0 to `limit` millimeters at the right border."""
    table = lookup_table()
    table.SetTableRange(0.0, limit)
    bar = vtkScalarBarActor()
    bar.SetLookupTable(table)
    bar.SetTitle("mm")
    bar.SetNumberOfLabels(3)
    bar.SetLabelFormat("%.3g")
    bar.SetVerticalTitleSeparation(round(screen.height / 60))
    bar.SetTextPad(round(screen.height / 120))
    bar.UnconstrainedFontSizeOn()
    for look in (bar.GetTitleTextProperty(), bar.GetLabelTextProperty()):
        look.SetColor(*LINES[theme])
        look.SetFontSize(max(round(screen.height / 40), 8))
        look.BoldOff()
        look.ItalicOff()
        look.ShadowOff()
    bar.SetPosition(0.9, 0.3)
    bar.SetWidth(0.08)
    bar.SetHeight(0.4)
    screen.renderer.AddViewProp(bar)
