// SPDX-License-Identifier: Apache-2.0
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import { writeZip, type ZipEntry } from "../../../test/support/zip-builder.ts";
import { buildAdvisoryDatabase } from "./build-advisory-database.ts";
import { type ImportProgress, importAdvisories } from "./import-advisories.ts";
import { openAdvisoryDatabase } from "./open-advisory-database.ts";

let folder: string;
let into: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "haechi-advisories-"));
  into = join(folder, "db");
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function record(id: string, ecosystem: string, name: string, more: object = {}): Record<string, unknown> {
  return {
    id,
    modified: "2024-05-01T00:00:00Z",
    affected: [
      {
        package: { ecosystem, name },
        ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "2.0.0" }] }],
      },
    ],
    ...more,
  };
}

function zipOf(...records: readonly Record<string, unknown>[]): Buffer {
  return writeZip(records.map((each) => ({ name: `${String(each["id"])}.json`, content: JSON.stringify(each) })));
}

function write(path: string, content: string | Uint8Array): string {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, content);
  return file;
}

function idsFor(file: string, ecosystem: string, name: string): readonly string[] {
  using database = openAdvisoryDatabase(file);
  database.verify();
  return database.advisoriesFor(ecosystem, name).map((each) => each.id);
}

describe("importAdvisories", () => {
  it("imports a folder laid out like the OSV bucket, and only what was asked for", async () => {
    write("bucket/npm/all.zip", zipOf(record("GHSA-1", "npm", "p"), record("X-1", "PyPI", "p")));
    write("bucket/Debian/all.zip", zipOf(record("CVE-1", "Debian:12", "p"), record("CVE-2", "Debian:11", "p")));
    write("bucket/PyPI/all.zip", zipOf(record("PYSEC-1", "PyPI", "p")));
    write("bucket/README.md", "not data");
    const progress: ImportProgress[] = [];
    const result = await importAdvisories({
      sources: [join(folder, "bucket")],
      ecosystems: ["npm", "Debian:12"],
      into,
      onProgress: (each) => progress.push(each),
    });
    expect(result).toMatchObject({
      file: into,
      records: 4,
      imported: 2,
      skipped: { otherEcosystem: 2 },
      problemCount: 0,
      info: { ecosystems: { "Debian:12": 1, npm: 1 }, isBundled: false, date: "2024-05-01T00:00:00Z", advisories: 2 },
    });
    expect(progress).toContainEqual({ step: "read", source: join(folder, "bucket/npm/all.zip"), done: 2, total: 2 });
    expect(progress.at(-1)).toEqual({ step: "write", source: into, done: 2 });
  });

  it("replaces the ecosystems of an archive and keeps the rest", async () => {
    await importAdvisories({
      sources: [
        write("a/Debian/all.zip", zipOf(record("CVE-1", "Debian:12", "old"), record("CVE-2", "Debian:11", "p"))),
        write("a/npm/all.zip", zipOf(record("GHSA-1", "npm", "p"))),
      ],
      into,
    });
    await importAdvisories({
      sources: [
        write("b/Debian/all.zip", zipOf(record("CVE-3", "Debian:12", "new"), record("CVE-9", "Debian:11", "p"))),
      ],
      ecosystems: ["Debian:12"],
      into,
    });
    expect(idsFor(into, "Debian:12", "old")).toEqual([]);
    expect(idsFor(into, "Debian:12", "new")).toEqual(["CVE-3"]);
    expect(idsFor(into, "Debian:11", "p")).toEqual(["CVE-2"]);
    expect(idsFor(into, "npm", "p")).toEqual(["GHSA-1"]);
  });

  it("updates single records by id, and removes one that was withdrawn", async () => {
    await importAdvisories({
      sources: [
        write("npm/all.zip", zipOf(record("A-1", "npm", "p"), record("A-2", "npm", "p"), record("A-3", "npm", "p"))),
      ],
      into,
    });
    await importAdvisories({
      sources: [
        write("one/A-1.json", JSON.stringify(record("A-1", "npm", "q"))),
        write("one/A-2.json", JSON.stringify(record("A-2", "npm", "p", { withdrawn: "2024-06-01T00:00:00Z" }))),
      ],
      into,
    });
    expect(idsFor(into, "npm", "p")).toEqual(["A-3"]);
    expect(idsFor(into, "npm", "q")).toEqual(["A-1"]);
  });

  it("gives equal digests for equal content, whatever the order and number of imports", async () => {
    const [a, b] = [record("A-1", "npm", "p"), record("A-2", "Debian:12", "p", { modified: "2024-05-02T00:00:00Z" })];
    const once = await buildAdvisoryDatabase({ records: [a, b], output: join(folder, "once") });
    const older = { ...b, modified: "2023-01-01T00:00:00Z", summary: "older" };
    await buildAdvisoryDatabase({ records: [b, older], output: into });
    const twice = await importAdvisories({ sources: [write("a.json", JSON.stringify(a))], into });
    expect(twice.info).toEqual(once.info);
    const other = await buildAdvisoryDatabase({ records: [a], output: join(folder, "other") });
    expect(other.info.digest).not.toBe(once.info.digest);
  });

  it("leaves out broken records and says which", async () => {
    const zip = writeZip([
      { name: "good.json", content: JSON.stringify(record("A-1", "npm", "p")) },
      { name: "bad\u001b.json", content: "{" },
      { name: "large.json", content: " ".repeat(2_000) },
      { name: "LICENSE", content: "no record" },
    ]);
    const result = await importAdvisories({
      sources: [write("npm/all.zip", zip)],
      into,
      limits: { ...LIMITS, maxAdvisoryBytes: 1_000 },
    });
    expect(result).toMatchObject({ records: 3, imported: 1, problemCount: 2 });
    expect(result.problems.map((each) => each.origin.split(": ").at(-1))).toEqual(["bad?.json", "large.json"]);
  });

  it("never uses a name inside an archive as a path", async () => {
    const content = JSON.stringify(record("A-1", "npm", "p"));
    const names = ["../../outside.json", "/absolute.json", "a\\..\\b.json", "nul\0.json", "C:\\x.json"];
    const result = await importAdvisories({
      sources: [write("npm/all.zip", writeZip(names.map((name) => ({ name, content }))))],
      into,
    });
    expect(result.records).toBe(5);
    expect(readdirSync(folder).sort()).toEqual(["db", "npm"]);
    expect(readdirSync(into)).toEqual(["index.json", "shards"]);
  });
});

describe("a failed import leaves the old database in use", () => {
  const good = record("A-1", "npm", "p");
  const many = Array.from({ length: 300 }, (_, index) => record(`A-${index}`, "npm", "p"));

  const bombs: readonly ZipEntry[] = Array.from({ length: 20 }, (_, index) => ({
    name: `${index}.json`,
    content: " ".repeat(1_000_000),
  }));
  it.each([
    { name: "no archive", zip: Buffer.from("<html>not found</html>"), code: "ADVISORY_SOURCE_MALFORMED" },
    { name: "an empty file", zip: Buffer.alloc(0), code: "ADVISORY_SOURCE_MALFORMED" },
    { name: "an archive cut off", zip: zipOf(...many).subarray(0, 20_000), code: "ADVISORY_SOURCE_MALFORMED" },
    { name: "a byte changed", zip: flipped(zipOf(...many), 5_000), code: "ADVISORY_SOURCE_MALFORMED" },
    {
      name: "an entry that inflates to more than it says",
      zip: writeZip([{ name: "a.json", content: " ".repeat(1_000_000), declaredSize: 10 }]),
      code: "ADVISORY_SOURCE_MALFORMED",
    },
    {
      name: "an entry that inflates to less than it says",
      zip: writeZip([{ name: "a.json", content: JSON.stringify(good), declaredSize: 10_000 }]),
      code: "ADVISORY_SOURCE_MALFORMED",
    },
    {
      name: "a wrong checksum",
      zip: writeZip([{ name: "a.json", content: JSON.stringify(good), declaredChecksum: 1 }]),
      code: "ADVISORY_SOURCE_MALFORMED",
    },
    {
      name: "a bomb of many entries",
      zip: writeZip(bombs),
      code: "ADVISORY_SOURCE_LIMIT_EXCEEDED",
      limits: { maxCompressionRatio: 300, minRatioBytes: 1_000_000 },
    },
    {
      name: "too much in all",
      zip: writeZip(bombs),
      code: "ADVISORY_SOURCE_LIMIT_EXCEEDED",
      limits: { maxInflatedAdvisoryBytes: 1_500_000 },
    },
    {
      name: "too many entries",
      zip: zipOf(...many),
      code: "ADVISORY_SOURCE_LIMIT_EXCEEDED",
      limits: { maxAdvisoryArchiveEntries: 10 },
    },
    { name: "only broken records", zip: writeZip([{ name: "a.json", content: "{" }]), code: "ADVISORY_SOURCE_EMPTY" },
    { name: "nothing of the ecosystem", zip: zipOf(record("A-1", "PyPI", "p")), code: "ADVISORY_SOURCE_EMPTY" },
    { name: "an empty archive", zip: zipOf(), code: "ADVISORY_SOURCE_EMPTY" },
  ])("$name", async ({ zip, code, limits }) => {
    await buildAdvisoryDatabase({ records: [good], output: into });
    const before = contentOf(into);
    const source = write("bucket/npm/all.zip", zip);
    await expect(
      importAdvisories({ sources: [join(source, "../..")], into, limits: { ...LIMITS, ...limits } }),
    ).rejects.toMatchObject({ code });
    expect(contentOf(into)).toEqual(before);
  });

  it("when stopped in the middle", async () => {
    await buildAdvisoryDatabase({ records: [good], output: into });
    const before = contentOf(into);
    const controller = new AbortController();
    const outcome = importAdvisories({
      sources: [write("npm/all.zip", zipOf(...many))],
      into,
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await expect(outcome).rejects.toMatchObject({ code: "ADVISORY_IMPORT_ABORTED" });
    expect(contentOf(into)).toEqual(before);
  });

  it("when another import was faster", async () => {
    await buildAdvisoryDatabase({ records: [good], output: into });
    const slow = buildAdvisoryDatabase({
      records: (async function* () {
        yield record("SLOW-1", "npm", "p");
        await buildAdvisoryDatabase({ records: [record("FAST-1", "npm", "p")], output: into });
      })(),
      output: into,
    });
    await expect(slow).rejects.toMatchObject({ code: "ADVISORY_DATABASE_CHANGED" });
    expect(idsFor(into, "npm", "p")).toEqual(["FAST-1"]);
  });

  it("when killed in the middle; the next import removes what was left behind", async () => {
    await buildAdvisoryDatabase({ records: [good], output: into });
    const before = contentOf(into);
    const script = `
      import { buildAdvisoryDatabase } from ${JSON.stringify(new URL("./index.ts", import.meta.url).href)};
      await buildAdvisoryDatabase({ output: ${JSON.stringify(into)}, records: (async function* () {
        for (let n = 0; n < 2000; n += 1) yield { id: "B-" + n, modified: "2024-05-01T00:00:00Z",
          affected: [{ package: { ecosystem: "npm", name: "p" }, versions: ["1.0.0"] }] };
        process.stdout.write("ready");
        await new Promise(() => setInterval(() => undefined, 1000));
      })() });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(contentOf(into)).toEqual(before);
    expect(readdirSync(into).filter((name) => name.startsWith(".work."))).toHaveLength(1);
    await importAdvisories({ sources: [write("a.json", JSON.stringify(record("A-2", "npm", "p")))], into });
    expect(idsFor(into, "npm", "p")).toEqual(["A-1", "A-2"]);
    expect(readdirSync(into)).toEqual(["index.json", "shards"]);
  });

  it.each([
    { name: "an unknown ecosystem", ecosystems: ["../../etc"], code: "ADVISORY_ECOSYSTEM_UNKNOWN" },
    { name: "an ecosystem without an archive", ecosystems: ["Maven"], code: "ADVISORY_SOURCE_EMPTY" },
  ])("$name", async ({ ecosystems, code }) => {
    const source = write("bucket/npm/all.zip", zipOf(good));
    await expect(importAdvisories({ sources: [join(source, "../..")], ecosystems, into })).rejects.toMatchObject({
      code,
    });
    expect(existsSync(join(into, "index.json"))).toBe(false);
  });

  it("a source that is not there", async () => {
    await expect(importAdvisories({ sources: [join(folder, "none")], into })).rejects.toMatchObject({
      code: "ADVISORY_SOURCE_MISSING",
    });
  });

  it("a target that is something else is not overwritten", async () => {
    const target = write("precious.txt", "keep me");
    const source = write("a.json", JSON.stringify(good));
    await expect(importAdvisories({ sources: [source], into: target })).rejects.toMatchObject({
      code: "ADVISORY_DATABASE_FOREIGN",
    });
    expect(readFileSync(target, "utf8")).toBe("keep me");
  });
});

describe("an OSV bucket over HTTP", () => {
  const requests: string[] = [];
  let answers: Record<
    string,
    {
      readonly status?: number;
      readonly headers?: Record<string, string>;
      readonly body?: Uint8Array;
      readonly isCut?: boolean;
    }
  >;
  let server: Server;
  let base: string;

  beforeEach(async () => {
    requests.length = 0;
    answers = {};
    server = createServer((request, response) => {
      requests.push(request.url ?? "");
      const answer = answers[request.url ?? ""] ?? { status: 404 };
      const body = answer.body ?? Buffer.alloc(0);
      response.writeHead(answer.status ?? 200, { "content-length": body.length, ...answer.headers });
      if (answer.isCut === true) {
        response.write(body.subarray(0, 10), () => response.destroy());
      } else {
        response.end(body);
      }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });

  it("fetches the archive of each ecosystem and keeps nothing else", async () => {
    answers["/osv/npm/all.zip"] = { body: zipOf(record("A-1", "npm", "p")) };
    answers["/osv/Red%20Hat/all.zip"] = { body: zipOf(record("R-1", "Red Hat:enterprise_linux:9", "p")) };
    const result = await importAdvisories({ sources: [`${base}/osv/`], ecosystems: ["npm", "Red Hat"], into });
    expect(result.info.ecosystems).toEqual({ "Red Hat:enterprise_linux:9": 1, npm: 1 });
    expect(requests).toEqual(["/osv/Red%20Hat/all.zip", "/osv/npm/all.zip"]);
    expect(readdirSync(into)).toEqual(["index.json", "shards"]);
    using database = openAdvisoryDatabase(into);
    expect(database.shards.find((each) => each.name === "npm")?.sources).toEqual([
      {
        source: "osv",
        scope: "npm",
        location: `${base}/osv/npm/all.zip`,
        newest: "2024-05-01T00:00:00Z",
        licence: "CC-BY-4.0",
        attribution: "GitHub Advisory Database by way of OSV, https://osv.dev",
      },
    ]);
  });

  it("follows a redirect, and takes a single file", async () => {
    answers["/latest.json"] = { status: 302, headers: { location: "/v1/a.json" } };
    answers["/v1/a.json"] = { body: Buffer.from(JSON.stringify(record("A-1", "npm", "p"))) };
    await importAdvisories({ sources: [`${base}/latest.json?token=secret`.replace("?token=secret", "")], into });
    expect(idsFor(into, "npm", "p")).toEqual(["A-1"]);
  });

  it("takes the tracker of Debian from its address, which has no ending", async () => {
    const release = { status: "resolved", fixed_version: "1-1", urgency: "low" };
    answers["/tracker/data/json"] = {
      body: Buffer.from(JSON.stringify({ p: { "CVE-2024-0001": { releases: { bookworm: release } } } })),
    };
    await importAdvisories({ sources: [`${base}/tracker/data/json`], into });
    expect(idsFor(into, "Debian:12", "p")).toEqual(["CVE-2024-0001"]);
  });

  it.each([
    { name: "404", code: "ADVISORY_SOURCE_MISSING", answer: { status: 404 } },
    { name: "500", code: "ADVISORY_SOURCE_UNREACHABLE", answer: { status: 500 } },
    {
      name: "the connection ends early",
      code: "ADVISORY_SOURCE_UNREACHABLE",
      answer: { body: Buffer.alloc(1_000), isCut: true },
    },
    { name: "larger than allowed", code: "ADVISORY_SOURCE_LIMIT_EXCEEDED", answer: { body: Buffer.alloc(20_000) } },
    {
      name: "a redirect to plain HTTP elsewhere",
      code: "ADVISORY_SOURCE_INSECURE",
      answer: { status: 301, headers: { location: "http://198.51.100.1/all.zip" } },
    },
    {
      name: "a redirect to a file",
      code: "ADVISORY_SOURCE_INSECURE",
      answer: { status: 301, headers: { location: "file:///etc/passwd" } },
    },
    {
      name: "a circle of redirects",
      code: "ADVISORY_SOURCE_UNREACHABLE",
      answer: { status: 301, headers: { location: "/npm/all.zip" } },
    },
    {
      name: "a page instead of an archive",
      code: "ADVISORY_SOURCE_MALFORMED",
      answer: { body: Buffer.from("<html>") },
    },
  ])("refuses: $name", async ({ answer, code }) => {
    answers["/npm/all.zip"] = answer;
    await expect(
      importAdvisories({
        sources: [base],
        ecosystems: ["npm"],
        into,
        limits: { ...LIMITS, maxAdvisoryArchiveBytes: 10_000 },
      }),
    ).rejects.toMatchObject({ code });
    expect(readdirSync(into)).toEqual(["shards"]);
  });

  it("refuses plain HTTP to another machine, without credentials in the message", async () => {
    const outcome = importAdvisories({ sources: ["http://user:secret@198.51.100.1/osv"], ecosystems: ["npm"], into });
    await expect(outcome).rejects.toMatchObject({
      code: "ADVISORY_SOURCE_INSECURE",
      message: expect.not.stringContaining("secret"),
    });
  });

  it.each([
    { path: "/com.ubuntu.jammy.cve.oval.xml.bz2", says: "bunzip2" },
    { path: "/csaf.tar.bz2", says: "bunzip2" },
    { path: "/vex-all.tar.xz", says: "unxz" },
  ])("says how to unpack $path, and asks for nothing", async ({ path, says }) => {
    await expect(importAdvisories({ sources: [`${base}${path}`], into })).rejects.toMatchObject({
      code: "ADVISORY_SOURCE_MALFORMED",
      message: expect.stringContaining(`unpack it first (${says})`) as unknown,
    });
    expect(requests).toEqual([]);
  });

  it("wants to know which ecosystems", async () => {
    await expect(importAdvisories({ sources: [base], into })).rejects.toMatchObject({
      code: "ADVISORY_ECOSYSTEM_REQUIRED",
    });
    expect(requests).toEqual([]);
  });
});

/** Names and bytes of everything that is in use. */
function contentOf(database: string): Readonly<Record<string, string>> {
  const names = readdirSync(database, { recursive: true, encoding: "utf8" })
    .filter((name) => !name.startsWith(".work.") && statSync(join(database, name)).isFile())
    .sort();
  return Object.fromEntries(names.map((name) => [name, digestOf(readFileSync(join(database, name)))]));
}

function flipped(bytes: Buffer, offset: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] = (copy[offset] ?? 0) ^ 0xff;
  return copy;
}
