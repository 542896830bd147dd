"""What happened: the log, messages and crash reports."""
