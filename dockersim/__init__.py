"""Docker with the lid off."""
