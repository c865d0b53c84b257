# `make lab` opens the course, `make test` tests it; both set up what they need first.
ADDRESS := OWNER/neural-matrix-factorization
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: lab test data classroom browser matrix slides live outputs practice publish

# Kernels start in the folder of their notebook, so a relative path to the data is made absolute.
lab: $(VENV)/installed
	case "$$COURSE_DATA" in ""|/*|?:*) ;; *) COURSE_DATA="$$PWD/$$COURSE_DATA" ;; esac; \
	$(BIN)/jupyter lab --LabApp.default_url=/lab/tree/lectures/01_embedding_layers.ipynb

test: $(VENV)/installed
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)  # a notebook is one file: its cells stay together

data: $(VENV)/installed  ## load both data sets into the cache, or say why they cannot be had
	$(BIN)/python -c "from utils.data import load_ratings, load_reviews; load_ratings(fallback=False); load_reviews(fallback=False)"

classroom: $(VENV)/installed  ## every notebook alone, as in Colab, on a simulated network
	$(BIN)/python -m pytest -n 2 --dist worksteal -m classroom tests/test_colab.py $(ARGS)

browser: $(VENV)/installed  ## a lecture, a practice and the slides in Chromium; CHROME_PATH=file, COURSE_SCREENSHOTS=folder
	$(BIN)/python -m pip install --quiet playwright
	COURSE_BROWSER=must $(BIN)/python -m pytest -m browser $(ARGS)

slides: $(VENV)/installed  ## the lectures as slides that need no network: slides/index.html
	$(BIN)/python tests/make_slides.py

live: $(VENV)/installed  ## copies of the lectures without outputs, to type along in: live/
	$(BIN)/python tests/make_live.py

matrix:  ## all tests on the oldest and the newest versions, Python 3.11 to 3.13, and Colab's
	.ci/matrix $(SETS)

outputs: $(VENV)/installed  ## run the notebooks (all, or NOTEBOOKS="...") and store their outputs
	$(BIN)/python tests/store_outputs.py $(NOTEBOOKS)

practice: $(VENV)/installed  ## make practice/ from solutions/
	$(BIN)/python tests/make_practice.py

picture: $(VENV)/installed  ## draw the README's picture from the results that lecture 6 stores
	$(BIN)/python .tools/picture.py

publish:  ## stamp the address of this repository, or of REPOSITORY=owner/name, into all files
	@$(PYTHON) tests/publish.py '$(REPOSITORY)'  # not shown: there may be a password in it

$(VENV)/installed: requirements.txt $(CONSTRAINTS)
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(not (3, 11) <= v <= (3, 13) and "Python 3.11, 3.12 or 3.13 is needed, found %d.%d; say which with make PYTHON=..." % v)'
	$(PYTHON) -m venv $(if $(CONSTRAINTS),--clear) $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt $(addprefix -c ,$(CONSTRAINTS))
	touch $@
