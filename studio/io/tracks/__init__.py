"""Tables of action units, as OpenFace and py-feat write them."""
