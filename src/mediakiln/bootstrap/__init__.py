"""The one composition root: settings in, application or worker out. Nothing else builds a service."""
