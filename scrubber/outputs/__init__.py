"""Where an output is built, all of it or nothing: a folder or an object store."""
