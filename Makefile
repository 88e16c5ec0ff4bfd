# make demo   trains a small experiment and makes its report
# make test   runs the tests
# make test-portable   runs the tests of the arithmetic as it is built for other processors
# make test-arm       runs the kernels' products and attention as they are built for arm64, in an emulator
# make test-checked   runs the tests with all checks alive, also those of the kernels
# make test-paper     sets the tables of report --format latex in a two-column article with pdflatex
# make test-slurm     trains on a real Slurm of three nodes on this machine, which it installs, starts and stops (Debian)
# make test-transformers  compares exported and imported models with Hugging Face transformers, which it installs where it lacks
# make torture   runs the tests that try to break the programs at their full size (the others run them at a small one)
# make coverage  draws thousands of synthetic experiments, and prints how often the report's intervals hold the truth
# make sanitize  runs the tests under thread sanitizer and address sanitizer
# make page-test  uses the pages of small experiments in headless Chromium, which it installs where it lacks
# make install  builds both programs for release and installs them with manual pages and completions of bash, zsh and fish;
#               PREFIX=/usr/local says where, and DESTDIR goes before it
# make uninstall  removes what make install has installed
# make lint   checks the formatting
# make record renews what the tests compare with: help texts, gnuplot scripts, the JSON Schema, the tables of keys and queries
# All but the last three install the system packages that are missing, and say which.

SPEC ?= experiments/learning-rate-by-width.json
PREFIX ?= /usr/local
DESTDIR ?=

RECORDED = HelpTests|GnuplotScriptTests|DocumentedQueryTests|SpecDocumentTests

.PHONY: demo test test-portable test-arm test-checked test-paper test-slurm test-transformers torture coverage sanitize page-test install uninstall lint record packages

demo: packages
	swift run sweep $(SPEC)
	swift run report

test: packages
	swift test

# The build that any processor runs, and, where the processor's own is for 512 bits, that for 256.
test-portable: packages
	SWEEP_VECTORS=none swift test --filter 'ModelTests|KernelsTests' --scratch-path .build-none
	! grep -qw avx512vl /proc/cpuinfo || SWEEP_VECTORS=avx2 swift test --filter 'ModelTests|KernelsTests' --scratch-path .build-avx2

test-arm:
	@Scripts/install-packages gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user
	Scripts/check-arm

# Beside the usual build the kernels have no checks.
test-checked: packages
	SWEEP_CHECKED=1 swift test --scratch-path .build-checked

test-paper:
	@Scripts/install-packages texlive-latex-recommended texlive-science
	swift build
	Scripts/check-latex "$$(swift build --show-bin-path)"

test-slurm:
	@Scripts/install-packages slurmctld slurmd slurm-client munge
	swift build --product sweep
	Scripts/test-slurm "$$(swift build --show-bin-path)"

test-transformers: packages
	swift build
	Scripts/check-transformers "$$(swift build --show-bin-path)"

torture: packages
	SWEEP_TORTURE=long swift test --filter TortureTests

coverage: packages
	SWEEP_COVERAGE=2000 swift test --filter CoverageTests

# The thread sanitizer makes arithmetic some 15 times slower. So it watches all that the arithmetic and its threads do in the
# tests of their own, and all but the arithmetic in the others, which train much. What is still allocated when a program ends
# is no error; a race makes a program end with 99, which is none of its own codes.
sanitize: packages
	TSAN_OPTIONS=exitcode=99 swift test --sanitize=thread --scratch-path .build-thread \
	  --filter 'ModelTests|KernelsTests|ThreadsPerRunTests'
	SWEEP_UNWATCHED_ARITHMETIC=1 TSAN_OPTIONS=exitcode=99 swift test --sanitize=thread --scratch-path .build-thread \
	  --skip 'ModelTests|KernelsTests'
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --scratch-path .build-address

# The runtime of Swift goes into the programs, so that they need no toolchain where they run.
RELEASE = swift build -c release --static-swift-stdlib
BIN = $(DESTDIR)$(PREFIX)/bin
MAN = $(DESTDIR)$(PREFIX)/share/man/man1
BASH = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
ZSH = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
FISH = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d

page-test: packages
	swift build
	Scripts/page-test "$$(swift build --show-bin-path)"

# A program of ArgumentParser's makes the manual pages, and the programs themselves make the completions.
install: packages
	$(RELEASE) --product sweep
	$(RELEASE) --product report
	swift build --product generate-manual
	mkdir -p "$(BIN)" "$(MAN)" "$(BASH)" "$(ZSH)" "$(FISH)"
	set -e; built=$$($(RELEASE) --show-bin-path); manual=$$(swift build --show-bin-path)/generate-manual; \
	for program in sweep report; do \
	  install -m 755 "$$built/$$program" "$(BIN)/$$program"; \
	  "$$manual" "$$built/$$program" --output-directory "$(MAN)"; \
	  "$$built/$$program" --generate-completion-script bash > "$(BASH)/$$program"; \
	  "$$built/$$program" --generate-completion-script zsh > "$(ZSH)/_$$program"; \
	  "$$built/$$program" --generate-completion-script fish > "$(FISH)/$$program.fish"; \
	done

uninstall:
	for program in sweep report; do \
	  rm -f "$(BIN)/$$program" "$(MAN)/$$program.1" "$(BASH)/$$program" "$(ZSH)/_$$program" "$(FISH)/$$program.fish"; \
	done

record:
	swift run sweep schema > docs/spec.schema.json
	-RECORD_SNAPSHOTS=1 swift test --filter '$(RECORDED)'

lint:
	swift format lint --strict --recursive Package.swift Plugins Sources Tests

packages:
	@Scripts/install-packages
