"""Faces that arrive over the network: packets of the Live Link Face app, received and sent."""
