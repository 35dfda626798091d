"""The splitter against exact spans: of what a search returns, how much is the answer, and how much of the answer is
returned (Smith and Troynikov 2024, Evaluating Chunking Strategies for Retrieval), beside a recursive splitter.

`python -m eval.chunking FOLDER` takes their layout: corpora/*.md and questions_df.csv with character spans.
"""

from __future__ import annotations

# Passages that are looked at for each question.
TOP = 5
