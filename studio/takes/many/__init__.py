"""Many clips at once: which there are, what is left of them, and the processes that work on them.

Whatever is done to one clip is an item of a manifest, which a worker does as a command does it. All
that is known of an item lies in files, so that any run may stop at any moment and the next goes on.
"""
