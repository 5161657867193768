"""The process of one repeat in Python: the same measures as on the side of Node (protocol.ts, measures/)."""

import json
import math
import os
import sys
import time

MEGA = 1e6
ARRAY_LENGTH = 131072
PILOT_SHARE = 0.02
LEAST_PILOT = 10
WARM_UP = 1000
CHUNKS_PER_WORKER = 4
SILENCE = 4.0


# What workers do: the same as workers/tasks.ts.


def noop(value):
    return value


def spin(iterations):
    x = iterations
    for _ in range(iterations):
        x = (x * 1664525 + 1013904223) & 0xFFFFFFFF
    return x


def takeArray(array):
    return len(array) + array[0] + array[-1]


def makeArray(value):
    from array import array

    return array("d", [value]) * ARRAY_LENGTH


def spinOrDie(iterations):
    if iterations >= 0:
        return spin(iterations)
    os.kill(os.getpid(), 9)


TASKS = {"noop": noop, "spin": spin, "echo": noop, "takeArray": takeArray, "makeArray": makeArray, "spinOrDie": spinOrDie}


# The two systems. Both fork: the default on Linux in this Python, and the fastest start that they have.


class PoolSystem:
    def __init__(self, workers):
        from multiprocessing import Pool

        self.workers = workers
        self.pool = Pool(workers)

    def map(self, task, items):
        return self.pool.map(task, items)

    def submit(self, task, item):
        return self.pool.apply_async(task, (item,)).get

    def stream(self, task, items):
        return self.pool.imap(task, items, 1000)

    def settle(self, task, items):
        return [self.pool.apply_async(task, (item,)).get for item in items]

    def close(self):
        self.pool.terminate()
        self.pool.join()

    def close_in_order(self):
        self.pool.close()
        self.pool.join()


class ExecutorSystem:
    def __init__(self, workers):
        from concurrent.futures import ProcessPoolExecutor

        self.workers = workers
        self.pool = ProcessPoolExecutor(workers)

    def map(self, task, items):
        size = math.ceil(len(items) / (self.workers * CHUNKS_PER_WORKER))
        return list(self.pool.map(task, items, chunksize=size))

    def submit(self, task, item):
        return self.pool.submit(task, item).result

    def stream(self, task, items):
        return self.pool.map(task, items, chunksize=1000)

    def settle(self, task, items):
        return [self.pool.submit(task, item).result for item in items]

    def close(self):
        self.pool.shutdown()

    close_in_order = close


SYSTEMS = {"python-pool": PoolSystem, "python-executor": ExecutorSystem}


def make_items(request, count):
    kind, iterations = request["items"], request["iterations"]
    if kind == "iterations":
        return [iterations[i % len(iterations)] for i in range(count)]
    if kind == "objects":
        return [record(i) for i in range(count)]
    if kind == "arrays" and request["task"] == "takeArray":
        return [makeArray(i) for i in range(count)]
    return list(range(count))


def record(i):
    return {
        "id": i,
        "name": f"record {i}",
        "active": i % 2 == 0,
        "tags": ["alpha", "beta", "gamma", "delta"],
        "scores": [i + k * 0.5 for k in range(30)],
        "address": {"street": "Long Street", "number": i % 100, "city": "Springfield", "zip": str(10000 + i % 90000)},
        "text": f"{i} " + "lorem ipsum dolor sit amet " * 22,
    }


def check_results(task, items, results):
    if len(results) != len(items):
        raise ValueError(f"{len(results)} results for {len(items)} items")
    for i, (item, result) in enumerate(zip(items, results)):
        good = {
            "noop": lambda: result == item,
            "echo": lambda: result["text"] == item["text"],
            "takeArray": lambda: result == ARRAY_LENGTH + 2 * i,
            "makeArray": lambda: len(result) == ARRAY_LENGTH and result[-1] == item,
        }.get(task, lambda: isinstance(result, int))
        if not good():
            raise ValueError(f"wrong result for item {i} of {task}")


def now():
    return time.perf_counter() * 1000


def rss():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# The measures.


def measure_map(request):
    system = SYSTEMS[request["system"]](request["workers"])
    task, count = TASKS[request["task"]], request["count"]
    pilot = make_items(request, min(count, max(LEAST_PILOT, math.ceil(count * PILOT_SHARE))))
    system.map(task, pilot)
    begin = now()
    system.map(task, pilot)
    pilot_time = now() - begin
    even = len(request["iterations"]) <= 1
    affordable = int(request["budget"] / pilot_time * len(pilot)) if even else count
    ran = min(count, max(len(pilot), affordable))
    items = make_items(request, ran)
    system.map(task, items[: min(ran, int(WARM_UP / pilot_time * len(pilot)))])
    begin = now()
    results = system.map(task, items)
    ms = now() - begin
    check_results(request["task"], items, results)
    system.close()
    return {"value": ms * count / ran, "ran": ran, "extra": {"ms": ms}}


def measure_ideal(request):
    count, workers, iterations = request["count"], request["workers"], request["iterations"]
    every = [iterations[i % len(iterations)] for i in range(count)]
    alone = run_at_once([every])[0]
    side_by_side = max(run_at_once(even_shares(every, workers)))
    return {"value": alone / workers, "ran": count, "extra": {"alone": alone, "sideBySide": side_by_side}}


def even_shares(every, workers):
    shares = [(0, w, []) for w in range(workers)]
    for item in sorted(every, reverse=True):
        total, w, share = min(shares)
        share.append(item)
        shares[w] = (total + item, w, share)
    return [share for _, _, share in shares]


def run_share(share, barrier, results):
    barrier.wait()
    begin = now()
    for iterations in share:
        spin(iterations)
    results.put(now() - begin)


def run_at_once(shares):
    from multiprocessing import Barrier, Process, SimpleQueue

    barrier, results = Barrier(len(shares)), SimpleQueue()
    processes = [Process(target=run_share, args=(share, barrier, results)) for share in shares]
    for process in processes:
        process.start()
    times = [results.get() for _ in processes]
    for process in processes:
        process.join()
    return times


def measure_cold_start(request):
    begin = now()
    system = SYSTEMS[request["system"]](request["workers"])
    gets = [system.submit(noop, i) for i in range(request["workers"])]
    gets[0]()
    value = now() - begin
    for get in gets:
        get()
    every = now() - begin
    system.close()
    return {"value": value, "ran": 1, "extra": {"all": every}}


def measure_round_trip(request):
    system = SYSTEMS[request["system"]](request["workers"])
    count = request["count"]
    for i in range(min(500, count)):
        system.submit(noop, i)()
    times = []
    begin = now()
    while len(times) < count and now() - begin < request["budget"]:
        sent = now()
        system.submit(noop, len(times))()
        times.append((now() - sent) * 1000)
    system.close()
    times.sort()
    ran = len(times)
    return {"value": times[ran // 2], "ran": ran, "extra": {"p99": times[min(ran - 1, int(ran * 0.99))], "max": times[-1]}}


def measure_stream(request):
    system = SYSTEMS[request["system"]](request["workers"])
    count = request["count"]
    base = min(100_000, count // 2)
    at_base = peak = taken = total = 0
    begin = now()
    for result in system.stream(noop, iter(range(count))):
        total += result
        taken += 1
        if taken == base:
            at_base = rss()
        if taken % 10000 == 0:
            peak = max(peak, rss())
            if taken > base and now() - begin > request["budget"]:
                break
    ms = now() - begin
    if total != taken * (taken - 1) // 2:
        raise ValueError("wrong results in the stream")
    extra = {"peak": peak / MEGA, "itemsPerSecond": taken / ms * 1000}
    return {"value": (peak - at_base) / MEGA, "ran": taken, "extra": extra}


def measure_shutdown(request):
    def closing(close):
        system = SYSTEMS[request["system"]](request["workers"])
        for _ in range(20):
            for get in [system.submit(noop, i) for i in range(request["workers"])]:
                get()
        begin = now()
        getattr(system, close)()
        return now() - begin

    return {"value": closing("close"), "ran": 1, "extra": {"inOrder": closing("close_in_order")}}


def measure_kill(request):
    from concurrent.futures import TimeoutError as FutureTimeout
    from multiprocessing import TimeoutError as PoolTimeout

    system = SYSTEMS[request["system"]](request["workers"])
    items = make_items(request, request["count"])
    items[len(items) // 2] = -1
    begin = last = now()
    ok = failed = 0
    hung = 0
    for get in system.settle(spinOrDie, items):
        try:
            get(timeout=0.01 if hung else SILENCE)
            ok += 1
            last = now()
        except (FutureTimeout, PoolTimeout):
            hung += 1
        except Exception:  # whatever the system tells of the item
            failed += 1
            last = now()
    lost = len(items) - ok
    note = f"fails {failed} items"
    if hung:
        note = f"hangs: {hung} of {len(items)} items never end"
    elif lost == 1:
        note = "fails that item alone"
    return {"value": lost, "ran": len(items), "extra": {"failed": failed, "ms": last - begin, "hung": int(hung > 0)}, "note": note}


# Queues, pipes, locks and arrays: what the other process does, and the measures.

BUFFER_BYTES = 1048576
BUFFERS = 4
PLACES = 8
ARRAY_WARM_UP = 1


def produce(orders, queue, large):
    buffers = [bytes([i]) * BUFFER_BYTES for i in range(BUFFERS)]
    for count in iter(orders.get, 0):
        for i in range(count):
            queue.put(buffers[i % BUFFERS] if large else i)


def is_produced(item, i):
    if isinstance(item, bytes):
        return len(item) == BUFFER_BYTES and item[0] == i % BUFFERS and item[-1] == i % BUFFERS
    return item == i


def measure_queue(request):
    from multiprocessing import Process, Queue

    count = request["count"]

    def through(places):
        orders, queue = Queue(), Queue(places)
        producer = Process(target=produce, args=(orders, queue, request["items"] == "arrays"))
        producer.start()

        def take():
            orders.put(count)
            for i in range(count):
                if not is_produced(queue.get(), i):
                    raise ValueError(f"item {i} came out wrong")

        take()
        begin = now()
        take()
        ms = now() - begin
        orders.put(0)
        producer.join()
        return ms

    return {"value": through(0), "ran": count, "extra": {"bounded": through(PLACES)}}


def echo_all(connection):
    while True:
        try:
            connection.send(connection.recv())
        except EOFError:
            return


def measure_pipe(request):
    from multiprocessing import Pipe, Process

    here, there = Pipe()
    other = Process(target=echo_all, args=(there,), daemon=True)
    other.start()
    count = request["count"]

    def send(i):
        here.send(i)
        if here.recv() != i:
            raise ValueError("the pipe gave back something else")

    for i in range(min(500, count)):
        send(i)
    times = []
    begin = now()
    while len(times) < count and now() - begin < request["budget"]:
        sent = now()
        send(len(times))
        times.append((now() - sent) * 1000)
    times.sort()
    ran = len(times)
    return {"value": times[ran // 2], "ran": ran, "extra": {"p99": times[min(ran - 1, int(ran * 0.99))], "max": times[-1]}}


def measure_lock(request):
    from multiprocessing import Lock

    lock, count = Lock(), request["count"]

    def hold():
        for _ in range(count):
            lock.acquire()
            lock.release()

    hold()
    begin = now()
    hold()
    value = (now() - begin) * 1000 / count
    return {"value": value, "ran": count, "extra": {"blocking": value}}


def count_up(lock, total, barrier, times, count):
    barrier.wait()
    begin = now()
    for _ in range(count):
        lock.acquire()
        total.value += 1
        lock.release()
    times.put(now() - begin)


def measure_contended(request):
    from multiprocessing import Barrier, Lock, Process, RawValue, SimpleQueue

    workers = request["workers"]
    share = math.ceil(request["count"] / workers)
    lock, total, barrier, times = Lock(), RawValue("i", 0), Barrier(workers), SimpleQueue()
    processes = [Process(target=count_up, args=(lock, total, barrier, times, share)) for _ in range(workers)]
    for process in processes:
        process.start()
    ms = max(times.get() for _ in processes)
    for process in processes:
        process.join()
    if total.value != share * workers:
        raise ValueError(f"counted {total.value} instead of {share * workers}")
    value = ms * 1000 / (share * workers)
    return {"value": value, "ran": share * workers, "extra": {"blocking": value}}


def sweep(array):
    total = 0.0
    for i in range(len(array)):
        array[i] = array[i] + 1
        total += array[i]
    return total


def measure_array(request):
    from array import array
    from multiprocessing import RawArray

    passes = max(1, request["count"] // 20)
    figures = []
    for one in (RawArray("d", ARRAY_LENGTH), array("d", [0.0]) * ARRAY_LENGTH):
        times = []
        for i in range(ARRAY_WARM_UP + passes):
            begin = now()
            total = sweep(one)
            times.append((now() - begin) * 1e6 / ARRAY_LENGTH)
            if total != (i + 1) * ARRAY_LENGTH:
                raise ValueError("the elements sum up to something else")
        figures.append(sorted(times[ARRAY_WARM_UP:])[passes // 2])
    return {"value": figures[0], "ran": request["count"], "extra": {"plain": figures[1]}}


def calibrate():
    best = math.inf
    for _ in range(20):
        begin = now()
        spin(200_000)
        best = min(best, now() - begin)
    print(200_000 / best)


MEASURES = {
    "map": measure_map,
    "ideal": measure_ideal,
    "cold-start": measure_cold_start,
    "round-trip": measure_round_trip,
    "stream": measure_stream,
    "shutdown": measure_shutdown,
    "kill": measure_kill,
    "queue": measure_queue,
    "pipe": measure_pipe,
    "lock": measure_lock,
    "contended": measure_contended,
    "array": measure_array,
}


def main():
    if sys.argv[1:] == ["calibrate"]:
        calibrate()
        return
    request = json.load(sys.stdin)
    try:
        answer = {"reading": MEASURES[request["measure"]](request)}
    except Exception as error:  # told to the harness, which prints it beside the system
        answer = {"error": repr(error)}
    sys.stdout.write("\n" + json.dumps(answer) + "\n")
    sys.stdout.flush()
    # A pool that hangs would keep this process from ending; the harness ends its children.
    os._exit(0)


if __name__ == "__main__":
    main()
