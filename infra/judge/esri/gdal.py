"""GDAL on data sets: opens each path that it is given, and says what it holds,
one JSON document a path.
"""
import json
import struct
import sys
import warnings

import pyogrio
import pyogrio.raw

warnings.simplefilter("ignore")


def place(wkb):
    """Reads a point in WKB, little-endian."""
    if wkb is None:
        return None
    order, kind, x, y = struct.unpack("<BIdd", wkb[:21])
    return [round(x, 6), round(y, 6)] if (order, kind % 1000) == (1, 1) else "no point"


def layer(path, name):
    about = pyogrio.read_info(path, layer=name)
    meta, fids, shapes, columns = pyogrio.raw.read(path, layer=name, return_fids=True)
    rows = []
    for n in range(len(columns[0]) if columns else 0):
        row = {f: columns[k][n] for k, f in enumerate(meta["fields"])}
        where = place(shapes[n]) if shapes is not None else None
        if {"x", "y"} <= row.keys():  # of a CSV file
            where = [float(row["x"]), float(row["y"])]
        rows.append([row.get("name", row.get("Name")), where])
    return {"name": name, "driver": about["driver"], "geometry": about["geometry_type"], "crs": about["crs"], "count": about["features"],
            "fields": [[f, str(t)] for f, t in zip(about["fields"], about["ogr_types"])], "ids": [int(fids[0]), int(fids[-1])] if len(fids) else [], "rows": rows}


for path in sys.argv[1:]:
    try:
        told = {"layers": [layer(path, name) for name, _ in pyogrio.list_layers(path)]}
    except Exception as e:
        told = {"error": str(e)}
    print(json.dumps(told))
