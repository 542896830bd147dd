"""What the studio is, which versions run, and under which licenses."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPushButton,
    QTabWidget,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from studio import __version__
from studio.ui.kit.forms import quiet
from studio.ui.log.versions import facts, gl_renderer, versions

SIZE = QSize(620, 520)
# What the studio is built on: name, license, where it is found.
LICENSES = (
    ("Python", "PSF-2.0", "https://www.python.org"),
    ("Qt for Python (PySide6)", "LGPL-3.0", "https://doc.qt.io/qtforpython-6"),
    ("VTK", "BSD-3-Clause", "https://vtk.org"),
    ("PyVista, pyvistaqt", "MIT", "https://pyvista.org"),
    ("psygnal", "BSD-3-Clause", "https://github.com/pyapp-kit"),
    ("PyTorch", "BSD-3-Clause and others", "https://pytorch.org"),
    ("diffusers, accelerate, safetensors", "Apache-2.0", "https://huggingface.co"),
    ("NumPy, SciPy", "BSD-3-Clause", "https://numpy.org"),
    ("platformdirs, typer, rich", "MIT", "https://platformdirs.readthedocs.io"),
    ("imageio-ffmpeg", "BSD-2-Clause", "https://github.com/imageio/imageio-ffmpeg"),
    ("FFmpeg, called as a program", "GPL-3.0", "https://ffmpeg.org"),
)
# What the studio carries with it: name, license, where it is from.
CARRIED = (
    ("Face template and rig", "CC0-1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    ("Models and sample takes", "Apache-2.0", "https://www.apache.org/licenses/LICENSE-2.0"),
    ("anny, which they are made with", "Apache-2.0, data CC0", "https://github.com/naver/anny"),
    ("Label colors of Okabe and Ito", "free to use", "https://jfly.uni-koeln.de/color/"),
)


class AboutDialog(QDialog):
    """Three pages: the studio, its versions, its licenses.

    Parameters
    ----------
    models
        Which models are loaded, in a few words.
    """

    def __init__(self, models: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About Expression Studio")
        title = QLabel(f"Expression Studio {__version__}")
        font = title.font()
        font.setPointSizeF(1.6 * font.pointSizeF())
        font.setBold(True)
        title.setFont(font)
        claim = "Open a 3D face in motion, see which expression it shows, and make new motion."
        self.pages = QTabWidget()
        self.pages.setAccessibleName("Pages")
        page = _page(_versions(models), "What runs here")
        self.pages.addTab(page, "&Versions")
        page = _page(_licenses(), "What may be done with the studio")
        self.pages.addTab(page, "&Licenses")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy = QPushButton("&Copy versions")
        self.copy.setToolTip("Copy the versions, for a bug report")
        self.copy.clicked.connect(self._copy)
        buttons.addButton(self.copy, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.addWidget(title)
        layout.addWidget(quiet(claim))
        layout.addWidget(self.pages, stretch=1)
        layout.addWidget(buttons)
        self.resize(SIZE.boundedTo(self.screen().availableSize() - QSize(40, 60)))
        buttons.button(QDialogButtonBox.StandardButton.Close).setFocus()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(facts())


def _page(html: str, name: str) -> QTextBrowser:
    page = QTextBrowser(openExternalLinks=True)
    page.setHtml(html)
    page.setAccessibleName(name)
    page.setToolTip(name)
    page.document().setDocumentMargin(12)
    return page


def _versions(models: str) -> str:
    rows = [*versions().items(), ("Models", models), ("Graphics", gl_renderer())]
    return _table([(escape(name), escape(number)) for name, number in rows])


def _licenses() -> str:
    own = "Expression Studio is free software under the Apache License 2.0."
    return (
        f"<p>{escape(own)}</p>"
        f"<p><b>{escape('It carries')}</b></p>{_table(_linked(CARRIED))}"
        f"<p><b>{escape('It is built on')}</b></p>{_table(_linked(LICENSES))}"
    )


def _linked(rows: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str]]:
    return [
        (f'<a href="{link}">{escape(name)}</a>', escape(license)) for name, license, link in rows
    ]


def _table(rows: list[tuple[str, str]]) -> str:
    lines = "".join(
        f'<tr><td style="padding:3px 24px 3px 0">{name}</td>'
        f'<td style="padding:3px 0">{value}</td></tr>'
        for name, value in rows
    )
    return f'<table cellspacing="0">{lines}</table>'
