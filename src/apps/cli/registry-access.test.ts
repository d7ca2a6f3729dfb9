// SPDX-License-Identifier: Apache-2.0
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildAdvisoryDatabase } from "#advisory-db";
import { buildImage } from "../../../test/support/image-builder.ts";
import {
  pushImage,
  startTestRegistry,
  TEST_ACCOUNTS,
  type TestRegistry,
} from "../../../test/support/registry-server.ts";
import { runCommandLine } from "../../../test/support/run-command-line.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-registry-access-"));
const KEY = join(folder, "team");
const ADVISORIES = join(folder, "advisories.sqlite");
const SCAN = ["--db", ADVISORIES];

beforeAll(async () => {
  await buildAdvisoryDatabase({
    output: ADVISORIES,
    records: [
      {
        id: "CVE-2026-0001",
        modified: "2026-01-01T00:00:00Z",
        affected: [
          {
            package: { ecosystem: "Debian:12", name: "demo" },
            ranges: [{ type: "ECOSYSTEM", events: [{ introduced: "0" }, { fixed: "0.5-1" }] }],
          },
        ],
      },
    ],
  });
  expect(await haechi(["key", "generate", "--output-key-prefix", KEY])).toMatchObject({ code: 0 });
});

afterAll(() => rmSync(folder, { recursive: true }));

async function haechi(
  argv: readonly string[],
  variables: Readonly<Record<string, string>> = {},
  stdin: readonly string[] = [],
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const left = [...stdin];
  return await runCommandLine(argv, {
    folder,
    variables: { COSIGN_PASSWORD: "p", ...variables },
    // a stream that has been read is empty
    readStdin: () => Promise.resolve(left.shift() ?? ""),
  });
}

describe("a registry whose token server is at another private address", () => {
  const IMAGE = "10.0.0.9:5000/team/app:1";
  const commands = [
    { name: "verify", argv: ["verify", `docker://${IMAGE}`, "--key", `${KEY}.pub`] },
    { name: "scan", argv: ["scan", `docker://${IMAGE}`, ...SCAN] },
    { name: "sign", argv: ["sign", IMAGE, "--key", `${KEY}.key`] },
    { name: "attest", argv: ["attest", IMAGE, "--key", `${KEY}.key`, ...SCAN] },
  ];
  /** Stands for the network: no machine has these addresses. It has no image. */
  let proxy: Server;
  let asked: string[];
  let variables: Readonly<Record<string, string>>;

  beforeAll(async () => {
    proxy = createServer((request, response) => {
      const url = request.url ?? "";
      asked.push(url);
      if (url.startsWith("http://10.0.0.1/")) {
        response.end('{"token": "t"}');
      } else if (request.headers.authorization === "Bearer t") {
        response.writeHead(404).end();
      } else {
        response.writeHead(401, { "www-authenticate": 'Bearer realm="http://10.0.0.1/token"' }).end();
      }
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    variables = { HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  });

  afterAll(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, "close");
  });

  it.each(commands)("haechi $name refuses, and says which setting would let it", async ({ argv }) => {
    asked = [];
    const { code, stderr } = await haechi([...argv, "--plain-http"], variables);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("(ADDRESS_REFUSED)") as unknown });
    expect(stderr).toContain("signatures.allowPrivateAddresses");
    expect(asked.filter((url) => !url.startsWith("http://10.0.0.9:5000/"))).toEqual([]);
  });

  it.each(commands)("haechi $name goes there with the setting", async ({ argv }) => {
    asked = [];
    const allowed = { ...variables, HAECHI_SIGNATURES_ALLOW_PRIVATE_ADDRESSES: "10.0.0.1" };
    const { code, stderr } = await haechi([...argv, "--plain-http"], allowed);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining("(MANIFEST_UNKNOWN)") as unknown });
    expect(asked.some((url) => url.startsWith("http://10.0.0.1/token?"))).toBe(true);
  });
});

describe("a registry that asks for a password", () => {
  let registry: TestRegistry;
  beforeAll(async () => {
    registry = await startTestRegistry();
    const files = [
      { path: "etc/os-release", content: 'ID=debian\nVERSION_ID="12"\n' },
      {
        path: "var/lib/dpkg/status",
        content: "Package: a\nStatus: install ok installed\nVersion: 1\nArchitecture: all\n",
      },
    ];
    await pushImage(registry, "team/app:1", buildImage([{ entries: files }]));
  });
  afterAll(async () => {
    await registry[Symbol.asyncDispose]();
  });

  it.each(["sbom", "scan", "verdict"])("haechi attest --type %s reads it from standard input once", async (type) => {
    const argv = ["attest", "--type", type, `${registry.host}/team/app:1`, "--key", `${KEY}.key`, ...SCAN];
    const { password } = TEST_ACCOUNTS.uploader;
    const { code, stderr, stdout } = await haechi([...argv, "-u", "uploader", "--password-stdin"], {}, [
      `${password}\n`,
    ]);
    // a verdict by a key alone has no time, which is said; nothing else is
    const warning = /^Warning: a key alone gives no trusted time [^\n]+\n$/;
    expect(code).toBe(0);
    expect(stderr).toMatch(type === "verdict" ? warning : /^$/);
    expect(stdout).toContain("team/app@sha256:");
    expect(stdout.includes("The verdict that was signed: ")).toBe(type === "verdict");
  });
});
