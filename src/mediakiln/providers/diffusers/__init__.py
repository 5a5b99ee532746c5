"""diffusers: pictures and videos drawn on this machine's own GPU or CPU, by pipelines that the operator names.

`options` reads what the operator wrote, `translate` makes pieces of work of a job, `waiting` says which pieces are drawn next
and together, `engine` is the one thread of a device that draws them, `loading` and `drawing` are all that knows torch. Nothing
here imports torch before the first job.
"""
