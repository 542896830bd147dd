"""A face of any triangulation laid on the studio's, and motion carried between the two."""
