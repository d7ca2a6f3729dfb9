// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { RegistryJobRecord } from "#database";
import {
  type ApiTestBed,
  BAD_PACKAGES,
  createApiTestBed,
  finishScan,
  pushImage,
} from "../../../../../test/support/api-server.ts";
import { rounds } from "../../../../../test/support/rounds.ts";
import type { RegistryContent } from "../content/registry-content.ts";
import { ExternalScanError } from "./external-scan-error.ts";
import { externalScanJob } from "./external-scan-parameters.ts";
import { externalScanWorker } from "./external-scan-worker.ts";
import { openForeignFindings } from "./foreign-findings.ts";
import { parseStoredReport, readReport } from "./read-report.ts";

const DIGEST = digestOf("image");
const TYPE = "application/vnd.security.vulnerability.report; version=1.1";
const IMAGE = "application/vnd.oci.image.manifest.v1+json";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A scanner that says what it is told to. */
interface ScriptedScanner extends AsyncDisposable {
  readonly url: string;
  readonly asked: { readonly line: string; readonly authorization: string | undefined; readonly body: string }[];
  report: Answer;
  scan: Answer;
}

async function startScanner(): Promise<ScriptedScanner> {
  const scanner = {
    url: "",
    asked: [] as ScriptedScanner["asked"],
    report: ((_, response) => void response.end("{}")) as Answer,
    scan: ((_, response) => void response.writeHead(202).end('{"id":"scan 1/2"}')) as Answer,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const { method = "", url = "" } = request;
      scanner.asked.push({ line: `${method} ${url}`, authorization: request.headers.authorization, body });
      if (url === "/base/api/v1/metadata") {
        const capability = { consumes_mime_types: [IMAGE], produces_mime_types: [TYPE.replace("; ", ";")] };
        response.end(JSON.stringify({ scanner: { name: "x" }, capabilities: [capability] }));
      } else if (url === "/base/api/v1/scan") {
        scanner.scan(request, response, body);
      } else {
        scanner.report(request, response, body);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  scanner.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
  return scanner;
}

let bed: ApiTestBed;
let scanner: ScriptedScanner;
let digest: Digest;

beforeEach(async () => {
  bed = await createApiTestBed();
  scanner = await startScanner();
  ({ digest } = await pushImage(bed.database, { repository: "team/app", tag: "1", platform: "linux/amd64" }));
  await configure({});
});

afterEach(async () => {
  await scanner[Symbol.asyncDispose]();
  await bed[Symbol.asyncDispose]();
});

async function configure(more: object): Promise<void> {
  const document = { url: scanner.url, isEnabled: true, ...more };
  await bed.database.registryObjects.put({ kind: "scanner", name: "peer", document, updatedBy: "kim" });
}

async function run(signal = new AbortController().signal): Promise<unknown> {
  const parameters = { scanner: "peer", scope: "image", repository: "team/app", digest, tag: "1" } as const;
  const job: RegistryJobRecord = await bed.database.registryJobs.create(externalScanJob(parameters, "kim"));
  return await externalScanWorker.run({
    job,
    context: bed.context,
    content: {} as RegistryContent,
    log: bed.context.telemetry.log,
    signal,
    report: () => Promise.resolve(),
  });
}

async function stored() {
  return parseStoredReport((await bed.database.foreignReports.findMany([digest])).get(digest)?.[0]?.report);
}

const FOUND = { id: "CVE-2026-1", package: "zlib1g", version: "1.2", severity: "Critical", fix_version: "1.3" };

describe("a scanner that cannot be relied on", () => {
  it.each<{ readonly name: string; readonly answer: Answer; readonly says: RegExp }>([
    {
      name: "says nothing readable",
      answer: (_, response) => void response.end("<html>"),
      says: /no vulnerability report/,
    },
    {
      name: "speaks of another image",
      answer: (_, response) =>
        void response.end(JSON.stringify({ artifact: { digest: digestOf("other") }, vulnerabilities: [FOUND] })),
      says: /another image/,
    },
    {
      name: "has failed, at length",
      answer: (_, response) =>
        void response.writeHead(404).end(JSON.stringify({ error: { message: "x".repeat(90_000) } })),
      says: /answered 404: x{300}$/,
    },
    {
      name: "leads elsewhere",
      answer: (_, response) => void response.writeHead(307, { location: "http://169.254.169.254/" }).end(),
      says: /answered 307/,
    },
  ])("$name: nothing is stored", async ({ answer, says }) => {
    scanner.report = answer;
    await expect(run()).rejects.toThrow(says);
    await expect(run()).rejects.toThrow(ExternalScanError);
    expect(await stored()).toBeUndefined();
  });

  it("sends without end, and is cut off", async () => {
    scanner.scan = (_, response) => {
      response.writeHead(202);
      const block = Buffer.alloc(64 * 1_024, " ");
      const write = (): void => {
        if (!response.destroyed) {
          response.write(block, () => setImmediate(write));
        }
      };
      write();
    };
    await expect(run()).rejects.toThrow(/larger than/);
  });

  it("hangs: the job can be cancelled", async () => {
    const stopping = new AbortController();
    scanner.report = () => stopping.abort(new Error("cancelled"));
    await expect(run(stopping.signal)).rejects.toThrow("cancelled");
  });

  it("has bad entries, which are counted and left out", async () => {
    const links = ["javascript:alert(1)", "https://x.example/1", "file:///etc/passwd"];
    const vulnerabilities = [null, { ...FOUND, links }, { ...FOUND, severity: "Enormous" }, { id: 4 }, "x", []];
    scanner.report = (_, response) => void response.end(JSON.stringify({ vulnerabilities }));
    await run();
    expect(await stored()).toMatchObject({
      leftOut: 5,
      vulnerabilities: [{ id: "CVE-2026-1", severity: "critical", fixVersion: "1.3", links: ["https://x.example/1"] }],
    });
  });
});

it("a report is read whatever it holds, or refused: never anything else", () => {
  const parts = fc.anything({ withNullPrototype: false, maxDepth: 3 });
  const entry = fc.record({ id: parts, package: parts, severity: fc.constantFrom("High", 3, null), links: parts });
  const report = fc.record(
    {
      artifact: parts,
      scanner: parts,
      generated_at: parts,
      vulnerabilities: fc.oneof(parts, fc.array(fc.oneof(entry, parts))),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.string(),
    report.map((each) => JSON.stringify(each, (_, value: unknown) => (typeof value === "bigint" ? 1 : value)) ?? ""),
  );
  fc.assert(
    fc.property(text, (each) => {
      try {
        const read = readReport(each, DIGEST);
        expect(parseStoredReport(JSON.parse(JSON.stringify(read)))).toEqual(read);
      } catch (error) {
        expect(error).toBeInstanceOf(ExternalScanError);
      }
    }),
    { numRuns: rounds({ short: 300, long: 20_000 }) },
  );
});

describe("a scanner that works", () => {
  it("is asked once about an image, with a token for it, waits as it is told, and shows beside ours", async () => {
    let count = 0;
    scanner.report = (_, response) => {
      count += 1;
      if (count === 1) {
        response.writeHead(302, { "refresh-after": "1" }).end();
      } else {
        response.end(
          JSON.stringify({ artifact: { digest }, scanner: { name: "Peer", version: "2" }, vulnerabilities: [FOUND] }),
        );
      }
    };
    expect(await run()).toEqual({ asked: 1, known: 0, unsupported: 0 });
    expect(await run()).toEqual({ asked: 0, known: 1, unsupported: 0 });
    expect(scanner.asked.map(({ line }) => line)).toEqual([
      "GET /base/api/v1/metadata",
      "POST /base/api/v1/scan",
      "GET /base/api/v1/scan/scan%201%2F2/report",
      "GET /base/api/v1/scan/scan%201%2F2/report",
    ]);
    const asked = JSON.parse(scanner.asked[1]?.body ?? "") as { readonly registry: { readonly authorization: string } };
    expect(asked).toMatchObject({ artifact: { repository: "team/app", digest, tag: "1", mime_type: IMAGE } });
    expect(asked.registry.authorization).toMatch(/^Bearer haechi1\./);
    const token = asked.registry.authorization.slice("Bearer haechi1.".length).split(".", 1).join("");
    expect(JSON.parse(Buffer.from(token, "base64url").toString())).toMatchObject({
      repositories: [["team/app", ["pull", "inspect"]]],
    });
    expect(await stored()).toMatchObject({ scannerName: "Peer", scannerVersion: "2", leftOut: 0 });
  });

  it("counts when the settings say so, with its name as the source, and where we say nothing ourselves", async () => {
    const [known] = BAD_PACKAGES.flatMap(({ name, findings = [] }) =>
      findings.map(({ id }) => ({ id, package: name })),
    );
    const vulnerabilities = [FOUND, { ...FOUND, ...known }];
    scanner.report = (_, response) => void response.end(JSON.stringify({ vulnerabilities }));
    await finishScan(bed.database, digest, { packages: BAD_PACKAGES });
    await run();
    using foreign = openForeignFindings({ database: bed.database, log: bed.context.telemetry.log });
    const scans = foreign.wrap(bed.database.scans);
    const ours = (await bed.database.scans.find(digest))?.report?.findings ?? [];
    expect((await scans.find(digest))?.report?.findings).toEqual(ours);
    await configure({ counts: true });
    await expect.poll(async () => (await scans.find(digest))?.report?.findings.length).toBe(ours.length + 1);
    const added = (await scans.findMany([digest])).get(digest)?.report?.findings.at(-1);
    expect(added).toMatchObject({
      id: "CVE-2026-1",
      severity: "critical",
      severitySource: "peer",
      package: { name: "zlib1g", version: "1.2" },
      fixedVersions: ["1.3"],
      match: { ecosystem: "peer" },
    });
    await configure({ counts: true, isEnabled: false });
    await expect.poll(async () => (await scans.find(digest))?.report?.findings.length).toBe(ours.length);
  });
});
