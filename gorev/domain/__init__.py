"""What a task is and what may happen to it.

Values and rules only: attrs and the standard library. No Twisted, no SQL, no JSON names, no clock; whatever the time is
needed for comes in as a parameter.
"""
