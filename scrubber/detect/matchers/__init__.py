"""Recognizers compiled for one purpose each: matching one text."""
