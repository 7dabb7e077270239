"""The operations: one method per thing a user can do, the same for every wire.

An operation is one transaction: it reads what the rules need, lets ``domain`` decide, stores the result and appends the
event. ``tasks`` and ``projects`` hold the operations of one workspace, ``workspaces`` finds and opens workspaces,
``bus`` hands committed events to whoever listens, ``watching`` looks at files, ``ides`` sees to editors. Nothing here
knows names or shapes of a wire.
"""
