"""A face of another triangulation is fitted to the studio's: the offer, the work, the assistant."""
