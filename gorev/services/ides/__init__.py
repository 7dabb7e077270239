"""Editors on this machine and Gorev's extension in them.

``places`` says where an editor may be on each system, ``program`` runs one with a time limit, ``settings`` keeps the
user's settings, ``editors`` are the operations. Gorev itself downloads nothing: the editor fetches and verifies.
"""
