"""A face of any triangulation found, and laid on the studio's, by networks."""

from .registering import register

__all__ = ["register"]
