"""Mutants that no test can kill because nothing that can be seen differs, each with the reason.

Key: (file or name, what was changed), as the table of run.py names them.
"""

EXPLAINED = {}
