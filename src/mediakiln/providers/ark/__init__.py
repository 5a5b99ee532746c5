"""Ark: BytePlus ModelArk and Volcengine Ark, told apart by `base_url`. Seedance videos are tasks there, Seedream images come at
once."""
