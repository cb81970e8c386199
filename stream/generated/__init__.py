"""The files of this repository that are made from its code, and whether they are fresh."""
