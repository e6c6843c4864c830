"""cd Benchmarks/peers && python3 -m unittest discover -s tests; `make test-bench` does."""

import unittest
from pathlib import Path

import registry
from processor import Processor

ZEN_3 = Processor("Zen 3", 2, frozenset({"avx2", "fma"}))
ZEN_4 = Processor("Zen 4", 2, frozenset({"avx2", "avx512f", "avx512_bf16"}))
GRAVITON = Processor("Neoverse V1", 2, frozenset({"asimd", "bf16"}))


class RegistryTests(unittest.TestCase):
    def test_scripts_are_there(self):
        for peer in registry.PEERS.values():
            self.assertTrue((Path(registry.__file__).parent / peer.script).is_file(), peer.name)

    def test_experts_have_all_three_allocator_variables_and_users_none(self):
        for peer in registry.PEERS.values():
            wanted = {"MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_", "MALLOC_TOP_PAD_"}
            found = {name for name in peer.variables if name.startswith("MALLOC_")}
            self.assertEqual(found, wanted if peer.audience == registry.EXPERTS else set(), peer.name)

    def test_wide_vectors_are_asked_for_only_where_the_processor_has_them(self):
        self.assertIn("XLA_FLAGS", registry.PEERS["jax"].variables_on(ZEN_4))
        self.assertNotIn("XLA_FLAGS", registry.PEERS["jax"].variables_on(ZEN_3))
        self.assertNotIn("XLA_FLAGS", registry.PEERS["keras-jax"].variables_on(ZEN_4))

    def test_every_precision_has_a_table_of_its_own(self):
        tables = {}
        for peer in registry.PEERS.values():
            tables.setdefault((peer.task, peer.table), set()).add(peer.precision)
        self.assertTrue(all(len(precisions) == 1 for precisions in tables.values()), tables)
        self.assertEqual(registry.PEERS["torch"].table, "what users run, f32")
        self.assertEqual(registry.PEERS["torch-malloc"].table, "experts, f32")
        self.assertEqual(registry.PEERS["torch-bf16"].table, "experts, bf16")

    def test_bf16_is_left_out_where_it_would_be_emulated(self):
        chosen, left_out = registry.choose(None, ZEN_3)
        self.assertEqual({peer.precision for peer in chosen}, {"f32"})
        ((reason, peers),) = left_out.items()
        self.assertIn("AVX512_BF16", reason)
        self.assertEqual(len(chosen) + len(peers), len(registry.PEERS))
        for machine in (ZEN_4, GRAVITON):
            self.assertEqual(registry.choose(None, machine), (list(registry.PEERS.values()), {}))

    def test_a_peer_asked_for_by_name_runs_whatever_stands_in_its_way(self):
        chosen, left_out = registry.choose(["jax-bf16", "torch", "jax-bf16"], ZEN_3)
        self.assertEqual([peer.name for peer in chosen], ["jax-bf16", "torch"])
        self.assertFalse(left_out)

    def test_an_unknown_name_is_an_error_that_names_it(self):
        with self.assertRaisesRegex(ValueError, "mxnet"):
            registry.choose(["torch", "mxnet"], ZEN_3)


if __name__ == "__main__":
    unittest.main()
