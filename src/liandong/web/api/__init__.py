"""The HTTP API, ``/api/v1/``: the same use cases as the screens, for organisations' own systems."""
