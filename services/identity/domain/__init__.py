"""The rules of identity, pure: no input or output, no clock, no framework."""
