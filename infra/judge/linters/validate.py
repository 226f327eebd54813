"""Runs `sam validate --lint` on each template, all in one process.

    python validate.py ONE.yaml TWO.yaml ...

A line of JSON for each: the file, and what sam said when it refused it. One
process, since sam takes longer to start than to look.
"""

import contextlib
import io
import json
import logging
import sys

from samcli.cli.main import cli

for name in sys.argv[1:]:
    logging.disable(logging.CRITICAL)  # the linter's matches come in the exception too
    said = io.StringIO()
    refused = ""
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            cli(["validate", "--lint", "--template-file", name], standalone_mode=False)
        except Exception as error:  # whatever it is, this template is not taken
            refused = f"{type(error).__name__}: {error} {said.getvalue()}"
        except SystemExit as end:
            refused = said.getvalue() if end.code else ""
    print(json.dumps({"file": name, "refused": refused}))
