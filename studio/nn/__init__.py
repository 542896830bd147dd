"""Networks, one model a file. torch only."""

from studio.core.imports import put_off

# It teaches torch to compile and export programs, which the studio does not do, and takes a
# quarter of the time of the import; whoever does it imports it.
with put_off("torch._meta_registrations"):
    import torch  # noqa: F401
