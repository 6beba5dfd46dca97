"""sendfile.c in Python, for machines without a C compiler: same words, same output.

   python3 sendfile.py sink | python3 sendfile.py send PORT FILE BYTES
"""

import json
import os
import resource
import socket
import sys
import time

SINK_BUFFER_BYTES = 1 << 18


def cpu_seconds():
    use = resource.getrusage(resource.RUSAGE_SELF)
    return use.ru_utime + use.ru_stime


def report(total, start, cpu):
    numbers = {
        "bytes": total,
        "seconds": time.monotonic() - start,
        "cpuSeconds": cpu_seconds() - cpu,
    }
    print(json.dumps(numbers), flush=True)


def sink():
    listener = socket.create_server(("127.0.0.1", 0))
    print("port", listener.getsockname()[1], flush=True)
    buffer = memoryview(bytearray(SINK_BUFFER_BYTES))
    while True:
        peer, _ = listener.accept()
        start, cpu, total = time.monotonic(), cpu_seconds(), 0
        while got := peer.recv_into(buffer):
            total += got
        peer.close()
        report(total, start, cpu)


def send(port, path, length):
    with open(path, "rb") as file, socket.create_connection(("127.0.0.1", port)) as peer:
        start, cpu, position = time.monotonic(), cpu_seconds(), 0
        while position < length:
            position += os.sendfile(peer.fileno(), file.fileno(), position, length - position)
        peer.shutdown(socket.SHUT_WR)
        assert peer.recv(1) == b"", "the sink answers nothing"
        report(length, start, cpu)


if sys.argv[1] == "sink":
    sink()
else:
    send(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
