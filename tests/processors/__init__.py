"""The same figures on every processor: settings that make this one behave like others, and what must be equal."""
