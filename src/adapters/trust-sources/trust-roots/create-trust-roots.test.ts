// SPDX-License-Identifier: Apache-2.0
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalize } from "@tufjs/canonical-json";
import { afterAll, describe, expect, it } from "vitest";
import { CodedError } from "#base";
import type { TrustHttp } from "#signatures";
import { createTrustRoots } from "#trust-sources";

const folder = mkdtempSync(join(tmpdir(), "haechi-trust-roots-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DAY_MS = 86_400_000;
const URL_BASE = "https://tuf.example/repo/";
// tuf-js compares with the clock of the machine, so the tests are about today
const NOW = new Date();

interface Key {
  readonly id: string;
  readonly key: unknown;
  readonly privateKey: KeyObject;
}

function newKey(): Key {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const hex = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
  const key = { keytype: "ed25519", scheme: "ed25519", keyval: { public: hex } };
  return { id: createHash("sha256").update(canonicalize(key)).digest("hex"), key, privateKey };
}

/** A TUF repository with one key for all roles and the target `trusted_root.json`. */
class TestTuf {
  readonly files: Map<string, Buffer> = new Map();
  readonly key: Key = newKey();
  version = 0;

  publish(target: string, options: { readonly key?: Key; readonly expires?: Date } = {}): this {
    this.version += 1;
    const { version } = this;
    const key = options.key ?? this.key;
    const expires = (options.expires ?? new Date(NOW.getTime() + 7 * DAY_MS)).toISOString().replace(/\.\d+Z$/, "Z");
    const common = { spec_version: "1.0.31", version, expires };
    const hash = createHash("sha256").update(target).digest("hex");
    const role = { keyids: [this.key.id], threshold: 1 };
    if (version === 1) {
      const root = {
        _type: "root",
        ...common,
        expires: new Date(NOW.getTime() + 300 * DAY_MS).toISOString().replace(/\.\d+Z$/, "Z"),
        consistent_snapshot: true,
        keys: { [this.key.id]: this.key.key },
        roles: { root: role, timestamp: role, snapshot: role, targets: role },
      };
      this.#put("1.root.json", root, this.key);
    }
    const targets = {
      _type: "targets",
      ...common,
      targets: { "trusted_root.json": { length: target.length, hashes: { sha256: hash } } },
    };
    this.#put(`${version}.targets.json`, targets, key);
    this.#put(`${version}.snapshot.json`, { _type: "snapshot", ...common, meta: { "targets.json": { version } } }, key);
    this.#put("timestamp.json", { _type: "timestamp", ...common, meta: { "snapshot.json": { version } } }, key);
    this.files.set(`targets/${hash}.trusted_root.json`, Buffer.from(target));
    return this;
  }

  #put(name: string, signed: unknown, key: Key): void {
    const sig = sign(null, Buffer.from(canonicalize(signed)), key.privateKey).toString("hex");
    this.files.set(name, Buffer.from(JSON.stringify({ signed, signatures: [{ keyid: this.key.id, sig }] })));
  }

  /** As another host, which can fail. */
  http(): TrustHttp & { isDown: boolean; asked: number } {
    const files = this.files;
    return {
      isDown: false,
      asked: 0,
      send(url) {
        this.asked += 1;
        if (this.isDown) {
          return Promise.reject(new CodedError("HOST_UNREACHABLE", "no network"));
        }
        const bytes = files.get(url.href.slice(URL_BASE.length));
        return Promise.resolve({
          status: bytes === undefined ? 404 : 200,
          headers: {},
          bytes: bytes ?? Buffer.alloc(0),
        });
      },
    };
  }

  write(path: string): string {
    for (const [name, bytes] of this.files) {
      mkdirSync(join(path, name, ".."), { recursive: true });
      writeFileSync(join(path, name), bytes);
    }
    return path;
  }
}

let count = 0;
function rootsOf(
  location: string,
  http: TrustHttp,
  options: { readonly cacheDir?: string; readonly refreshMs?: number } = {},
) {
  count += 1;
  return createTrustRoots({ cacheDir: join(folder, `cache-${count}`), ...options, http, roots: { own: location } });
}

function urlOf(tuf: TestTuf): string {
  count += 1;
  const file = join(folder, `root-${count}.json`);
  writeFileSync(file, tuf.files.get("1.root.json") ?? "");
  return `${URL_BASE}#${encodeURIComponent(file)}`;
}

describe("a trusted root in a file", () => {
  it("is read again when the file changes, and never kept when it goes", async () => {
    const path = join(folder, "trusted_root.json");
    const roots = rootsOf(path, new TestTuf().http());
    await expect(roots.resolve("own", { now: NOW })).rejects.toMatchObject({ code: "TRUST_ROOT_UNREADABLE" });
    writeFileSync(path, "one");
    const first = await roots.resolve("own", { now: NOW });
    expect(first).toMatchObject({ name: "own", json: "one", source: path });
    writeFileSync(path, "three");
    const second = await roots.resolve("own", { now: NOW });
    expect(second.json).toBe("three");
    expect(second.digest).not.toBe(first.digest);
    rmSync(path);
    await expect(roots.resolve("own", { now: NOW })).rejects.toMatchObject({ code: "TRUST_ROOT_UNREADABLE" });
  });

  it("of a name that nobody configured is an error", async () => {
    const roots = rootsOf("/x", new TestTuf().http());
    expect(roots.names).toEqual(["sigstore", "public-good", "own"]);
    await expect(roots.resolve("other", { now: NOW })).rejects.toMatchObject({ code: "TRUST_ROOT_UNKNOWN" });
  });
});

describe("a trusted root in a TUF repository", () => {
  it("is verified, and says how fresh it is and how long it holds", async () => {
    const tuf = new TestTuf().publish("root one");
    const found = await rootsOf(urlOf(tuf), tuf.http()).resolve("own", { now: NOW });
    expect(found).toMatchObject({ json: "root one", source: URL_BASE, fetchedAt: NOW.toISOString() });
    expect(Date.parse(found.validUntil ?? "")).toBeLessThanOrEqual(NOW.getTime() + 7 * DAY_MS);
  });

  it("without a first root is refused: a network cannot vouch for itself", async () => {
    const tuf = new TestTuf().publish("root one");
    await expect(rootsOf(URL_BASE, tuf.http()).resolve("own", { now: NOW })).rejects.toMatchObject({
      code: "TRUST_ROOT_UNREADABLE",
    });
  });

  it("signed by another key is refused, also when an older one is kept", async () => {
    const tuf = new TestTuf().publish("root one");
    const roots = rootsOf(urlOf(tuf), tuf.http(), { refreshMs: 0 });
    await roots.resolve("own", { now: NOW });
    tuf.publish("root of an attacker", { key: newKey() });
    await expect(roots.resolve("own", { now: NOW })).rejects.toMatchObject({ code: "TRUST_ROOT_REFUSED" });
  });

  it("a changed target is refused", async () => {
    const tuf = new TestTuf().publish("root one");
    const [path] = [...tuf.files.keys()].filter((name) => name.startsWith("targets/"));
    tuf.files.set(path ?? "", Buffer.from("root two"));
    await expect(rootsOf(urlOf(tuf), tuf.http()).resolve("own", { now: NOW })).rejects.toMatchObject({
      code: "TRUST_ROOT_REFUSED",
    });
  });

  it("older metadata than was seen before is refused (rollback)", async () => {
    const tuf = new TestTuf().publish("root one");
    const before = new Map(tuf.files);
    const cacheDir = join(folder, "cache-rollback");
    const url = urlOf(tuf);
    tuf.publish("root two");
    await rootsOf(url, tuf.http(), { cacheDir }).resolve("own", { now: NOW });
    for (const [name, bytes] of before) {
      tuf.files.set(name, bytes);
    }
    await expect(
      rootsOf(url, tuf.http(), { cacheDir, refreshMs: 0 }).resolve("own", { now: NOW }),
    ).rejects.toMatchObject({
      code: "TRUST_ROOT_REFUSED",
    });
  });

  it("metadata that has ended is refused (freeze)", async () => {
    const tuf = new TestTuf().publish("root one", { expires: new Date(NOW.getTime() - DAY_MS) });
    await expect(rootsOf(urlOf(tuf), tuf.http()).resolve("own", { now: NOW })).rejects.toMatchObject({
      code: "TRUST_ROOT_REFUSED",
    });
  });

  it("is used without its mirror until its metadata ends, and not beyond", async () => {
    const tuf = new TestTuf().publish("root one");
    const url = urlOf(tuf);
    const http = tuf.http();
    const options = { cacheDir: join(folder, "cache-offline"), refreshMs: 1_000 };
    await rootsOf(url, http, options).resolve("own", { now: NOW });
    http.isDown = true;
    const later = new Date(NOW.getTime() + DAY_MS);
    const kept = await rootsOf(url, http, options).resolve("own", { now: later });
    expect(kept).toMatchObject({ json: "root one", fetchedAt: NOW.toISOString() });
    const afterEnd = new Date(NOW.getTime() + 8 * DAY_MS);
    await expect(rootsOf(url, http, options).resolve("own", { now: afterEnd })).rejects.toMatchObject({
      code: "TRUST_ROOT_UNREACHABLE",
    });
  });

  it("that was never fetched cannot be had without its mirror", async () => {
    const tuf = new TestTuf().publish("root one");
    const http = tuf.http();
    http.isDown = true;
    await expect(rootsOf(urlOf(tuf), http).resolve("own", { now: NOW })).rejects.toMatchObject({
      code: "TRUST_ROOT_UNREACHABLE",
      message: expect.stringContaining("--trusted-root FILE"),
    });
  });

  it("is asked once for many, and again when its time is over; another process need not ask", async () => {
    const tuf = new TestTuf().publish("root one");
    const url = urlOf(tuf);
    const http = tuf.http();
    const options = { cacheDir: join(folder, "cache-shared"), refreshMs: 60_000 };
    const roots = rootsOf(url, http, options);
    await Promise.all(Array.from({ length: 10 }, () => roots.resolve("own", { now: NOW })));
    const { asked } = http;
    expect(asked).toBeLessThan(8);
    await rootsOf(url, http, options).resolve("own", { now: NOW });
    expect(http.asked).toBe(asked);
    tuf.publish("root two");
    expect((await roots.resolve("own", { now: new Date(NOW.getTime() + 61_000) })).json).toBe("root two");
  });

  it("in a folder that was carried in works without a network", async () => {
    const tuf = new TestTuf().publish("root one");
    const http = tuf.http();
    http.isDown = true;
    const path = tuf.write(join(folder, "mirror"));
    const found = await rootsOf(path, http).resolve("own", { now: NOW });
    expect(found).toMatchObject({ json: "root one", source: path });
    expect(readFileSync(join(path, "1.root.json")).equals(tuf.files.get("1.root.json") ?? Buffer.alloc(0))).toBe(true);
  });
});
