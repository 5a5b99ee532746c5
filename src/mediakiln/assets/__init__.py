"""Files in and out: the safe door to the outside, probing, inputs, the blob store and finished outputs."""
