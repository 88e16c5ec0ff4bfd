# make demo   trains a small experiment and makes its report
# make test   runs the tests
# make test-portable   runs the tests of the arithmetic as it is built for other processors
# make test-checked   runs the tests with all checks alive, also those of the kernels
# make torture   runs the tests that try to break the programs at their full size (the others run them at a small one)
# make sanitize  runs the tests under thread sanitizer and address sanitizer
# make lint   checks the formatting
# All but the last install the system packages that are missing, and say which.

SPEC ?= experiments/learning-rate-by-width.json

.PHONY: demo test test-portable test-checked torture sanitize lint packages

demo: packages
	swift run sweep $(SPEC)
	swift run report

test: packages
	swift test

# The build that any processor runs, and, where the processor's own is for 512 bits, that for 256.
test-portable: packages
	SWEEP_VECTORS=none swift test --filter 'ModelTests|KernelsTests' --scratch-path .build-none
	! grep -qw avx512vl /proc/cpuinfo || SWEEP_VECTORS=avx2 swift test --filter 'ModelTests|KernelsTests' --scratch-path .build-avx2

# Beside the usual build the kernels have no checks.
test-checked: packages
	SWEEP_CHECKED=1 swift test --scratch-path .build-checked

torture: packages
	SWEEP_TORTURE=long swift test --filter TortureTests

# The thread sanitizer makes arithmetic some 15 times slower. So it watches all that the arithmetic and its threads do in the
# tests of their own, and all but the arithmetic in the others, which train much. What is still allocated when a program ends
# is no error; a race makes a program end with 99, which is none of its own codes.
sanitize: packages
	TSAN_OPTIONS=exitcode=99 swift test --sanitize=thread --scratch-path .build-thread \
	  --filter 'ModelTests|KernelsTests|ThreadsPerRunTests'
	SWEEP_UNWATCHED_ARITHMETIC=1 TSAN_OPTIONS=exitcode=99 swift test --sanitize=thread --scratch-path .build-thread \
	  --skip 'ModelTests|KernelsTests'
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize=address --scratch-path .build-address

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

packages:
	@Scripts/install-packages
