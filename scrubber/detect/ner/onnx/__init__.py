"""A token classifier in ONNX form, from a folder: ``ner: onnx:PATH``."""
