"""A process that asks an index the same question until its input ends, then prints each answer's words."""

import json
import sys
import threading
import time
from pathlib import Path

from kbqa import KnowledgeBase, Settings

kb = KnowledgeBase.open(sys.argv[1], settings=Settings(index=Path(sys.argv[1])))
kb.search(sys.argv[2])
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
sys.stdout.write("ready\n")
sys.stdout.flush()
answers = []  # Written at the end: nobody reads them before.
while not ended.is_set():
    try:
        answers.append([hit.chunk.text for hit in kb.search(sys.argv[2])])
    except Exception as error:  # noqa: BLE001 - any is a failure
        answers.append([repr(error)])
    time.sleep(0.02)
sys.stdout.write(json.dumps(answers) + "\n")
