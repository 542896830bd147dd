"""Figures of models on people and takes they have not seen, and the tables that show them."""
