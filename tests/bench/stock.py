"""The same work done by stock TinyDB with its JSONStorage, in a process of its own."""

from __future__ import annotations

import sys

from tinydb import TinyDB, where


def main() -> None:
    """stock.json insert N | get N | search POTENTIAL"""
    path, verb, value = sys.argv[1:]
    with TinyDB(path) as database:
        if verb == "insert":
            print(database.insert({"name": f"Neu Person{value}", "emails": [f"neu{value}@neu.example"]}))
        elif verb == "get":
            print(database.table("_default").get(doc_id=int(value)))
        else:
            print(len(database.search(where("potential").test(lambda text: int(str(text)) > int(value)))))
