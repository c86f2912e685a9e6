"""Conversion between Simplified and Traditional script with OpenCC's dictionaries."""
