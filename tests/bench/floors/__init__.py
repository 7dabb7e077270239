"""What the parts can do at best: each floor is a small process with as little in it as answers the same question.

A floor is a module that is run with ``python -m``. Its first line of output says that it is ready: the port it listens
on, or ``ready``. One without a port is then asked over its standard input and output, a line of JSON each way.
"""
