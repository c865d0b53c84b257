# `make lab` opens the course, `make test` tests it; both set up what they need first.
ADDRESS := OWNER/neural-matrix-factorization
PYTHON ?= python3 python3.13 python3.12 python3.11
VENV ?= .venv
BIN := $(VENV)/bin
FITS := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
SCREEN = $(DISPLAY)$(WAYLAND_DISPLAY)$(filter-out Linux,$(shell uname))

.PHONY: lab run test data classroom browser matrix slides site live nbgrader otter grading outputs comparison lists history picture practice publish

lab: $(VENV)/installed  ## JupyterLab; its kernels start in lectures/, so a relative path to the data is made absolute
	@$(BIN)/python .tools/make_mine.py
	case "$$COURSE_DATA" in ""|/*) ;; *) COURSE_DATA="$$PWD/$$COURSE_DATA" ;; esac; $(BIN)/jupyter lab --allow-root \
	  --log-level=ERROR $(if $(SCREEN),,--no-browser) --LabApp.default_url=/lab/tree/lectures/01_embedding_layers.ipynb
run: $(VENV)/installed  ## all lectures in this shell, on planted ratings, without data or network
	$(BIN)/python .tools/run_lectures.py $(LECTURES)
test: $(VENV)/installed
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)  # a notebook is one file: its cells stay together
data: $(VENV)/installed  ## load both data sets into the cache, or say why they cannot be had
	$(BIN)/python -c "from utils.data import load_ratings, load_reviews; load_ratings(fallback=False); load_reviews(fallback=False)"
classroom: $(VENV)/installed  ## every notebook alone, as in Colab, on a simulated network; and on small files of one's own
	$(BIN)/python -m pytest -n 2 --dist worksteal -m classroom tests/test_colab.py tests/test_own_files.py $(ARGS)
browser: $(VENV)/slides  ## a lecture, a practice and the slides in Chromium; CHROME_PATH=file, COURSE_SCREENSHOTS=folder
	$(BIN)/python -m pip install --quiet playwright
	COURSE_BROWSER=must $(BIN)/python -m pytest -m browser $(ARGS)
slides: $(VENV)/slides  ## the lectures as slides that need no network: slides/index.html
	$(BIN)/python .tools/make_slides.py $(VENV)/slides
site: slides  ## the same and the notebooks as web pages, which GitHub can publish: site/index.html
	$(BIN)/python .tools/make_site.py
live: $(VENV)/installed  ## copies of the lectures without outputs, to type along in: live/
	$(BIN)/python .tools/make_live.py
nbgrader: $(VENV)/installed  ## a course folder for nbgrader, with points, and what students get: nbgrader/
	$(BIN)/python -m pip install --quiet nbgrader==0.9.6
	$(BIN)/python .tools/make_nbgrader.py
otter: $(VENV)/installed  ## the same for otter-grader: otter/
	$(BIN)/python -m pip install --quiet "otter-grader>=7,<8"
	$(BIN)/python .tools/make_otter.py
grading: $(VENV)/installed  ## do both give three submissions of every practice their points?
	$(BIN)/python -m pip install --quiet nbgrader==0.9.6 "otter-grader>=7,<8"
	$(BIN)/python -m pytest -m grading -s tests/test_grading.py $(ARGS)
outputs: data  ## run the notebooks (all, or NOTEBOOKS="...") and store their outputs
	$(BIN)/python .tools/store_outputs.py $(NOTEBOOKS)
comparison: data  ## search, train and score the models of lecture 6 on five splits: an hour; goes on where it stopped
	$(BIN)/python .tools/compare.py
lists: data  ## search, train and score the models of lecture 8 on two hold-outs: half an hour; goes on where it stopped
	$(BIN)/python .tools/compare_lists.py
history: data  ## train and score the models of lecture 9: half an hour on one core; goes on where it stopped
	$(BIN)/python .tools/compare_history.py
picture: $(VENV)/installed  ## draw the README's picture from the results that lecture 6 stores
	$(BIN)/python .tools/picture.py
practice: $(VENV)/installed  ## make practice/ from solutions/
	$(BIN)/python .tools/make_practice.py
publish:  ## write the address of this repository, or of REPOSITORY=owner/name, into all files
	@$(firstword $(PYTHON)) .tools/publish.py '$(REPOSITORY)'  # not shown: there may be a password in it
matrix:  ## all tests on the oldest and the newest versions, Python 3.11 to 3.13, and Colab's
	.ci/matrix $(SETS)

$(VENV)/installed: requirements.txt $(CONSTRAINTS)
	@for python in $(PYTHON) ""; do $${python:-false} -c '$(FITS)' 2>/dev/null && break; done; \
	  test "$$python" || { echo "Python 3.11, 3.12 or 3.13 with venv is needed; tried $(PYTHON). Say which: make PYTHON=..." >&2; exit 1; }; \
	  echo "$$python sets up $(VENV); this takes some minutes."; $$python -m venv $(if $(CONSTRAINTS),--clear) $(VENV)
	$(BIN)/python -m pip install --quiet -r requirements.txt $(addprefix -c ,$(CONSTRAINTS))
	touch $@
$(VENV)/slides: $(VENV)/installed  # reveal.js, MathJax 3 and the font of the code, as these packages carry them
	$(BIN)/python -m pip install --quiet --no-deps --target $@ sphinx-revealjs==3.2.1 sphinx-mathjax-offline==0.0.2 sphinx-rtd-theme==0.4.3
