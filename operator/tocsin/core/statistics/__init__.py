"""Statistics on plain numbers, for criteria to rest on. Each file has one subject.

Without numpy and scipy: docs/design/statistics.md says why, and what that costs and saves.
"""
