"""How well people are told apart whom no training has seen."""
