"""Kinds of edits, a file each; joined here by one line each, in the order of lists."""

# isort: off
from . import intensity as intensity
from . import landmarks as landmarks
from .channels import channel_edit as channel_edit
from . import bearing as bearing
from . import head_motion as head_motion
from . import mirror as mirror
from . import smoothing as smoothing
from . import one_euro as one_euro
from . import despike as despike
from . import fill as fill
from . import loop as loop
from . import baked as baked
from .time import trim as trim
from .time import delete as delete
from .time import repeat as repeat
from .time import reverse as reverse
from .time import hold as hold
from .time import speed as speed
from .time import ease as ease
from .time import ping_pong as ping_pong
from .time import resample as resample
