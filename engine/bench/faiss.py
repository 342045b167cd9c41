"""The peer of "gloss bench link": indexes of faiss-cpu.

One JSON object a line: a request on standard input, its answer on standard output. The program ends with its input.
"""

import json
import statistics
import sys
import time

import faiss
import numpy as np


def answer(value):
    print(json.dumps(value), flush=True)


def reals(path, dims):
    return np.memmap(path, dtype=np.float32, mode="r").reshape(-1, dims)


def build(name, vectors):
    """An index of the vectors; whatever it keeps of them beside the vectors themselves."""
    rows, dims = vectors.shape
    if name == "flat":
        index = faiss.IndexFlatIP(dims)
    elif name == "sq8":
        index = faiss.IndexScalarQuantizer(dims, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    elif name == "rabitq":
        index = faiss.IndexRaBitQFastScan(dims, faiss.METRIC_INNER_PRODUCT)
    elif name == "hnsw":
        index = faiss.IndexHNSWFlat(dims, 32, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efSearch = 64
    else:
        raise ValueError(f"no index {name}")
    index.train(vectors)
    index.add(vectors)
    return index


def recall(found, wanted):
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, wanted)]))


def refined(index, vectors, queries, k, wanted):
    """The index with refinement by the vectors, of the least factor that finds what is wanted."""
    both = faiss.IndexRefineFlat(index, faiss.swig_ptr(vectors))
    for factor in (10, 40, 160, 640, 2560):
        both.k_factor = factor
        if recall(both.search(queries, k)[1], wanted) >= 0.999:
            break
    return both, factor


def median(index, queries, batch, k, seconds):
    """Milliseconds a query, in batches, over some seconds."""
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        at = len(times) * batch % len(queries)
        began = time.perf_counter()
        index.search(queries[at:at + batch], k)
        times.append((time.perf_counter() - began) * 1000 / batch)
    return statistics.median(times)


def measure(request):
    vectors = np.ascontiguousarray(reals(request["vectors"], request["dims"]))
    queries = np.ascontiguousarray(reals(request["queries"], request["dims"]))
    k, note = request["k"], ""
    faiss.omp_set_num_threads(max(request["threads"]))
    began = time.perf_counter()
    index = build(request["index"], vectors)
    built = time.perf_counter() - began
    size = len(faiss.serialize_index(index)) if request["index"] != "flat" else vectors.nbytes
    if request["index"] == "rabitq":
        index, factor = refined(index, vectors, queries, k, request["wanted"])
        note = f"k_factor {factor}"
        size += vectors.nbytes
    times = []
    for threads in request["threads"]:
        faiss.omp_set_num_threads(threads)
        for batch in request["batches"]:
            times.append({"threads": threads, "batch": batch, "ms": median(index, queries, batch, k, request["seconds"])})
    return {"build_s": built, "bytes": size, "times": times, "rows": index.search(queries, k)[1].tolist(), "note": note}


answer({"faiss": faiss.__version__})
for line in sys.stdin:
    answer(measure(json.loads(line)))
