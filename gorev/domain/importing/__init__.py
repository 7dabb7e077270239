"""How documents are taken into a workspace (``behaviours.md`` §8.4).

``document`` is what was read, ``plan`` what is to be done with it; ``planning`` makes the one of the other, which is
where every decision is: ``labels`` on projects, tags and templates, ``tasks`` on tasks, ``links`` on what is between
them. Nothing here is stored or read.
"""
