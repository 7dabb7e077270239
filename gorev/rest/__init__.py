"""REST: both route families of ``rest-api.md`` over one set of handlers.

``routes`` is the table of what there is; ``api`` turns it into a Klein resource; ``call`` is a request as handlers see
it, ``reply`` what they give back. A handler translates, calls one operation, and translates back; a rule that stands
here is in the wrong room.
"""
