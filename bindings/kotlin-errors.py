"""Makes the generated Kotlin answer when the app's code throws what is no `Exception`.

uniffi 0.32 catches `kotlin.Exception` around the app's callbacks. An `Error` (a `NotImplementedError`, an
`AssertionError`, memory that ran out) gets past it: the core would wait for an answer that never comes. A cancelled
coroutine ends as before: its `CancellationException` is an `Exception`.
Fails when the generated code no longer looks as expected: see then whether uniffi does this by itself.

    kotlin-errors.py FILE
"""

import sys

CAUGHT = "} catch(e: kotlin.Exception) {\n"
# Callbacks that answer at once, and those that suspend; each with and without an error of their own.
PLACES = 4


def answering(text):
    if text.count(CAUGHT) != PLACES:
        raise SystemExit(f"kotlin-errors: the generated Kotlin has changed: {text.count(CAUGHT)} times {CAUGHT!r}")
    return text.replace(CAUGHT, "} catch(e: kotlin.Throwable) {\n")


if __name__ == "__main__":
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(answering(text))
