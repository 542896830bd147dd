"""Preferences take effect the moment they are chosen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from studio.core.system.paths import shipped
from studio.document import Document
from studio.engine.loading.hub import origin
from studio.io import cache
from studio.takes.carried import CARRIED
from studio.ui.clips.service import OpenService
from studio.ui.kit.bind import bind
from studio.ui.kit.theme import apply_theme
from studio.ui.models.protocol import Models
from studio.ui.models.service import ModelService
from studio.ui.registration.service import RegistrationService
from studio.ui.settings.preferences import GB, Preferences
from studio.ui.settings.settings import Settings


class PreferenceEffects(QObject):
    """Hands what was chosen to what it is about, now and whenever it changes."""

    def __init__(
        self,
        settings: Settings,
        document: Document,
        models: ModelService,
        opening: OpenService,
        registration: RegistrationService,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.settings, self.document = settings, document
        self._models, self._opening, self._registration = models, opening, registration
        kinds = vars(Preferences)
        self._effects: dict[str, Callable[[], object]] = {
            kinds["theme"].key: self._dress,
            kinds["device"].key: self._move,
            kinds["default_fps"].key: self._set_fps,
            kinds["undo_gb"].key: self._bound_undo,
            kinds["fit_faces"].key: self._set_fitting,
            kinds["cache_gb"].key: self._place_cache,
            kinds["cache_place"].key: self._place_cache,
        }
        for act in (self._set_fps, self._bound_undo, self._place_cache, self._set_fitting):
            act()
        bind(self, settings.changed, self._follow)
        self._at_first = models.folder
        models.engine_changed.connect(self._keep_models)
        models.device_changed.connect(self._keep_device)

    def _follow(self, key: str) -> None:
        effect = self._effects.get(key)
        if effect is not None:
            effect()

    def _dress(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self.settings.theme)

    def _move(self) -> None:
        if self._models.device != self.settings.device:
            self._models.set_device(self.settings.device)

    def _keep_device(self, device: str) -> None:
        """Remember where the models run; another device may have been asked for in vain."""
        self.settings.device = device

    def _keep_models(self, engine: Models | None) -> None:
        """Remember the folder that was chosen since the start, and list it from now on."""
        settings, folder = self.settings, self._models.folder
        if engine is None or folder == self._at_first:
            return
        own = folder is None or folder.parent == shipped("checkpoints")
        settings.models_folder = None if folder is None else folder.absolute()
        if folder is not None and not own and origin(folder) is None:
            settings.model_folders = [*settings.model_folders, folder]

    def _set_fps(self) -> None:
        self._opening.default_fps = self.settings.default_fps

    def _set_fitting(self) -> None:
        self._registration.automatic = self.settings.fit_faces

    def _bound_undo(self) -> None:
        room = round(self.settings.undo_gb * GB)
        self.document.set_undo_bytes(room)
        CARRIED.set_budget(room)

    def _place_cache(self) -> None:
        cache.configure(self.settings.cache_place, round(self.settings.cache_gb * GB))
