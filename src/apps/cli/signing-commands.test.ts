// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { digestOf } from "#base";
import { runCommandLine } from "../../../test/support/run-command-line.ts";

const IMAGE = "127.0.0.1:1/team/app:1";
let folder: string;
let key: string;
let predicate: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "haechi-signing-cli-"));
  predicate = join(folder, "predicate.json");
  writeFileSync(predicate, "{}");
  await haechi(["key", "generate", "--output-key-prefix", join(folder, "team")]);
  key = join(folder, "team.key");
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

async function haechi(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = { COSIGN_PASSWORD: "p" },
) {
  return await runCommandLine(argv, {
    folder,
    variables: environment,
    readStdin: () => Promise.resolve("from stdin\n"),
  });
}

describe("what is wrong is said before a registry is asked", () => {
  it.each([
    { name: "neither key nor identity", argv: ["sign", IMAGE], says: "either --key FILE or --keyless" },
    {
      name: "key and identity",
      argv: ["sign", "--key", "k", "--keyless", IMAGE],
      says: "either --key FILE or --keyless",
    },
    { name: "no identity token", argv: ["sign", "--keyless", IMAGE], says: "--identity-token" },
    {
      name: "two readers of standard input",
      argv: ["sign", "--key", "k", "--key-password-stdin", "-u", "me", "--password-stdin", IMAGE],
      says: "only one",
    },
    { name: "a key that is not there", argv: ["sign", "--key", "/nowhere.key", IMAGE], says: "SOURCE_UNREADABLE" },
    {
      name: "a log that is no URL",
      argv: ["sign", "--key", "KEY", "--rekor-url", "rekor", IMAGE],
      says: "--rekor-url",
    },
    {
      name: "a version of the log that does not exist",
      argv: ["sign", "--key", "KEY", "--rekor-version", "3", IMAGE],
      says: "1, 2",
    },
    {
      name: "a type that does not exist",
      argv: ["attest", "--type", "bom", "--key", "KEY", IMAGE],
      says: "sbom, scan",
    },
    {
      name: "a type without its predicate",
      argv: ["attest", "--type", "openvex", "--key", "KEY", IMAGE],
      says: "--predicate FILE",
    },
    {
      name: "a predicate for a type that we make",
      argv: ["attest", "--type", "sbom", "--predicate", "PREDICATE", "--key", "KEY", IMAGE],
      says: "makes its predicate itself",
    },
    {
      name: "a verdict that somebody wrote by hand",
      argv: [
        ...["attest", "--type", "https://haechi.dev/attestation/verdict/v1"],
        ...["--predicate", "PREDICATE", "--key", "KEY", IMAGE],
      ],
      says: "made by --type verdict",
    },
    { name: "a name that is no reference", argv: ["sign", "--key", "KEY", "Bad Name"], says: "REFERENCE_INVALID" },
  ])("$name", async ({ argv, says }) => {
    const words = argv.map((word) => (word === "KEY" ? key : word === "PREDICATE" ? predicate : word));
    const result = await haechi(words);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain(says);
  });

  it("a file that is no key is not shown", async () => {
    const file = join(folder, "no.key");
    writeFileSync(file, "-----BEGIN PRIVATE KEY-----\nsecret-word\n-----END PRIVATE KEY-----\n");
    const result = await haechi(["sign", "--key", file, IMAGE]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("KEY_INVALID");
    expect(result.stderr).not.toContain("secret-word");
  });

  it("a wrong password of the key", async () => {
    const result = await haechi(["sign", "--key", key, IMAGE], { COSIGN_PASSWORD: "secret-word" });
    expect(result.stderr).toContain("KEY_PASSWORD_WRONG");
    expect(result.stderr).not.toContain("secret-word");
  });

  it("an identity token is never shown", async () => {
    const result = await haechi(["sign", "--keyless", IMAGE], { SIGSTORE_ID_TOKEN: "eyJzZWNyZXQtd29yZA" });
    expect(result).toMatchObject({ code: 2 });
    expect(result.stderr).not.toContain("eyJzZWNyZXQtd29yZA");
  });

  it("a registry that is not there", async () => {
    const result = await haechi(["sign", "--key", key, IMAGE]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("REGISTRY_UNREACHABLE");
  });
});

describe("nothing is said to be signed that is not", () => {
  it.each([
    { name: "sign", argv: ["sign"] },
    { name: "sign --recursive", argv: ["sign", "--recursive"] },
    { name: "attest", argv: ["attest", "--type", "openvex", "--predicate", "PREDICATE"] },
  ])("$name: a tag that moves after it was resolved is not signed", async ({ argv }) => {
    await using registry = await startRegistry({ isTagMoving: true, uploads: 202 });
    const words = argv.map((word) => (word === "PREDICATE" ? predicate : word));
    const result = await haechi([...words, "--key", key, `${registry.host}/team/app:1`]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toContain("TAG_MOVED");
    expect(registry.requests.filter((each) => !/^(?:GET|HEAD) /.test(each))).toEqual([]);
  });

  it.each([401, 403, 404, 500])("a registry that answers uploads with %d", async (uploads) => {
    await using registry = await startRegistry({ isTagMoving: false, uploads });
    const credentials = ["-u", "me", "--password-stdin"];
    const result = await haechi(["sign", "--key", key, ...credentials, `${registry.host}/team/app:1`]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toMatch(/\([A-Z_]+\)\n$/);
    expect(result.stderr).not.toContain("from stdin");
    expect(result.stderr).not.toContain(Buffer.from("me:from stdin").toString("base64"));
    expect(registry.requests.some((each) => each.startsWith("POST "))).toBe(true);
  });
});

/** A registry with one image, whose tag names another from its second reading on, and which takes no uploads. */
async function startRegistry(options: { readonly isTagMoving: boolean; readonly uploads: number }) {
  const requests: string[] = [];
  let readings = 0;
  const server = createServer((incoming, outgoing) => {
    const { method = "", url = "" } = incoming;
    requests.push(`${method} ${url}`);
    incoming.resume();
    if (method === "POST" || method === "PUT" || method === "PATCH") {
      outgoing.writeHead(options.uploads).end();
    } else if (url.endsWith("/manifests/1")) {
      readings += 1;
      const manifest = manifestOf(options.isTagMoving && readings > 1 ? "later" : "first");
      outgoing.writeHead(200, {
        "content-type": "application/vnd.oci.image.manifest.v1+json",
        "docker-content-digest": digestOf(manifest),
        "content-length": manifest.length,
      });
      outgoing.end(method === "HEAD" ? undefined : manifest);
    } else if (url.includes(`/manifests/${digestOf(manifestOf("first"))}`)) {
      outgoing.writeHead(200, { "content-type": "application/vnd.oci.image.manifest.v1+json" });
      outgoing.end(manifestOf("first"));
    } else {
      outgoing.writeHead(url === "/v2/" ? 200 : 404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function manifestOf(content: string): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: { mediaType: "application/vnd.oci.image.config.v1+json", size: 2, digest: digestOf(content) },
    layers: [],
  });
}

describe("a verdict without a trusted time counts nowhere", () => {
  it.each([
    { name: "a key alone", argv: ["--type", "verdict"], isWarned: true },
    { name: "the default type", argv: [], isWarned: true },
    { name: "a timestamp", argv: ["--timestamp-server-url", "http://127.0.0.1:1/"], isWarned: false },
    { name: "a log", argv: ["--rekor-url", "http://127.0.0.1:1/"], isWarned: false },
    { name: "no verdict", argv: ["--type", "sbom"], isWarned: false },
  ])("$name", async ({ argv, isWarned }) => {
    const { stderr } = await haechi(["attest", ...argv, "--key", key, IMAGE]);
    expect(stderr.includes("accepted nowhere")).toBe(isWarned);
  });
});

describe("haechi key generate", () => {
  it("writes a private key that only its owner can read", () => {
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(readFileSync(key, "utf8")).toContain("ENCRYPTED SIGSTORE PRIVATE KEY");
    expect(readFileSync(join(folder, "team.pub"), "utf8")).toContain("BEGIN PUBLIC KEY");
  });

  it("never overwrites a key", async () => {
    const before = readFileSync(key, "utf8");
    const result = await haechi(["key", "generate", "--output-key-prefix", join(folder, "team")]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain("never overwritten");
    expect(result.stderr).not.toContain("EEXIST");
    expect(readFileSync(key, "utf8")).toBe(before);
  });

  it("needs a password", async () => {
    const result = await haechi(["key", "generate", "--output-key-prefix", join(folder, "other")], {});
    expect(result.stderr).toContain("COSIGN_PASSWORD");
  });

  it("takes the password from standard input", async () => {
    const prefix = join(folder, "stdin");
    await haechi(["key", "generate", "--output-key-prefix", prefix, "--key-password-stdin"], {});
    const right = await haechi(["sign", "--key", `${prefix}.key`, "--key-password-stdin", "Bad Name"], {});
    expect(right.stderr).toContain("REFERENCE_INVALID");
  });
});
