"""What tests of this project, and of what is built on it, may import: suites and strategies. Nothing imports this."""
