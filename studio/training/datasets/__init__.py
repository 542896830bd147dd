"""Whom and what models learn from: people, takes, corpora, landmark motion and dense faces."""
