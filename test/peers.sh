#!/bin/sh
# Makes .peers/venv: the Python in which the benchmarks' peers run and golden files are made (6 GB, most of it what
# PyTorch brings for GPUs). PYTHON names the interpreter.
set -eu
cd "$(dirname "$0")/.."
"${PYTHON:-python3}" -m venv .peers/venv
.peers/venv/bin/pip install --quiet torch==2.15.0 transformers==5.24.0 Pillow==13.0.0 safetensors==0.8.0 numpy==2.4.6
.peers/venv/bin/pip install --quiet --no-deps pycocoevalcap==1.2 # METEOR and SPICE
.peers/venv/bin/python -c 'import torch, transformers; print("torch", torch.__version__, "transformers", transformers.__version__)'
