# make demo           convert the recordings (or synthesize some), train all three networks briefly, say what they are worth
# make test           install what the tests need, build, run them all
# make install        install the commands, manual pages and completions; PREFIX=/usr/local
# make uninstall      remove them again
# make mpi            build har-train for several processes on one machine or many, .build-mpi/release/har-train (docs/mpi.md)
# make test-mpi       test that under mpirun
# make example        build and run the example of training and predicting from Swift
# make keras-parity   prove model files both ways with the real Keras
# make peers          time training and prediction of others beside ours; PEERS="--rounds 3" (docs/benchmarks.md)
# make bench          time kernels, epochs, scaling and predictions against the processor's peak
# make bench-mpi      time several processes, and predict many from them (docs/scaling.md)
# make bench-kernels  the kernels by themselves, over and over
# make count-instructions  hold the instructions that the kernels take against thresholds
# make test-bench     test what the benchmarks measure and make of it; of several processes where Open MPI is there
# make fuzz           give every reader damaged and strange files; FUZZ="--cases 10000", FUZZ_SECONDS=600 (docs/reliability.md)
# make sanitize       run the tests under the sanitizers of threads and of addresses; SANITIZE=thread, SANITIZED_TESTS=REGEX
# make mutants        break the code in some three hundred ways and see that the tests notice
# make faults         kill commands at any moment (ROUNDS="--kills 200"), fill disks, take files away
# make soak           train for MINUTES=60 and see that memory stays flat
# make format, lint   swift format
#
# HAR_DATASET=DIR     the folder of the recordings (default: ./HARDataset, else they are downloaded)

SWIFT ?= swift
BUILD = $(SWIFT) build -c release
BIN = .build/release
STORE ?= har.h5
PYTHON ?= python3
PREFIX ?= /usr/local
VENV = .venv-test

.PHONY: build demo mpi test-mpi install uninstall fuzz sanitize mutants faults soak example test keras-parity bench bench-mpi bench-kernels count-instructions test-bench peers format lint dependencies
.DEFAULT_GOAL := build

build: dependencies
	$(BUILD)

# libhdf5 and pkg-config; silent where they are there.
dependencies:
	@data-tools/install-dependencies.sh

demo: dependencies
	$(BUILD)
	@BIN=$(BIN) STORE=$(STORE) data-tools/demo.sh

install: dependencies
	SWIFT="$(SWIFT)" data-tools/install.sh install "$(PREFIX)"

uninstall:
	data-tools/install.sh uninstall "$(PREFIX)"

example: dependencies $(STORE)
	$(SWIFT) run -c release --package-path examples/train-and-predict train-and-predict $(abspath $(STORE))

$(VENV)/.made: data-tools/requirements-test.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

test: dependencies $(VENV)/.made
	$(BUILD) --build-tests
	HAR_PYTHON=$(CURDIR)/$(VENV)/bin/python $(SWIFT) test -c release --skip-build

MPI_TRAIN = $(CURDIR)/.build-mpi/release/har-train
mpi: dependencies
	@data-tools/mpi/install-dependencies.sh
	$(BUILD) --traits MPI --scratch-path .build-mpi --product har-train

test-mpi: mpi
	$(BUILD) --build-tests
	HAR_MPI_TRAIN=$(MPI_TRAIN) $(SWIFT) test -c release --skip-build --filter 'MPITests|RankTeamTests|ShardsOverRanksTests'

# A store to compare predictions on; `make demo` makes it too.
$(STORE):
	$(MAKE) demo

keras-parity: dependencies $(STORE)
	$(BUILD) --product har-train
	$(PYTHON) data-tools/keras/parity.py --har-train $(BIN)/har-train --data $(STORE) --work .keras-parity

peers: dependencies $(STORE)
	$(BUILD) --product har-train
	$(BUILD) --package-path Benchmarks --product har-bench
	$(PYTHON) Benchmarks/peers/compare.py --har-train $(BIN)/har-train --har-bench Benchmarks/.build/release/har-bench \
	  --data $(STORE) $(PEERS)

bench: dependencies $(STORE)
	$(BUILD) --package-path Benchmarks --product har-bench
	Benchmarks/.build/release/har-bench kernels
	Benchmarks/.build/release/har-bench epoch --data $(STORE)
	Benchmarks/.build/release/har-bench scaling --data $(STORE) --strategy both
	Benchmarks/.build/release/har-bench predict --data $(STORE)

BENCH_MPI = Benchmarks/.build-mpi/release/har-bench
bench-mpi: dependencies $(STORE)
	@data-tools/mpi/install-dependencies.sh
	$(BUILD) --package-path Benchmarks --traits MPI --scratch-path Benchmarks/.build-mpi --product har-bench
	$(BENCH_MPI) scaling --data $(STORE) --model cnn-lstm --ranks 1,2
	$(BENCH_MPI) simulate --data $(STORE) --model cnn-lstm --ranks 1,2,4,8,16,32,64 --plot simulation.svg

bench-kernels: dependencies
	$(SWIFT) package --package-path Benchmarks/Kernels benchmark --no-progress

count-instructions: dependencies
	Benchmarks/count-instructions.sh

test-bench: dependencies
	cd Benchmarks/peers && $(PYTHON) -m unittest discover -s tests
	if command -v mpirun >/dev/null && pkg-config --exists ompi-c; then \
	  HAR_BENCH_MPI=1 $(SWIFT) test -c release --package-path Benchmarks --traits MPI --scratch-path Benchmarks/.build-mpi; \
	  else $(SWIFT) test -c release --package-path Benchmarks; fi

format:
	$(SWIFT) format --in-place --recursive Sources Tests data-tools Benchmarks examples Package.swift

lint:
	$(SWIFT) format lint --strict --recursive Sources Tests data-tools Benchmarks examples Package.swift

FUZZ ?= --seconds 90
FUZZ_SECONDS ?= 5
fuzz: dependencies $(VENV)/.made
	$(BUILD)
	$(VENV)/bin/python data-tools/fuzz/fuzz.py --programs $(BIN) $(FUZZ)
	PYTHON=$(CURDIR)/$(VENV)/bin/python BIN=$(BIN) data-tools/har-fuzz/run.sh --seconds $(FUZZ_SECONDS)

SANITIZE ?= thread address
sanitize: dependencies $(VENV)/.made
	for kind in $(SANITIZE); do \
	  HAR_PYTHON=$(CURDIR)/$(VENV)/bin/python data-tools/sanitize.sh $$kind '$(SANITIZED_TESTS)' || exit $$?; done

mutants: dependencies $(VENV)/.made
	HAR_PYTHON=$(CURDIR)/$(VENV)/bin/python $(PYTHON) data-tools/mutants/run.py --work .build-mutants

faults: dependencies $(VENV)/.made
	$(BUILD)
	$(PYTHON) data-tools/faults/kills.py --bin $(BIN) $(ROUNDS)
	$(PYTHON) data-tools/faults/kills_at_calls.py --bin $(BIN) --kinds conversion,conversion-over-a-store
	$(VENV)/bin/python data-tools/faults/conditions.py --bin $(BIN)

MINUTES ?= 60
soak: dependencies
	$(BUILD)
	$(PYTHON) data-tools/faults/soak.py --bin $(BIN) --minutes $(MINUTES)
