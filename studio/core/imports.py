"""Libraries imported without those of their parts that the studio may never call."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.abc import MetaPathFinder
from types import ModuleType


class _Later(ModuleType):
    """Stands for a module that other modules import, until something of it is used."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is not self:
            return getattr(import_module(self.__name__), name)
        # What imports a function by its name gets one that finds it when it is called.
        return self._found_when_called(name)

    def _found_when_called(self, name: str) -> Callable[..., object]:
        def call(*given: object, **named: object) -> object:
            found: Callable[..., object] = getattr(import_module(self.__name__), name)
            return found(*given, **named)

        return call


class _Completer(MetaPathFinder):
    """Imports what was put off before the first further module of its library.

    That module may count on all that its library imports at its start.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        library = fullname.partition(".")[0]
        wanted = [name for name in self.names if name.partition(".")[0] == library]
        self.names = tuple(name for name in self.names if name not in wanted)
        for name in wanted:
            if name != fullname:
                import_module(name)


@contextmanager
def put_off(*names: str) -> Iterator[None]:
    """Import libraries in the block without these modules, which come when they are used.

    A library may import at its start what only few of its users call. Where such a module, or a
    further one of its library, is imported after the block, or something of it is used, it is
    imported then, as it is.

    Parameters
    ----------
    names : str
        Modules that the libraries only import by name, or take functions of; those that are there
        already are left alone.
    """
    later = {name: _Later(name) for name in names if name not in sys.modules}
    sys.modules.update(later)
    try:
        yield
    finally:
        for name, module in later.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
        sys.meta_path.insert(0, _Completer(later))
