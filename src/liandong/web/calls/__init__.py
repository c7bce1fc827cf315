"""三方通话: what rings on a desk, and the page of one call."""
