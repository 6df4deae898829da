"""The custom resources and the settings: pydantic models, parsed into core types."""
