// @esri/arcgis-rest-js at a portal: asks what a backup asks, and says what it
// got, one JSON document a case. It judges nothing: town_test.go knows what is
// right. Arguments: the folder of node_modules, and a JSON object that names
// the portal, who signs in, the items, a folder for files and the groups of
// cases to go through.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import net from "node:net";
import path from "node:path";

const [modules, settings] = process.argv.slice(2);
const town = JSON.parse(settings);
const load = createRequire(path.join(modules, "/"));
const rest = load("@esri/arcgis-rest-request");
const portals = load("@esri/arcgis-rest-portal");
const features = load("@esri/arcgis-rest-feature-service");

const portal = town.portal + "/sharing/rest";
const elsewhere = [];
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const to = [args].flat(2).find((a) => a && typeof a === "object" && "port" in a);
  if (to && to.host !== "127.0.0.1") {
    elsewhere.push(String(to.host));
    throw new Error("no way to " + to.host);
  }
  return connect.apply(this, args);
};

const say = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

// please asks the test to do something to the portal, and waits until it is done.
async function please(what, id) {
  say({ please: what, id });
  await answers.next();
}

// told says what came of a case; an error is a fact like any other.
async function told(name, ask) {
  try {
    say({ case: name, got: (await ask()) ?? null });
  } catch (e) {
    say({ case: name, got: fault(e) });
  }
}

function fault(e) {
  const error = e.response?.error;
  return error ? { error: error.code, message: error.message } : { error: e.code ?? e.name, message: e.originalMessage ?? e.message };
}

const sum = (bytes) => createHash("sha256").update(bytes).digest("hex");
const bytesOf = async (blob) => Buffer.from(await blob.arrayBuffer());
const pick = (o, ...names) => Object.fromEntries(names.map((n) => [n, o[n]]));
const signedIn = (username, password) => rest.ArcGISIdentityManager.signIn({ username, password, portal });

const authentication = await signedIn(town.username, town.password).catch(() => undefined);
const as = { authentication };

const groups = {
  async signIn() {
    await told("sign in", async () => ({ username: (await signedIn(town.username, town.password)).username }));
    await told("sign in, wrong password", () => signedIn(town.username, "wrong"));
    await told("sign in, unknown user", () => signedIn("nobody", "wrong"));
    await told("token's hours", async () => {
      const s = await signedIn(town.username, town.password);
      await s.getToken(portal);
      return Math.round((s.tokenExpires - Date.now()) / 3600000);
    });
    await told("portal", async () => {
      const p = await portals.getSelf(as);
      return { ...pick(p, "id", "urlKey", "isPortal"), user: p.user.username, role: p.user.role };
    });
    await told("portal for nobody", async () => ({ user: (await portals.getSelf({ portal })).user ?? null }));
    await told("user", async () => pick(await portals.getUser(as), "username", "role", "orgId"));
    await told("application", async () => {
      const app = rest.ApplicationCredentialsManager.fromCredentials({ ...town.app, portal });
      return (await portals.getSelf({ authentication: app })).appInfo.appOwner;
    });
    await told("application, wrong secret", () =>
      rest.ApplicationCredentialsManager.fromCredentials({ ...town.app, clientSecret: "wrong", portal }).getToken(portal));
    await told("token ended", async () => {
      const s = await signedIn(town.username, town.password);
      const before = await s.getToken(portal);
      await please("end tokens");
      const title = (await portals.getItem(town.items.trail, { authentication: s })).title;
      return { title, renewed: before !== (await s.getToken(portal)) };
    });
    await told("token ended, and the password changed", async () => {
      const s = await signedIn("tom", town.passwords.tom);
      await s.getToken(portal);
      await please("end tokens");
      await please("change password", "tom");
      try {
        return await portals.getItem(town.items.view + "0", { authentication: s });
      } finally {
        await please("restore password", "tom");
      }
    });
  },

  async search() {
    const all = { q: "tags:crowd", num: 100, sortField: "created", sortOrder: "asc", ...as };
    await told("search by pages", async () => {
      const ids = [];
      let page = await portals.searchItems(all);
      const answers = [pick(page, "total", "start", "num", "nextStart")];
      for (ids.push(...page.results.map((r) => r.id)); page.nextPage && answers.length < 10; ids.push(...page.results.map((r) => r.id))) {
        page = await page.nextPage();
        answers.push(pick(page, "total", "start", "num", "nextStart"));
      }
      return { answers, ids };
    });
    const first = async (options) => {
      const r = await portals.searchItems({ ...as, ...options });
      return { ...pick(r, "total", "num", "nextStart"), first: r.results[0]?.title ?? null };
    };
    await told("search, newest first", () => first({ ...all, start: 1, num: 1, sortOrder: "desc" }));
    await told("search by title, from Z", () => first({ ...all, start: 1, num: 1, sortField: "title", sortOrder: "desc" }));
    await told("search, ten by default", () => first({ q: "tags:crowd", sortField: "created" }));
    await told("search, a hundred at most", () => first({ ...all, start: 1, num: 1000 }));
    await told("search, past the end", () => first({ ...all, start: 231 }));
    await told("search, deeper than 10,000", () => first({ ...all, start: 9990 }));
    await told("search, nothing found", () => first({ q: 'tags:"no such tag"' }));
    await told("search, bad query", () => first({ q: 'tags:("crowd"' }));
    await told("search, no query", () => first({ q: "" }));
    const titles = async (options) => (await portals.searchItems({ sortField: "created", num: 100, ...as, ...options })).results.map((r) => r.title);
    const build = () => new portals.SearchQueryBuilder();
    await told("search by tag", () => titles({ q: build().match("backup").in("tags") }));
    await told("search by tag, exactly", () => titles({ q: build().match("backup").in("tags"), filter: 'tags:"backup"' }));
    await told("search by tag of two words", () => titles({ q: build().match("no backup").in("tags") }));
    await told("search by type and owner", () => titles({ q: build().match("Feature Service").in("type").and().match("rosa").in("owner") }));
    await told("search by either tag", () => titles({ q: build().startGroup().match("parks").in("tags").or().match("roads").in("tags").endGroup() }));
    await told("search without a type", () => titles({ q: build().match("parks").in("tags").not().match("PDF").in("type") }));
    await told("search by time", () => titles({ q: build().from(new Date(town.born)).to(new Date(town.born + 3600000)).in("created") }));
    await told("search, long", () => titles({ q: `tags:roads OR id:(${Array.from({ length: 90 }, (_, n) => "0000000000000000000000000000" + (1000 + n)).join(" OR ")})` }));
    await told("search by who may see", async () => titles({ q: "tags:parks", authentication: await signedIn("tom", town.passwords.tom) }));
    await told("search for nobody", () => titles({ q: "tags:parks", authentication: undefined, portal }));
  },

  async items() {
    await told("throttled", () => portals.getItem(town.items.throttled, as));
    await told("throttled no more", async () => (await portals.getItem(town.items.throttled, as)).title);
    await told("item", async () => pick(await portals.getItem(town.items.rules, as), ...town.fields));
    await told("service item", async () => pick(await portals.getItem(town.items.roads, as), ...town.fields));
    await told("item in a folder", async () => {
      const root = await portals.getUserContent({ ...as, num: 100 });
      const folder = root.folders.find((f) => f.title === town.folder);
      const inside = await portals.getUserContent({ ...as, folderId: folder.id });
      const item = await portals.getItem(town.items.filed, as);
      return { total: inside.total, titles: inside.items.map((i) => i.title), same: item.ownerFolder === folder.id, atRoot: root.items.some((i) => i.id === item.id) };
    });
    await told("content by pages", async () => {
      const ids = [];
      for (let start = 1; start > 0 && start < 1000; ) {
        const page = await portals.getUserContent({ ...as, start, num: 100 });
        ids.push(...page.items.map((i) => i.id));
        start = page.nextStart;
      }
      return { ids: ids.length, distinct: new Set(ids).size };
    });
    await told("content of another", async () => (await portals.getUserContent({ ...as, owner: "rosa", num: 100 })).items.map((i) => i.title));
    await told("item, not there", () => portals.getItem("0123456789abcdef0123456789abcdef", as));
    const tom = { authentication: await signedIn("tom", town.passwords.tom) };
    await told("item, no rights", () => portals.getItem(town.items.diary, tom));
    await told("item, for nobody", () => portals.getItem(town.items.diary, { portal }));
    await told("item of all, for nobody", async () => (await portals.getItem(town.items.view, { portal })).title);
    await told("content, no rights", () => portals.getUserContent({ ...tom, owner: "rosa" }));
    await told("data, no rights", () => portals.getItemData(town.items.diary, tom));
    await told("token in a header", async () => (await portals.getItem(town.items.trail, { ...as, hideToken: true })).title);
    await told("resources", async () => {
      const r = await portals.getItemResources(town.items.rules, as);
      const rest = await portals.getItemResources(town.items.rules, { ...as, params: { start: r.nextStart } });
      return { ...pick(r, "total", "num", "nextStart"), then: rest.num, paths: [...r.resources, ...rest.resources].map((x) => x.resource) };
    });
    await told("resource", async () => sum(await bytesOf(await portals.getItemResource(town.items.rules, { ...as, fileName: town.resource }))));
    await told("resource with a space", async () => sum(await bytesOf(await portals.getItemResource(town.items.rules, { ...as, fileName: town.spaced }))));
    await told("resource, not there", async () => JSON.parse(await portals.getItemResource(town.items.rules, { ...as, fileName: "none.png", readAs: "text" })).error.code);
    const { thumbnailUrl } = await portals.getItem(town.items.trail, as);
    const picture = (url) => fetch(url, { headers: { referer: rest.NODEJS_DEFAULT_REFERER_HEADER } });
    await told("thumbnail", async () => sum(await bytesOf(await picture(thumbnailUrl.replace("?", "?token=")))));
    await told("thumbnail at the client's address", async () => (await (await picture(thumbnailUrl)).json()).error.code);
    await told("metadata, not there", async () => JSON.parse(await portals.getItemMetadata(town.items.trail, as)).error.code);
  },

  async data() {
    await told("JSON", () => portals.getItemData(town.items.map, as));
    await told("JSON that owns a key error", () => portals.getItemData(town.items.app, as));
    await told("file", async () => {
      const bytes = await bytesOf(await portals.getItemData(town.items.rules, { ...as, file: true }));
      return { size: bytes.length, sum: sum(bytes) };
    });
    await told("file, token in a header", async () => {
      const bytes = await bytesOf(await portals.getItemData(town.items.rules, { ...as, file: true, hideToken: true }));
      return { size: bytes.length, sum: sum(bytes) };
    });
    await told("no data", () => portals.getItemData(town.items.tiles, as));
    await told("no file", () => portals.getItemData(town.items.link, as));
    await told("data, not there", () => portals.getItemData("0123456789abcdef0123456789abcdef", as));
  },

  async services() {
    const { trail, roads, view } = town.services;
    const short = (l) => pick(l, "id", "name");
    await told("service", async () => {
      const s = await features.getService({ url: roads, ...as });
      return { ...pick(s, "serviceItemId", "capabilities", "maxRecordCount"), layers: s.layers.map(short), tables: s.tables.map(short) };
    });
    await told("layer", async () => {
      const l = await features.getLayer({ url: roads + "/2", ...as });
      return { ...pick(l, "id", "name", "type", "geometryType", "objectIdField", "hasAttachments"), fields: l.fields.map((f) => pick(f, "name", "type")) };
    });
    await told("table", async () => pick(await features.getLayer({ url: roads + "/5", ...as }), "id", "name", "type"));
    await told("layers and tables", async () => {
      const all = await features.getAllLayersAndTables({ url: roads, ...as });
      return { layers: all.layers.map(short), tables: all.tables.map(short), edited: all.layers.every((l) => l.editingInfo.lastEditDate > 0) };
    });
    await told("sources of a view", async () => (await features.getViewSources(view, authentication)).services.map((s) => s.serviceItemId));
    await told("layer, not there", () => features.getLayer({ url: roads + "/1", ...as }));
    await told("service, not there", () => features.getService({ url: roads.replace(/services\/.*/, "services/None/FeatureServer"), ...as }));
    await told("service for nobody", () => features.getService({ url: roads }));
    await told("service, no rights", async () => features.getService({ url: roads, authentication: await signedIn("tom", town.passwords.tom) }));
    const query = (options) => features.queryFeatures({ url: trail + "/0", ...as, ...options });
    const numbers = (r) => ({ first: r.features[0]?.attributes.OBJECTID ?? null, last: r.features.at(-1)?.attributes.OBJECTID ?? null, more: r.exceededTransferLimit ?? false });
    await told("count", async () => (await query({ returnCountOnly: true })).count);
    await told("count of a view", async () => (await features.queryFeatures({ url: view + "/0", portal, returnCountOnly: true })).count);
    await told("ids", async () => (await query({ returnIdsOnly: true })).objectIds.length);
    await told("features, first page", async () => numbers(await query({})));
    await told("features, last page", async () => numbers(await query({ resultOffset: 4000, resultRecordCount: 2000, orderByFields: "OBJECTID ASC" })));
    await told("features, past the end", async () => numbers(await query({ resultOffset: 4200, orderByFields: "OBJECTID ASC" })));
    await told("features where", async () => numbers(await query({ where: "OBJECTID > 10 AND OBJECTID <= 25" })));
    await told("features by id", async () => numbers(await query({ where: undefined, objectIds: [7, 9] })));
    await told("features, bad where", () => query({ where: "no such column = 1" }));
    await told("all features", async () => {
      const r = await features.queryAllFeatures({ url: trail + "/0", ...as });
      return { rows: r.features.length, distinct: new Set(r.features.map((f) => f.attributes.OBJECTID)).size, fields: r.fields.map((f) => f.name), geometry: r.geometryType };
    });
  },

  async exports() {
    const begin = (id, title, exportFormat, more) => portals.exportItem({ id, title, exportFormat, ...as, ...more });
    const look = (job, owner) => portals.getItemStatus({ id: job.exportItemId, jobId: job.jobId, jobType: "export", owner, ...as });
    const ended = async (job, owner) => {
      const words = [];
      while (words.length < 10) {
        const s = await look(job, owner);
        words.push(s.status);
        if (s.status === "completed") break;
      }
      return words;
    };
    const remove = (job, permanentDelete, owner) => portals.removeItem({ id: job.exportItemId, owner, params: { permanentDelete }, ...as });
    for (const { Item: name, Title: title, Format: format, Owner: owner } of town.exports) {
      const id = town.items[name];
      await told(`export ${name} as ${format}`, async () => {
        const job = await begin(id, title, format, { owner });
        const words = await ended(job, owner);
        const item = await portals.getItem(job.exportItemId, as);
        const bytes = await bytesOf(await portals.getItemData(job.exportItemId, { ...as, file: true }));
        writeFileSync(path.join(town.folderForFiles, `${name} as ${format}`), bytes);
        await remove(job, true, owner);
        return { ...pick(job, "type", "serviceItemId", "exportFormat"), job: typeof job.jobId, words, ...pick(item, "title", "owner", "access", "name"), size: item.size - bytes.length };
      });
    }
    await told("export of two layers", async () => {
      const job = await begin(town.items.roads, "Two of three", "File Geodatabase", { owner: "rosa", exportParameters: { layers: [{ id: 0 }, { id: 5 }] } });
      const words = await ended(job, "rosa");
      writeFileSync(path.join(town.folderForFiles, "two"), await bytesOf(await portals.getItemData(job.exportItemId, { ...as, file: true })));
      await remove(job, true, "rosa");
      return words;
    });
    const failing = async (id) => {
      const job = await begin(id, "Fails", "File Geodatabase");
      return ended(job).finally(() => remove(job, true));
    };
    await told("export fails", () => failing(town.items.fails));
    await told("export fails in JSON", () => failing(town.items.failsInJSON));
    await told("export, title taken", async () => {
      const job = await begin(town.items.trail, "Taken", "File Geodatabase");
      try {
        return await begin(town.items.trail, "Taken", "File Geodatabase");
      } finally {
        await remove(job, true);
      }
    });
    await told("export, bad format", () => begin(town.items.trail, "Bad", "Papyrus"));
    await told("export of no service", () => begin(town.items.rules, "Rules", "File Geodatabase"));
    await told("export, Extract is off", () => begin(town.items.extractOff, "Off", "File Geodatabase"));
    await told("export, not there", () => begin("0123456789abcdef0123456789abcdef", "None", "File Geodatabase"));
    const tom = await signedIn("tom", town.passwords.tom);
    await told("export, no rights", () => begin(town.items.roads, "Not mine", "File Geodatabase", { authentication: tom }));
    const job = await begin(town.items.trail, "To be deleted", "File Geodatabase");
    await told("status, wrong owner", () => look(job, "rosa"));
    await told("status, wrong job", () => look({ ...job, jobId: "none" }));
    await ended(job);
    await told("delete, no rights", () => portals.removeItem({ id: job.exportItemId, owner: town.username, authentication: tom }));
    await please("protect", job.exportItemId);
    await told("delete, protected", () => remove(job, true).catch((e) => fault(e).message.includes("Delete protection is turned on")));
    await please("release", job.exportItemId);
    await told("delete", async () => (await remove(job, true)).success);
    await told("delete again", () => remove(job, true));
    await told("item after delete", () => portals.getItem(job.exportItemId, as));
    await told("delete into the bin", async () => {
      const job = await begin(town.items.trail, "Into the bin", "File Geodatabase");
      await ended(job);
      const gone = (await remove(job, false)).success;
      const seen = await portals.getItem(job.exportItemId, as).then(() => true, () => false);
      const binned = await portals.getItem(job.exportItemId, { ...as, params: { inRecycleBin: true } }).then((i) => i.title);
      return { gone, seen, binned, forGood: (await remove(job, true)).success };
    });
  },
};

for (const name of town.groups) {
  await groups[name]().catch((e) => say({ case: "the rest of " + name, got: fault(e) }));
}
say({ case: "goes nowhere else", got: elsewhere });
process.exit(0);
