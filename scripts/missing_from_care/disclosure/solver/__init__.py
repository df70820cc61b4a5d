"""Disclosure protection: which cells to withhold, and the proof that withholding them is enough.

`problem` states a problem, `search` chooses the cells to withhold and `audit` attacks the result.
Search (with `moves`) and audit share the statement of the problem and nothing else.
"""
