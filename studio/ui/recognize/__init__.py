"""Recognizing: the service, its panel, bars, verdicts and reports."""
