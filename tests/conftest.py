"""What all tests share: nothing of the user's is touched, and threads that wait do not spin."""

from __future__ import annotations

import atexit
import gc
import getpass
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says more of the machine than of the code.
settings.register_profile("studio", deadline=None)
settings.load_profile("studio")

# Read when torch and platformdirs are imported, which the tests below do; programs that tests
# start inherit it.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", str(min(os.cpu_count() or 1, 4)))
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ["OMP_NUM_THREADS"] = "1"  # processes that share the tests fill the cores themselves
_HOME = tempfile.mkdtemp(prefix="studio-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
# Shaders and lists of fonts are the machine's, not the user's: made once, not once a test.
_MADE_ONCE = Path(tempfile.gettempdir(), f"studio-tests-of-{getpass.getuser()}")
os.environ.setdefault("MESA_SHADER_CACHE_DIR", str(_MADE_ONCE))
os.environ.setdefault("MPLCONFIGDIR", str(_MADE_ONCE))
_MADE_ONCE.mkdir(exist_ok=True)
for _name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
    os.environ[_name] = str(Path(_HOME, _name))


# A look at all that lives comes once a module, below; Python's own took a tenth of the time.
gc.set_threshold(*gc.get_threshold()[:2], 1000)


@pytest.fixture(scope="module", autouse=True)
def settled_heap() -> None:
    """Keep modules out of the collector's rounds: torch alone brings a million objects."""
    gc.collect()
    gc.freeze()
