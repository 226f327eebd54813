"""Esri's package arcgis at a portal: asks what a backup asks, and says what it
got, one JSON document a case. It judges nothing: the Go test knows what is
right. Its argument is a JSON object that names the portal, who signs in, the
items, a folder for files and the groups of cases to go through.
"""
import hashlib
import json
import os
import re
import signal
import socket
import sys
import types
import warnings

town = json.loads(sys.argv[1])
told = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what the package prints is no answer
warnings.simplefilter("ignore")

elsewhere = []
connect, resolve = socket.socket.connect, socket.getaddrinfo


def guarded(host):
    if host not in ("127.0.0.1", "localhost"):
        elsewhere.append(str(host))
        raise OSError("no way to " + str(host))


def connect_here(self, address):
    guarded(address[0])
    return connect(self, address)


def resolve_here(host, *args, **kwargs):
    guarded(host)
    return resolve(host, *args, **kwargs)


socket.socket.connect, socket.getaddrinfo = connect_here, resolve_here

# The package uses one function of six and does not ask for it.
sys.modules.setdefault("six", types.SimpleNamespace(b=lambda s: s.encode("latin-1")))

from arcgis.features import FeatureLayerCollection  # noqa: E402
from arcgis.gis import GIS, Item  # noqa: E402


def say(line):
    print(json.dumps(line), file=told, flush=True)


def please(what, id=None):
    """Asks the test to do something to the portal, and waits until it is done."""
    say({"please": what, "id": id})
    sys.stdin.readline()


def case(name, ask):
    """Says what came of a case; an error is a fact like any other."""
    try:
        say({"case": name, "got": ask()})
    except Exception as e:
        say({"case": name, "got": fault(e)})


def fault(e):
    text = str(e)
    code = re.search(r"\(Error Code: (\d+)\)|'code': (\d+)", text)
    message = re.search(r"'message': ['\"](.*?)['\"][,}]", text)
    return {"error": int(code[1] or code[2]) if code else type(e).__name__, "message": message[1] if message else text.split("\n")[0]}


def digest(data):
    return hashlib.sha256(data).hexdigest()


def pick(o, *names):
    return {n: o.get(n) for n in names}


def sign_in(username=None, password=None, **more):
    return GIS(town["portal"], username, password, verify_cert=False, **more)


def file_of(item, name):
    with open(item.download(town["folderForFiles"], name), "rb") as f:
        return f.read()


def login():
    case("sign in", lambda: {"username": sign_in(town["username"], town["password"]).users.me.username})
    case("sign in, wrong password", lambda: sign_in(town["username"], "wrong").users.me.username)
    case("sign in, unknown user", lambda: sign_in("nobody", "wrong").users.me.username)

    def portal():
        p = gis.properties
        return {"id": p.id, "urlKey": p.urlKey, "isPortal": p.isPortal, "user": p.user.username, "role": p.user.role}

    case("portal", portal)
    case("portal for nobody", lambda: {"user": dict(sign_in().properties).get("user")})
    case("user", lambda: pick(gis.users.me, "username", "role", "orgId"))
    app = town["app"]
    case("application", lambda: sign_in(client_id=app["clientId"], client_secret=app["clientSecret"]).properties.appInfo.appOwner)
    case("application, wrong secret", lambda: sign_in(client_id=app["clientId"], client_secret="wrong").properties.appInfo.appOwner)

    def ended():
        g = sign_in(town["username"], town["password"])
        please("end tokens")
        return g.content.get(town["items"]["trail"]).title

    case("token ended", ended)


def search():
    content = gis.content

    def pages():
        found = content.advanced_search("tags:crowd", max_items=-1, sort_field="created", sort_order="asc", as_dict=True)
        ids = [i["id"] for i in found["results"]]
        return {"ids": sorted(ids), "total": found["total"]}

    case("search by pages", pages)

    def first(query="tags:crowd", start=1, num=10, field="created", order="asc"):
        r = content.advanced_search(query, start=start, max_items=num, sort_field=field, sort_order=order)
        return {"total": r["total"], "num": r["num"], "nextStart": r["nextStart"], "first": r["results"][0].title if r["results"] else None}

    case("search, newest first", lambda: first(num=1, order="desc"))
    case("search by title, from Z", lambda: first(num=1, field="title", order="desc"))
    case("search, ten by default", first)
    case("search, a hundred at most", lambda: first(num=100))
    case("search, past the end", lambda: first(start=231, num=100))
    case("search, deeper than 10,000", lambda: first(start=9990, num=100))
    case("search, nothing found", lambda: first('tags:"no such tag"'))
    case("search, bad query", lambda: first('tags:("crowd"'))
    case("search, no query", lambda: first(""))

    def titles(query, of=None, **more):
        return [i.title for i in (of or gis).content.search(query, max_items=100, sort_field="created", sort_order="asc", **more)]

    case("search by tag", lambda: titles("tags:backup"))
    case("search by tag, exactly", lambda: titles("tags:backup", filter='tags:"backup"'))
    case("search by tag of two words", lambda: titles('tags:"no backup"'))
    case("search by type and owner", lambda: titles("owner:rosa", item_type="Feature Layer"))
    case("search by either tag", lambda: titles("(tags:parks OR tags:roads)"))
    case("search without a type", lambda: titles("tags:parks NOT type:PDF"))
    case("search by time", lambda: titles("created:[%d TO %d]" % (town["born"], town["born"] + 3600000)))
    case("search, long", lambda: titles("(tags:roads OR id:(%s))" % " OR ".join("0" * 28 + str(1000 + n) for n in range(90))))
    case("search by who may see", lambda: titles("tags:parks", sign_in("tom", town["passwords"]["tom"])))
    case("search for nobody", lambda: titles("tags:parks", sign_in()))

    def crowd():
        found = content.search("tags:crowd", max_items=230)
        return {"rows": len(found), "lost": len({i.id for i in found}) < len(found)}

    case("search, ties", crowd)


def items():
    get, ids = gis.content.get, town["items"]
    case("throttled", lambda: get(ids["throttled"]))
    case("throttled no more", lambda: get(ids["throttled"]).title)
    case("item", lambda: pick(get(ids["rules"]), *town["fields"]))
    case("service item", lambda: pick(get(ids["roads"]), *town["fields"]))

    def filed():
        folder = next(f for f in gis.content.folders.list() if f.name == town["folder"])
        inside = [i.title for i in folder.list()]
        item = get(ids["filed"])
        root = next(f for f in gis.content.folders.list() if f.name == "Root Folder")
        return {"total": len(inside), "titles": inside, "same": item.ownerFolder == folder.properties["id"], "atRoot": item.id in [i.id for i in root.list()]}

    case("item in a folder", filed)

    def root():
        found = [i.id for i in gis.users.me.items(max_items=1000)]
        return {"ids": len(found), "distinct": len(set(found))}

    case("content by pages", root)
    case("members", lambda: [u.username for u in gis.users.search()])
    case("content of another", lambda: [i.title for i in gis.users.get("rosa").items(max_items=100)])
    case("item, not there", lambda: get("0123456789abcdef0123456789abcdef"))
    tom, nobody = sign_in("tom", town["passwords"]["tom"]), sign_in()
    case("item, no rights", lambda: tom.content.get(ids["diary"]))
    case("item, for nobody", lambda: nobody.content.get(ids["diary"]))
    case("item of all, for nobody", lambda: nobody.content.get(ids["view"]).title)
    case("content, no rights", lambda: [i.title for i in tom.users.get("rosa").items()])
    case("data, no rights", lambda: tom._con.get("content/items/%s/data" % ids["diary"]))

    def resources():
        found = get(ids["rules"]).resources.list()
        return {"total": len(found), "paths": [r["resource"] for r in found]}

    case("all resources", resources)

    def resource(name):
        path = get(ids["rules"]).resources.get(name, try_json=False, out_folder=town["folderForFiles"], out_file_name="resource")
        with open(path, "rb") as f:
            return digest(f.read())

    case("resource", lambda: resource(town["resource"]))
    case("resource with a space", lambda: resource(town["spaced"]))
    case("resource, not there", lambda: resource("none.png"))
    case("thumbnail", lambda: digest(get(ids["trail"]).get_thumbnail()))


def data():
    get, ids = gis.content.get, town["items"]
    case("JSON", lambda: get(ids["map"]).get_data())
    case("JSON that owns a key error", lambda: get(ids["app"]).get_data())

    def file():
        found = file_of(get(ids["rules"]), "rules")
        return {"size": len(found), "sum": digest(found)}

    case("file", file)
    case("no data", lambda: get(ids["tiles"]).get_data())
    case("no file", lambda: gis._con.get("content/items/%s/data" % ids["link"]))
    case("data, not there", lambda: gis._con.get("content/items/0123456789abcdef0123456789abcdef/data"))


def services():
    trail, roads, view = (town["services"][n] for n in ("trail", "roads", "view"))

    def short(found):
        return [{"id": f.properties.id, "name": f.properties.name} for f in found]

    def service():
        s = FeatureLayerCollection(roads, gis)
        return {**pick(s.properties, "serviceItemId", "capabilities", "maxRecordCount"), "layers": short(s.layers), "tables": short(s.tables)}

    case("service", service)

    def layer():
        p = FeatureLayerCollection(roads, gis).layers[1].properties
        return {**pick(p, "id", "name", "type", "geometryType", "objectIdField", "hasAttachments"), "fields": [pick(f, "name", "type") for f in p.fields]}

    case("layer", layer)
    case("table", lambda: pick(FeatureLayerCollection(roads, gis).tables[0].properties, "id", "name", "type"))
    case("layers of the item", lambda: [f.properties.name for f in gis.content.get(town["items"]["roads"]).layers])
    case("service, not there", lambda: dict(FeatureLayerCollection(re.sub("services/.*", "services/None/FeatureServer", roads), gis).properties))
    case("service, no rights", lambda: dict(FeatureLayerCollection(roads, sign_in("tom", town["passwords"]["tom"])).properties))
    case("service for nobody", lambda: dict(FeatureLayerCollection(roads, sign_in()).properties))
    rows = FeatureLayerCollection(trail, gis).layers[0]

    def numbers(**query):
        found = rows.query(return_all_records=False, **query)
        ids = [f.attributes["OBJECTID"] for f in found.features]
        return {"first": ids[0] if ids else None, "last": ids[-1] if ids else None}

    case("count", lambda: rows.query(return_count_only=True))
    case("count of a view", lambda: FeatureLayerCollection(view, sign_in()).layers[0].query(return_count_only=True))
    case("ids", lambda: len(rows.query(return_ids_only=True)["objectIds"]))
    case("features, first page", lambda: numbers(result_record_count=2000))
    case("features, last page", lambda: numbers(result_offset=4000, result_record_count=2000, order_by_fields="OBJECTID ASC"))
    case("features, past the end", lambda: numbers(result_offset=4200, order_by_fields="OBJECTID ASC"))
    case("features where", lambda: numbers(where="OBJECTID > 10 AND OBJECTID <= 25"))
    case("features by id", lambda: numbers(object_ids="7,9"))
    case("features, bad where", lambda: numbers(where="no such column = 1"))

    def every():
        found = rows.query()
        return {"rows": len(found.features), "distinct": len({f.attributes["OBJECTID"] for f in found.features}),
                "fields": [f["name"] for f in found.fields], "geometry": found.geometry_type}

    case("all features", every)


def exports():
    get, ids = gis.content.get, town["items"]

    def begin(id, title, format, **more):
        return get(id).export(title, format, wait=False, **more)

    def look(job):
        return Item(gis, job["exportItemId"]).status(job["jobId"], "export")

    def ended(job):
        words = []
        while len(words) < 10:
            words.append(look(job)["status"])
            if words[-1] in ("completed", "failed"):
                break
        return words

    def remove(job, permanent=True):
        return Item(gis, job["exportItemId"]).delete(permanent=permanent)

    def exported(e):
        job = begin(ids[e["Item"]], e["Title"], e["Format"])
        words = ended(job)
        item = get(job["exportItemId"])
        found = file_of(item, e["Item"] + " as " + e["Format"])
        remove(job)
        return {**pick(job, "type", "serviceItemId", "exportFormat"), "job": "string" if isinstance(job.get("jobId"), str) else None, "words": words,
                **pick(item, "title", "owner", "access", "name"), "size": item.size - len(found)}

    for e in town["exports"]:
        case("export %s as %s" % (e["Item"], e["Format"]), lambda: exported(e))

    def two():
        job = begin(ids["roads"], "Two of three", "File Geodatabase", parameters={"layers": [{"id": 0}, {"id": 5}]})
        words = ended(job)
        file_of(get(job["exportItemId"]), "two")
        remove(job)
        return words

    case("export of two layers", two)

    # The package waits for an export without end.
    def late(*_):
        raise TimeoutError("waited for 15 seconds")

    signal.signal(signal.SIGALRM, late)

    def wait_for(id, **more):
        signal.alarm(15)
        try:
            return get(id).export("Waited for", "File Geodatabase", **more)
        finally:
            signal.alarm(0)

    def waited():
        item = wait_for(ids["trail"], tags=["a", "b"], snippet="a summary")
        item = get(item.id)
        return {**pick(item, "title", "tags", "snippet"), "deleted": item.delete(permanent=True)}

    case("export, waited for", waited)

    case("export, waited for, fails", lambda: wait_for(ids["fails"]))

    def failing(id):
        job = begin(id, "Fails", "File Geodatabase")
        try:
            return ended(job)
        finally:
            remove(job)

    case("export fails", lambda: failing(ids["fails"]))
    case("export fails in JSON", lambda: failing(ids["failsInJSON"]))

    def taken():
        job = begin(ids["trail"], "Taken", "File Geodatabase")
        try:
            return begin(ids["trail"], "Taken", "File Geodatabase")
        finally:
            remove(job)

    case("export, title taken", taken)
    case("export of no service", lambda: begin(ids["rules"], "Rules", "File Geodatabase"))
    case("export, Extract is off", lambda: begin(ids["extractOff"], "Off", "File Geodatabase"))
    tom = sign_in("tom", town["passwords"]["tom"])
    case("export, no rights", lambda: tom.content.get(ids["trail"]).export("Not mine", "File Geodatabase", wait=False))
    job = begin(ids["trail"], "To be deleted", "File Geodatabase")
    case("status, wrong job", lambda: look({**job, "jobId": "none"}))
    ended(job)
    case("delete, no rights", lambda: tom._con.post("content/users/%s/items/%s/delete" % (town["username"], job["exportItemId"]), {"f": "json"}))
    item = get(job["exportItemId"])
    please("protect", job["exportItemId"])

    def protected():
        try:
            return item.delete(permanent=True)
        except Exception as e:
            return "Delete protection is turned on" in str(e)

    case("delete, protected", protected)
    please("release", job["exportItemId"])
    case("delete", lambda: item.delete(permanent=True))
    case("delete again", lambda: item.delete(permanent=True))
    case("item after delete", lambda: get(job["exportItemId"]))

    def binned():
        job = begin(ids["trail"], "Into the bin", "File Geodatabase")
        ended(job)
        gone = remove(job, False)
        seen = get(job["exportItemId"]) is not None
        found = [i for i in gis.users.me.recyclebin.content if i.properties["id"] == job["exportItemId"]]
        return {"gone": gone, "seen": seen, "binned": [i.properties["title"] for i in found], "forGood": [i.delete() for i in found]}

    case("delete into the bin", binned)

    def several():
        jobs = [begin(ids["trail"], "One of " + n, "File Geodatabase") for n in ("two", "both")]
        done = [ended(job)[-1] for job in jobs]
        deleted = gis.content.delete_items([get(job["exportItemId"]) for job in jobs], permanent=True)
        return {"done": done, "deleted": deleted, "left": [get(job["exportItemId"]) for job in jobs]}

    case("delete several", several)


groups = {"signIn": login, "search": search, "items": items, "data": data, "services": services, "exports": exports}
for name in town["groups"]:
    try:
        gis = sign_in(town["username"], town["password"])
        groups[name]()
    except Exception as e:
        say({"case": "the rest of " + name, "got": fault(e)})
say({"case": "goes nowhere else", "got": elsewhere})
