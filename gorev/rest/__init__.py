"""REST: both route families of ``rest-api.md`` over one set of handlers.

A `route` says what an operation takes, answers and refuses; each module of handlers ends in its routes, ``routes`` has
them all. ``api`` turns them into a Klein resource, ``openapi`` into the document of the API, ``docs_page`` that into a
page. ``call`` is a request as handlers see it, ``fields`` what it may hold, ``reply`` what they give back. A handler
translates, calls one operation, and translates back; a rule that stands here is in the wrong room.
"""
