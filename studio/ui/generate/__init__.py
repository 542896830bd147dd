"""Generating: the service, its panel and forms, contact sheets, batches and motion verbs."""
