"""Reading a prompt: one module for each thing that is read out of it. `scene.compose` puts them together."""
