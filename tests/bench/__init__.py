"""Measurements of the whole program in real processes; ``make bench`` runs them and prints a table."""
