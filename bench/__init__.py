"""Benchmarks: our real parts beside a bare equivalent, interleaved in one run, told as a ratio."""
