"""Tests that need neither a broker nor another process."""
