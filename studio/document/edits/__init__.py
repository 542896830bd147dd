"""Kinds of edits, a file each; joined here by one line each, in the order of lists."""

# isort: off
from . import intensity as intensity
from . import landmarks as landmarks
from .channels import channel_edit as channel_edit
from .parts import channel_gain as channel_gain
from .parts import region_intensity as region_intensity
from .parts import hold_region as hold_region
from .parts import layer as layer
from .parts import mix as mix
from .parts import identity as identity
from . import bearing as bearing
from . import head_motion as head_motion
from . import mirror as mirror
from . import smoothing as smoothing
from . import one_euro as one_euro
from . import despike as despike
from . import fill as fill
from . import loop as loop
from . import baked as baked
from .joining import insert as insert
from .joining import join as join
from .time import trim as trim
from .time import delete as delete
from .time import repeat as repeat
from .time import reverse as reverse
from .time import hold as hold
from .time import speed as speed
from .time import ease as ease
from .time import ping_pong as ping_pong
from .time import resample as resample
