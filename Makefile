# make demo   trains a small experiment and makes its report
# make test   runs the tests
# make lint   checks the formatting
# Both of the first install the system packages that are missing, and say which.

SPEC ?= experiments/learning-rate-by-width.json

.PHONY: demo test lint packages

demo: packages
	swift run sweep $(SPEC)
	swift run report

test: packages
	swift test

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

packages:
	@Scripts/install-packages
