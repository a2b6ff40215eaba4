"""The guide by task: one page a topic, shown by `crm help TOPIC`."""
