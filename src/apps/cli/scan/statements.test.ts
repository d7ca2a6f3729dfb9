// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from "node:child_process";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase } from "#advisory-db";
import { renderStatement } from "#attestations";
import { buildImage, type TestImage, writeOciLayout } from "../../../../test/support/image-builder.ts";
import { runCommandLine } from "../../../../test/support/run-command-line.ts";
import { bundleImage } from "../../../../test/support/sigstore/bundle-image.ts";
import { createPrivateSigstore, type PrivateSigstore } from "../../../../test/support/sigstore/private-sigstore.ts";
import { signEnvelope } from "../../../../test/support/sigstore/sign-candidate.ts";

const BIN = fileURLToPath(new URL("../../../../bin/haechi.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "haechi-statements-"));
const database = join(folder, "db");
const ours = generateKeyPairSync("ec", { namedCurve: "P-256" });
const theirs = generateKeyPairSync("ec", { namedCurve: "P-256" });
const IGNORE = "ignore:\n  - id: CVE-2024-0001\n    reason: not reachable\n    until: 2099-12-31\n";
const IMAGE = buildImage([
  {
    entries: [
      { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
      { path: "app/node_modules/p/package.json", content: '{"name":"p","version":"1.0.0"}' },
    ],
  },
]);

function vex(products?: readonly object[]): object {
  return {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://example.com/1",
    author: "us",
    timestamp: "2024-01-01T00:00:00Z",
    version: 1,
    statements: [
      {
        vulnerability: { name: "CVE-2024-0001" },
        status: "not_affected",
        justification: "component_not_present",
        ...(products === undefined ? {} : { products }),
      },
    ],
  };
}

async function attached(sigstore: PrivateSigstore, key: KeyObject): Promise<TestImage> {
  const { digest } = IMAGE.manifest;
  const statement = renderStatement({ digest, predicateType: "https://openvex.dev/ns", predicate: vex() });
  const { bytes } = await signEnvelope(sigstore, Buffer.from(statement), { signer: { key } });
  return bundleImage(IMAGE, bytes);
}

beforeAll(async () => {
  const sigstore = await createPrivateSigstore({ now: () => new Date("2024-06-01T00:00:00Z") });
  writeOciLayout(join(folder, "image"), { latest: IMAGE, ours: await attached(sigstore, ours.privateKey) });
  writeOciLayout(join(folder, "foreign"), { latest: IMAGE, theirs: await attached(sigstore, theirs.privateKey) });
  writeFileSync(join(folder, "key.pem"), ours.publicKey.export({ type: "spki", format: "pem" }));
  const records = ["npm", "Debian:12"].map((ecosystem) => ({
    id: ecosystem === "npm" ? "CVE-2024-0001" : "CVE-2024-0002",
    modified: "2024-01-01T00:00:00Z",
    affected: [{ package: { ecosystem, name: "p" }, ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }] }] }],
  }));
  writeFileSync(join(folder, "advisories.jsonl"), records.map((each) => JSON.stringify(each)).join("\n"));
  await buildAdvisoryDatabase({ sources: [join(folder, "advisories.jsonl")], output: database });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly found: readonly string[];
  readonly by: readonly string[];
  readonly stderr: string;
}

async function scan(...argv: readonly string[]): Promise<Outcome> {
  const words = ["scan", ...argv, "--db", database, "--no-cache", "--format", "json", "--scanners", "vulnerability"];
  return outcomeOf(await runCommandLine(words, { folder }));
}

function outcomeOf({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }): Outcome {
  interface Report {
    readonly findings: readonly { readonly id: string }[];
    readonly suppressed?: readonly { readonly suppression: { readonly by: string } }[];
  }
  const { reports } = JSON.parse(stdout === "" ? '{"reports":[]}' : stdout) as { readonly reports: readonly Report[] };
  return {
    found: reports.flatMap((each) => each.findings.map(({ id }) => id)),
    by: reports.flatMap((each) => (each.suppressed ?? []).map(({ suppression }) => suppression.by)),
    stderr,
  };
}

describe("documents that are attached to the image", () => {
  it("do not count when nobody named a key", async () => {
    expect(await scan(`oci:${folder}/image:latest`)).toMatchObject({ found: ["CVE-2024-0001"], by: [] });
  });

  it("do not count when somebody else signed them, and that is said", async () => {
    const outcome = await scan(`oci:${folder}/foreign:latest`, "--vex-key", join(folder, "key.pem"));
    expect(outcome).toMatchObject({ found: ["CVE-2024-0001"], by: [] });
    expect(outcome.stderr).toContain("does not count as a VEX document");
  });

  it("count when the key signed them", async () => {
    const outcome = await scan(`oci:${folder}/image:latest`, "--vex-key", join(folder, "key.pem"));
    expect(outcome).toMatchObject({ found: [], by: ["vex"] });
  });
});

describe("documents of a hub", () => {
  const index = JSON.stringify({ packages: [{ id: "pkg:npm/p", location: "p.json", format: "openvex" }] });
  const document = JSON.stringify(vex([{ "@id": "pkg:npm/p" }]));

  it("count from a folder", async () => {
    mkdirSync(join(folder, "hub"));
    writeFileSync(join(folder, "hub/index.json"), index);
    writeFileSync(join(folder, "hub/p.json"), document);
    expect(await scan(`oci:${folder}/image:latest`, "--vex", join(folder, "hub"))).toMatchObject({
      found: [],
      by: ["vex"],
    });
  });

  it("count from the web", async () => {
    const server = createServer((request, response) => response.end(request.url === "/index.json" ? index : document));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      expect(await scan(`oci:${folder}/image:latest`, "--vex", address)).toMatchObject({ found: [], by: ["vex"] });
    } finally {
      server.close();
    }
  });

  it("are not taken from a hub that anybody on the way may change", async () => {
    const outcome = await scan(`oci:${folder}/image:latest`, "--vex", "http://hub.example");
    expect(outcome).toMatchObject({ found: [], stderr: expect.stringContaining("expected https://") as unknown });
  });

  it("end the command when they cannot be used", async () => {
    writeFileSync(join(folder, "broken.json"), '{"@context":"https://openvex.dev/ns"}');
    const outcome = await scan(`oci:${folder}/image:latest`, "--vex", join(folder, "broken.json"));
    expect(outcome.stderr).toContain("broken.json");
    expect(outcome.found).toEqual([]);
  });
});

describe("an ignore file", () => {
  it.each([
    {
      name: "in the working folder counts",
      files: ["work"],
      location: () => `oci:${folder}/image:latest`,
      by: ["ignoreFile"],
    },
    { name: "in the scanned folder does not", files: ["root"], location: () => "dir:.", by: [] },
    { name: "in the scanned layout does not", files: ["image"], location: () => "oci:.:latest", by: [] },
  ])("$name", ({ files, location, by }) => {
    const [name = ""] = files;
    const working = join(folder, name);
    mkdirSync(join(working, "app/node_modules/p"), { recursive: true });
    mkdirSync(join(working, "etc"), { recursive: true });
    writeFileSync(join(working, "etc/os-release"), 'ID=debian\nVERSION_ID="12"\n');
    writeFileSync(join(working, "app/node_modules/p/package.json"), '{"name":"p","version":"1.0.0"}');
    writeFileSync(join(folder, "ignore.yaml"), IGNORE);
    copyFileSync(join(folder, "ignore.yaml"), join(working, ".haechiignore.yaml"));
    const words = [
      BIN,
      "scan",
      location(),
      "--db",
      database,
      "--no-cache",
      "--format",
      "json",
      "--scanners",
      "vulnerability",
    ];
    const result = spawnSync(process.execPath, words, {
      cwd: working,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder },
    });
    expect(outcomeOf(result)).toMatchObject({ found: by.length === 0 ? ["CVE-2024-0001"] : [], by });
  });
});
