"""How clips of faces of any triangulation come out: torn edges, lips and lids, the first frame."""
