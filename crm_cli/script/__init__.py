"""The desk for programs: the same verbs and refusals as the command line, with values and not words."""
