"""What is measured of action units: F1, agreement of intensity, confusion, what simpler ways do."""
