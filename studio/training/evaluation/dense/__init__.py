"""Tables of dense faces from landmarks, beside what other methods make of the same frames."""
