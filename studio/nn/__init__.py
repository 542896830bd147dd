"""Networks, one model a file. torch only."""
