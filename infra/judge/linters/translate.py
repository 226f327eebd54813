"""Makes plain CloudFormation of templates, by SAM's own translator.

    python translate.py ONE.yaml TWO.yaml ...

Leaves ONE.yaml.json, ... and prints a line of JSON for each: the file, and what
the translator said when it refused it. What lies in local folders is put where
`sam package` would, since the translator takes code and definitions from S3.
"""

import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """Our roles name policies of their own; the translator wants a loader."""

    def load(self):
        return {}


def translate(name):
    with open(name, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for resource in template["Resources"].values():
        for place in ("CodeUri", "DefinitionUri"):
            if place in resource.get("Properties", {}):
                resource["Properties"][place] = "s3://packages/" + resource["Properties"][place]
    with open(name + ".json", "w", encoding="utf-8") as file:
        json.dump(transform(template, {}, NoManagedPolicies()), file, indent=2)


for name in sys.argv[1:]:
    refused = ""
    try:
        translate(name)
    except Exception as error:  # whatever it is, this template is not taken
        refused = f"{type(error).__name__}: {error}"
    print(json.dumps({"file": name, "refused": refused}))
