"""Silences as the engine keeps them: which mute what now, what they say of themselves, and those
that objects ask for by annotation."""
