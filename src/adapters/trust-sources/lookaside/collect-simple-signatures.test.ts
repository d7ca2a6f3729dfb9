// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { digestOf, LIMITS } from "#base";
import { createTrustHttp } from "#http";
import { parseImageReference } from "#oci";
import type { TrustHttp } from "#signatures";
import {
  type LookasideAnswer,
  type LookasideServer,
  startLookasideServer,
} from "../../../../test/support/simple-signing/lookaside-server.ts";
import { collectSimpleSignatures } from "./collect-simple-signatures.ts";
import type { SimpleSignatureSearch } from "./simple-signatures.ts";

const DIGEST = digestOf("manifest");
const HEX = DIGEST.slice("sha256:".length);
const FOLDER = `/team/app@sha256=${HEX}`;
const LIST = `/extensions/v2/team/app/signatures/${DIGEST}`;
const CREDENTIALS = { username: "user", password: "secret" };

let http: TrustHttp & AsyncDisposable;

beforeEach(async () => {
  http = await createTrustHttp({ allowPrivateAddresses: ["127.0.0.1"], timeouts: { retryMs: 1 } });
});

afterEach(async () => {
  await http[Symbol.asyncDispose]();
});

type Answers = Readonly<Record<string, LookasideAnswer>>;

async function serve(answers: Answers): Promise<LookasideServer> {
  return await startLookasideServer((path) => answers[path] ?? { status: 404 });
}

function search(changes: Partial<SimpleSignatureSearch> = {}): SimpleSignatureSearch {
  const image = { reference: parseImageReference("registry.example/team/app:1.0"), digest: DIGEST };
  return { http, image, requirement: {}, ...changes };
}

describe("a lookaside store", () => {
  it.each<{ name: string; answer: LookasideAnswer }>([
    { name: "403", answer: { status: 403 } },
    { name: "401", answer: { status: 401 } },
    { name: "410", answer: { status: 410 } },
    { name: "500", answer: { status: 500 } },
    { name: "204", answer: { status: 204 } },
    { name: "a redirect to nowhere", answer: { status: 302, headers: { location: "http://127.0.0.1:1/" } } },
    { name: "more bytes than allowed", answer: { status: 200, body: Buffer.alloc(LIMITS.maxSignatureBytes + 1) } },
  ])("$name is no absence: it cannot be told", async ({ answer }) => {
    await using server = await serve({
      [`${FOLDER}/signature-1`]: { status: 200, body: "one" },
      [`${FOLDER}/signature-2`]: answer,
    });
    const found = await collectSimpleSignatures(search({ requirement: { store: server.url } }));
    expect(found.candidates.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["one"]);
    expect(found.isComplete).toBe(false);
    expect(found.problems).toMatchObject([{ code: "SOURCE_UNAVAILABLE", effect: "unknown" }]);
  });

  it("a server that is not there cannot tell", async () => {
    const found = await collectSimpleSignatures(search({ requirement: { store: "http://127.0.0.1:1/store" } }));
    expect(found).toMatchObject({ candidates: [], isComplete: false, problems: [{ code: "SOURCE_UNAVAILABLE" }] });
  });

  it("endless signatures are not read endlessly", async () => {
    await using server = await startLookasideServer(() => ({ status: 200, body: "x" }));
    const found = await collectSimpleSignatures(search({ requirement: { store: server.url } }));
    expect(found.candidates).toHaveLength(LIMITS.maxSignatures);
    expect(found).toMatchObject({ isComplete: false, problems: [{ code: "LIMIT_EXCEEDED", effect: "unknown" }] });
    expect(server.asked.length).toBe(LIMITS.maxSignatures);
  });

  it("no signature-1 is no signature", async () => {
    await using server = await serve({ [`${FOLDER}/signature-2`]: { status: 200, body: "two" } });
    const found = await collectSimpleSignatures(search({ requirement: { store: server.url } }));
    expect(found).toEqual({ candidates: [], problems: [], isComplete: true });
  });

  it.each([
    { name: "without a path", prefix: "", store: "" },
    { name: "with a path", prefix: "/some/store", store: "/some/store" },
    { name: "with slashes at its end", prefix: "/some/store", store: "/some/store//" },
  ])("signatures are read in order until there is none, from a store $name", async ({ prefix, store }) => {
    await using server = await serve({
      [`${prefix}${FOLDER}/signature-1`]: { status: 200, body: "one" },
      [`${prefix}${FOLDER}/signature-2`]: { status: 200, body: "two" },
      [`${prefix}${FOLDER}/signature-4`]: { status: 200, body: "four" },
    });
    const found = await collectSimpleSignatures(search({ requirement: { store: `${server.url}${store}` } }));
    expect(found).toEqual({
      candidates: [
        { location: `${server.url}${prefix}${FOLDER}/signature-1`, bytes: expect.anything() },
        { location: `${server.url}${prefix}${FOLDER}/signature-2`, bytes: expect.anything() },
      ],
      problems: [],
      isComplete: true,
    });
  });

  it("its credentials go to the store, and not to where it redirects", async () => {
    await using other = await startLookasideServer(() => ({ status: 404 }));
    await using server = await startLookasideServer((path) => ({
      status: 302,
      headers: { location: `${other.url}${path}` },
    }));
    const requirement = { store: server.url, storeCredentials: CREDENTIALS };
    const found = await collectSimpleSignatures(search({ requirement }));
    expect(found).toMatchObject({ candidates: [], isComplete: true });
    const basic = `Basic ${Buffer.from("user:secret").toString("base64")}`;
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([basic]);
    expect(other.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
  });

  it("credentials inside of an address are refused and shown nowhere", async () => {
    await using server = await serve({});
    const store = server.url.replace("//", "//user:secret@");
    const found = await collectSimpleSignatures(search({ requirement: { store } }));
    expect(found).toMatchObject({ isComplete: false, problems: [{ code: "SOURCE_UNAVAILABLE" }] });
    expect(JSON.stringify(found)).not.toContain("secret");
    expect(server.asked).toEqual([]);
  });

  it("a policy of a namespace reaches no private address", async () => {
    await using guarded = await createTrustHttp();
    await using server = await serve({ [`${FOLDER}/signature-1`]: { status: 200, body: "one" } });
    const requirement = { store: server.url };
    const refused = await collectSimpleSignatures(search({ http: guarded, requirement }));
    expect(refused).toMatchObject({ candidates: [], isComplete: false, problems: [{ code: "SOURCE_UNAVAILABLE" }] });
    expect(server.asked).toEqual([]);
    const allowed = await collectSimpleSignatures(search({ http: guarded, requirement, origin: "operator" }));
    expect(allowed).toMatchObject({ candidates: [{}], isComplete: true });
  });

  it.each(["ftp://example.test/store", "no address", "javascript:alert(1)"])("%s cannot be read", async (store) => {
    const found = await collectSimpleSignatures(search({ requirement: { store }, origin: "operator" }));
    expect(found).toMatchObject({ candidates: [], isComplete: false, problems: [{ code: "SOURCE_UNAVAILABLE" }] });
  });

  it("a folder is read for an operator only", async () => {
    const root = await mkdtemp(join(tmpdir(), "haechi-lookaside-"));
    try {
      await mkdir(join(root, FOLDER), { recursive: true });
      await writeFile(join(root, FOLDER, "signature-1"), "one");
      const requirement = { store: pathToFileURL(root).href };
      const refused = await collectSimpleSignatures(search({ requirement }));
      expect(refused).toMatchObject({ candidates: [], isComplete: false });
      const found = await collectSimpleSignatures(search({ requirement, origin: "operator" }));
      expect(found).toMatchObject({ candidates: [{ bytes: Buffer.from("one") }], problems: [], isComplete: true });
      await writeFile(join(root, FOLDER, "signature-2"), Buffer.alloc(LIMITS.maxSignatureBytes + 1));
      const tooLarge = await collectSimpleSignatures(search({ requirement, origin: "operator" }));
      expect(tooLarge).toMatchObject({ candidates: [{}], isComplete: false });
      await rm(join(root, FOLDER, "signature-2"));
      await mkdir(join(root, FOLDER, "signature-2"));
      const noFile = await collectSimpleSignatures(search({ requirement, origin: "operator" }));
      expect(noFile).toMatchObject({ candidates: [{}], isComplete: false });
    } finally {
      await rm(root, { recursive: true });
    }
  });
});

describe("the signature extension of a registry", () => {
  const SUPPORTED = { "x-registry-supports-signatures": "1" };

  function entry(content: string, changes: object = {}): object {
    const base64 = Buffer.from(content).toString("base64");
    return { schemaVersion: 2, name: `${DIGEST}@1`, type: "atomic", content: base64, ...changes };
  }

  function list(...signatures: readonly object[]): LookasideAnswer {
    return { status: 200, body: JSON.stringify({ signatures }) };
  }

  it("a registry without it keeps no signatures, which is certain and not the same as none", async () => {
    await using server = await serve({ "/v2/": { status: 200 }, [LIST]: list(entry("one")) });
    const found = await collectSimpleSignatures(search({ registryUrl: new URL(server.url) }));
    expect(found).toMatchObject({
      candidates: [],
      isComplete: true,
      problems: [{ code: "NOT_SUPPORTED", effect: "bad" }],
    });
    expect(server.asked.map(({ path }) => path)).toEqual(["/v2/"]);
  });

  it.each<{ name: string; answers: Answers }>([
    { name: "an API that fails", answers: { "/v2/": { status: 500, headers: SUPPORTED } } },
    { name: "no API", answers: {} },
    { name: "a list that fails", answers: { "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: { status: 403 } } },
    {
      name: "a list that is no JSON",
      answers: { "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: { status: 200, body: "<html>" } },
    },
    {
      name: "a list without signatures",
      answers: { "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: { status: 200, body: "{}" } },
    },
    {
      name: "content that is not base64",
      answers: { "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: list(entry("x", { content: "*" })) },
    },
    { name: "an entry that is no object", answers: { "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: list([]) } },
  ])("$name: it cannot be told", async ({ answers }) => {
    await using server = await serve(answers);
    const found = await collectSimpleSignatures(search({ registryUrl: new URL(server.url) }));
    expect(found).toMatchObject({ candidates: [], isComplete: false, problems: [{ code: "SOURCE_UNAVAILABLE" }] });
  });

  it.each<{ name: string; answer: LookasideAnswer }>([
    { name: "404", answer: { status: 404 } },
    { name: "an empty list", answer: list() },
    { name: "the null that Go writes for an empty list", answer: { status: 200, body: '{"signatures":null}' } },
  ])("$name is no signature", async ({ answer }) => {
    await using server = await serve({ "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: answer });
    const found = await collectSimpleSignatures(search({ registryUrl: new URL(server.url) }));
    expect(found).toEqual({ candidates: [], problems: [], isComplete: true });
  });

  it("a registry at a private address is asked where the operator named the image, and only there", async () => {
    await using guarded = await createTrustHttp();
    await using server = await serve({ "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: list(entry("one")) });
    const asked = { http: guarded, registryUrl: new URL(server.url) };
    const byContent = await collectSimpleSignatures(search({ ...asked, origin: "operator" }));
    expect(byContent).toMatchObject({ candidates: [], isComplete: false, problems: [{ code: "SOURCE_UNAVAILABLE" }] });
    expect(byContent.problems[0]?.message).toContain("--allow-private 127.0.0.1");
    expect(server.asked).toEqual([]);
    const byOperator = await collectSimpleSignatures(search({ ...asked, registryBy: "operator" }));
    expect(byOperator).toMatchObject({ candidates: [{}], problems: [], isComplete: true });
  });

  it("atomic signatures are candidates, others are other kinds", async () => {
    await using server = await serve({
      "/v2/": { status: 401, headers: SUPPORTED },
      [LIST]: list(entry("one"), entry("old", { schemaVersion: 1 }), entry("other", { type: "other" }), entry("two")),
    });
    const found = await collectSimpleSignatures(search({ registryUrl: new URL(server.url) }));
    expect(found.candidates.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(["one", "two"]);
    expect(found).toMatchObject({ problems: [], isComplete: true });
  });

  it("more than are looked at leave the rest unknown", async () => {
    const many = Array.from({ length: LIMITS.maxSignatures + 1 }, () => entry("x"));
    await using server = await serve({ "/v2/": { status: 200, headers: SUPPORTED }, [LIST]: list(...many) });
    const found = await collectSimpleSignatures(search({ registryUrl: new URL(server.url) }));
    expect(found.candidates).toHaveLength(LIMITS.maxSignatures);
    expect(found).toMatchObject({ isComplete: false, problems: [{ code: "LIMIT_EXCEEDED" }] });
  });

  it("credentials of the registry answer its challenge", async () => {
    const basic = `Basic ${Buffer.from("user:secret").toString("base64")}`;
    await using server = await startLookasideServer((path, headers) => {
      if (path === "/v2/") {
        return { status: 401, headers: { ...SUPPORTED, "www-authenticate": 'Basic realm="x"' } };
      }
      return headers.authorization === basic
        ? list(entry("one"))
        : { status: 401, headers: { "www-authenticate": 'Basic realm="x"' } };
    });
    const image = { ...search().image, credentials: CREDENTIALS };
    const found = await collectSimpleSignatures(search({ image, registryUrl: new URL(server.url) }));
    expect(found).toMatchObject({ candidates: [{}], problems: [], isComplete: true });
  });
});
