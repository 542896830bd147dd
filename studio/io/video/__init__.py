"""Pictures of videos, one after the other or in any order, with their times."""
