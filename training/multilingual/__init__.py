"""Text in many languages: everyday sentences as text without names and as carriers of generated
ones, and the words of their forms, letters and records.
"""
