"""What a caller searches for, and how a query is read (``behaviours.md`` §1 to §3).

``filters`` and ``days`` say which tasks qualify, ``query_string`` splits what a user typed, ``words`` are the words as
the index has them, ``natural`` reads sentences by the tables of ``phrases``. All of it is pure: today is a parameter.
"""
