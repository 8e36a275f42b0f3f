"""Makes the generated Swift end a call of the core when the task that waits for it is cancelled.

uniffi 0.32 has the function for it (`rust_future_cancel`) and calls it from Kotlin and Python, but not from
Swift: there a cancelled task would wait on, and the prompt or connection that it waits for would stay.
Fails when the generated code no longer looks as expected: see then whether uniffi does this by itself.

    swift-cancellation.py FILE
"""

import re
import sys


def replace(text, old, new):
    if text.count(old) != 1:
        raise SystemExit(f"swift-cancellation: the generated Swift has changed: {text.count(old)} times {old!r}")
    return text.replace(old, new)


def cancellable(text):
    calls = re.compile(r"^( *)pollFunc: (ffi_\w+_rust_future_)poll_(\w+),$", re.MULTILINE)
    text, count = calls.subn(r"\g<0>\n\1cancelFunc: \2cancel_\3,", text)
    if count == 0:
        raise SystemExit("swift-cancellation: no calls were found")
    text = replace(
        text,
        "    pollFunc: (UInt64, @escaping UniffiRustFutureContinuationCallback, UInt64) -> (),\n",
        "    pollFunc: (UInt64, @escaping UniffiRustFutureContinuationCallback, UInt64) -> (),\n"
        "    cancelFunc: @escaping @Sendable (UInt64) -> (),\n",
    )
    text = replace(text, "    var pollResult: Int8;\n    repeat {\n",
                   "    await withTaskCancellationHandler {\n    var pollResult: Int8;\n    repeat {\n")
    text = replace(text, "    } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY\n",
                   "    } while pollResult != UNIFFI_RUST_FUTURE_POLL_READY\n"
                   "    } onCancel: {\n        cancelFunc(rustFuture)\n    }\n")
    return replace(text, '            fatalError("Cancellation not supported yet")\n',
                   "            throw CancellationError()\n")


if __name__ == "__main__":
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(cancellable(text))
