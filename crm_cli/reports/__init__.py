"""Figures from facts: pure functions that know neither store nor clock."""

from __future__ import annotations
