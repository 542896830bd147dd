"""One file a family of models; `studio.engine.catalog` joins them.

A family is a network in `studio.nn`, its kinds here, and a trainer in `studio.training`. A kind
says without torch what the model is called, which role it plays and what it can be told; its
`Family` says how a file becomes the network and what answers for it. The window, the command line
and the list of model sets follow.
"""
