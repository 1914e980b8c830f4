"""The benchmark of the store runs; what it measures is for quiet machines to judge."""

from benchmarks import store


def test_store_benchmark_runs_small() -> None:
    results = store.measure(400, [5, 20], 3)
    assert [result.unit for result in results] == ["x", "MB", "x", "x"]
    for result in results:
        print(f"{result.name}: {result.value:.3f} {result.unit}, {result.figures}")
        assert result.figures
    assert all(result.value > 0 for result in results if result.unit == "x")
