"""The life of a task: submit, states, settlement, runner, recovery, snapshots, dispatch."""
