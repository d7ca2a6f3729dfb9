// SPDX-License-Identifier: Apache-2.0
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Digest } from "#base";
import { parseImageReference } from "#oci";
import { concludeResult, type NotaryRequirement } from "#signatures";
import { MemoryTrustStateStore } from "../../../../test/support/memory-trust-state-store.ts";
import { errorAnswer, MemoryNotaryServer } from "../../../../test/support/notary/memory-notary-server.ts";
import {
  buildRepository,
  createRepositoryKeys,
  type MetadataFiles,
  NOW,
  type RepositoryKeys,
  type RepositorySpec,
} from "../../../../test/support/notary/tuf-repository.ts";
import { createTufSigner, type TufSigner } from "../../../../test/support/notary/tuf-signer.ts";
import { createNotaryClient, type NotaryClient, type NotarySubject } from "./notary-client.ts";

const GUN = "registry.example/acme/app";
const V1 = `sha256:${"11".repeat(32)}` as Digest;
const V2 = `sha256:${"22".repeat(32)}` as Digest;
const SERVERS = { "registry.example": "https://notary.example" };
const FIRST_USE: NotaryRequirement = { kind: "notary", rootKeyIds: [], trustOnFirstUse: true, signers: [] };

let keys: RepositoryKeys;
let otherRoot: TufSigner;
let server: MemoryNotaryServer;
let state: MemoryTrustStateStore;
let client: NotaryClient;

beforeAll(async () => {
  keys = await createRepositoryKeys(GUN);
  otherRoot = await createTufSigner("ecdsa-x509", { commonName: GUN });
});

beforeEach(() => {
  server = new MemoryNotaryServer();
  state = new MemoryTrustStateStore();
  client = createNotaryClient({ http: server, state, servers: SERVERS });
});

function build(more: Partial<RepositorySpec> = {}): MetadataFiles {
  return buildRepository({ gun: GUN, keys, targets: { v1: V1 }, ...more });
}

function publish(more: Partial<RepositorySpec> = {}): void {
  server.repositories.set(GUN, build(more));
}

/** The state of the result, with the code of its first problem. */
async function verify(
  requirement: Partial<NotaryRequirement> = {},
  subject: Partial<NotarySubject> = {},
): Promise<string> {
  const asked = { digest: V1, reference: parseImageReference(`${GUN}:v1`), now: NOW, ...subject };
  const findings = await client.verify({ ...FIRST_USE, ...requirement }, asked);
  const result = concludeResult({ requirement: "r", digest: asked.digest, ...findings });
  const [problem] = result.problems;
  return problem === undefined ? result.state : `${result.state} ${problem.code}`;
}

describe("what is no signature", () => {
  it("a registry without a trust server is not supported", async () => {
    const reference = parseImageReference("evildocker.io/acme/app:v1");
    expect(await verify({}, { reference })).toBe("bad NOT_SUPPORTED");
    expect(server.asked).toEqual([]);
  });

  it.each([
    "ftp://notary.example",
    "notary.example",
    "https://user:secret@notary.example",
    "https://notary.example?a=b",
    "",
  ])("the server '%s' cannot be used", async (url) => {
    expect(await verify({ server: url })).toBe("unknown TRUST_MATERIAL_INVALID");
  });

  it("the server says that it has no trust data: none", async () => {
    expect(await verify()).toBe("none");
    expect(await verify({ rootKeyIds: ["a"], trustOnFirstUse: false })).toBe("none");
  });

  it.each([
    { name: "404 by something in between", status: 404, body: "<html>not found</html>" },
    { name: "404 with another error", status: 404, body: '{"errors":[{"code":"UNKNOWN"}]}' },
    { name: "404 without a body", status: 404, body: "" },
    { name: "401", status: 401, body: '{"errors":[{"code":"METADATA_NOT_FOUND"}]}' },
    { name: "403", status: 403, body: "" },
    { name: "204", status: 204, body: "" },
    { name: "500", status: 500, body: '{"errors":[{"code":"METADATA_NOT_FOUND"}]}' },
  ])("$name is no answer: unknown", async ({ status, body }) => {
    server.intercept = () => ({ status, headers: {}, bytes: Buffer.from(body) });
    expect(await verify()).toBe("unknown SOURCE_UNAVAILABLE");
  });

  it("a network error is unknown, now and in the middle, and is asked again the next time", async () => {
    publish();
    for (const name of ["root.json", "timestamp.json", "snapshot.", "targets."]) {
      server.intercept = (url) => {
        if (url.pathname.includes(`tuf/${name}`)) {
          throw new Error("connection reset");
        }
        return undefined;
      };
      expect(await verify()).toBe("unknown SOURCE_UNAVAILABLE");
    }
    server.intercept = () => undefined;
    expect(await verify()).toBe("verified");
  });

  it("an answer beyond the limit is unknown", async () => {
    publish();
    server.intercept = (url) =>
      url.pathname.endsWith("timestamp.json")
        ? { status: 200, headers: {}, bytes: Buffer.alloc(2 * 1024 * 1024) }
        : undefined;
    expect(await verify()).toBe("unknown LIMIT_EXCEEDED");
  });
});

describe("what was seen", () => {
  it("another root after the first use is refused, also by a new process", async () => {
    publish();
    expect(await verify()).toBe("verified");
    publish({ keys: { ...keys, root: [otherRoot] }, targets: { v1: V2 } });
    expect(await verify({}, { digest: V2 })).toBe("bad ROOT_NOT_TRUSTED");
    client = createNotaryClient({ http: server, state, servers: SERVERS });
    expect(await verify({}, { digest: V2 })).toBe("bad ROOT_NOT_TRUSTED");
    publish();
    expect(await verify()).toBe("verified");
  });

  it("damaged state is not taken for a first use", async () => {
    publish();
    await state.replace(`notary https://notary.example/ ${GUN}`, undefined, Buffer.from("{"));
    expect(await verify()).toBe("unknown TRUST_MATERIAL_INVALID");
  });

  it("a first use by one policy is no trust for one that pins or trusts none", async () => {
    publish({ keys: { ...keys, root: [otherRoot] } });
    expect(await verify()).toBe("verified");
    expect(await verify({ trustOnFirstUse: false })).toBe("bad ROOT_NOT_TRUSTED");
    const pinned = { rootKeyIds: [keys.root[0]?.id ?? ""], trustOnFirstUse: false };
    expect(await verify(pinned)).toBe("bad ROOT_NOT_TRUSTED");
    publish();
    expect(await verify(pinned)).toBe("verified");
    expect(await verify()).toBe("bad ROOT_NOT_TRUSTED");
  });

  it("older metadata is refused by a new process", async () => {
    publish({ versions: { timestamp: 3 } });
    expect(await verify()).toBe("verified");
    client = createNotaryClient({ http: server, state, servers: SERVERS });
    publish({ versions: { timestamp: 2 } });
    expect(await verify()).toBe("bad METADATA_ROLLBACK");
  });

  it("a state that another process changed meanwhile is read and judged again", async () => {
    const other = createNotaryClient({ http: server, state, servers: SERVERS });
    publish({ keys: { ...keys, root: [otherRoot] } });
    let hasRaced = false;
    server.intercept = async (url) => {
      if (url.pathname.endsWith("timestamp.json") && !hasRaced) {
        hasRaced = true;
        const mine = server.repositories.get(GUN);
        publish();
        const subject = { digest: V1, reference: parseImageReference(`${GUN}:v1`), now: NOW };
        expect((await other.verify(FIRST_USE, subject)).signatures).toHaveLength(1);
        server.repositories.set(GUN, mine ?? new Map());
      }
      return undefined;
    };
    expect(await verify()).toBe("bad ROOT_NOT_TRUSTED");
  });

  it("a store that cannot be written is unknown", async () => {
    publish();
    client = createNotaryClient({
      http: server,
      servers: SERVERS,
      state: { read: () => Promise.resolve(undefined), replace: () => Promise.reject(new Error("disk full")) },
    });
    expect(await verify()).toBe("unknown SOURCE_UNAVAILABLE");
  });
});

describe("how it asks", () => {
  it("files named by their hash are fetched once", async () => {
    publish();
    await verify();
    await verify();
    expect(server.names.filter((name) => name === "root.json" || name === "timestamp.json")).toHaveLength(4);
    expect(server.names.filter((name) => /^(?:snapshot|targets)\./.test(name))).toHaveLength(2);
  });

  it("many at the same time are one", async () => {
    publish();
    const all = await Promise.all(Array.from({ length: 20 }, () => verify()));
    expect(new Set(all)).toEqual(new Set(["verified"]));
    expect(server.asked).toHaveLength(4);
  });

  it("one that gives up does not stop the others", async () => {
    publish();
    const gate = Promise.withResolvers<undefined>();
    server.intercept = () => gate.promise;
    const stop = new AbortController();
    const impatient = verify({}, { signal: stop.signal });
    const patient = verify();
    stop.abort();
    expect(await impatient).toBe("unknown SOURCE_UNAVAILABLE");
    gate.resolve(undefined);
    expect(await patient).toBe("verified");
    expect(server.asked).toHaveLength(4);
  });

  it("is over at its deadline", async () => {
    client = createNotaryClient({ http: server, state, servers: SERVERS, deadlineMs: 1 });
    server.intercept = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(new Error("aborted")));
      });
    expect(await verify()).toBe("unknown SOURCE_UNAVAILABLE");
  });

  it("once more when someone published between two answers", async () => {
    const newer = build({ versions: { timestamp: 2, snapshot: 2, targets: 2 } });
    server.repositories.set(GUN, new Map(build()));
    server.intercept = (url) => {
      if (url.pathname.endsWith("timestamp.json")) {
        const bytes = server.repositories.get(GUN)?.get("timestamp.json") ?? Buffer.from("");
        server.repositories.set(GUN, newer);
        return { status: 200, headers: {}, bytes };
      }
      return undefined;
    };
    expect(await verify()).toBe("verified");
    expect(server.names.filter((name) => name === "timestamp.json")).toHaveLength(2);
  });

  it.each([
    { name: "the configured one", requirement: {}, url: "https://notary.example/v2/", origin: "operator", sends: true },
    {
      name: "the configured one, named by a policy, too",
      requirement: { server: "https://notary.example/" },
      url: "https://notary.example/v2/",
      origin: "operator",
      sends: true,
    },
    {
      name: "another one of a policy",
      requirement: { server: "https://evil.example/base" },
      url: "https://evil.example/base/v2/",
      origin: "content",
      sends: false,
    },
    {
      name: "one on the registry's host",
      requirement: { server: "https://registry.example:4443" },
      url: "https://registry.example:4443/v2/",
      origin: "content",
      sends: true,
    },
    {
      name: "one without TLS",
      requirement: { server: "http://registry.example" },
      url: "http://registry.example/v2/",
      origin: "content",
      sends: false,
    },
  ])("$name gets what is meant for it", async ({ requirement, url, origin, sends }) => {
    const credentials = { username: "alice", password: "secret" };
    await verify(requirement, { credentials });
    expect(server.asked[0]?.url.startsWith(`${url}${GUN}/_trust/tuf/root.json`)).toBe(true);
    expect(server.asked[0]?.request).toMatchObject({ origin, tokenScope: `repository:${GUN}:pull` });
    expect(server.asked[0]?.request.credentials).toEqual(sends ? credentials : undefined);
  });

  it("one that the operator's own requirement names is the operator's", async () => {
    client = createNotaryClient({ http: server, state, requirementsBy: "operator" });
    const credentials = { username: "alice", password: "secret" };
    await verify({ server: "https://other.example" }, { credentials });
    expect(server.asked[0]?.request).toMatchObject({ origin: "operator", credentials });
  });

  it("one that a policy of the operator names is the operator's, beside those of tenants", async () => {
    const credentials = { username: "alice", password: "secret" };
    await verify({ server: "https://other.example", addressBy: "operator" }, { credentials });
    expect(server.asked[0]?.request).toMatchObject({ origin: "operator", credentials });
    const asked = server.asked.length;
    await verify({ server: "https://other.example" }, { credentials });
    expect(server.asked[asked]?.request.origin).toBe("content");
    expect(server.asked[asked]?.request.credentials).toBeUndefined();
  });

  it("docker.io's server is known", async () => {
    await verify({}, { reference: parseImageReference("nginx") });
    expect(server.asked[0]?.url).toBe("https://notary.docker.io/v2/docker.io/library/nginx/_trust/tuf/root.json");
    expect(server.asked[0]?.request.origin).toBe("operator");
  });

  it("says so when credentials were kept back", async () => {
    server.intercept = () => errorAnswer(401, "UNAUTHORIZED");
    const findings = await client.verify(
      { ...FIRST_USE, server: "https://evil.example" },
      {
        digest: V1,
        reference: parseImageReference(`${GUN}:v1`),
        now: NOW,
        credentials: { username: "alice", password: "secret" },
      },
    );
    expect(findings.problems[0]?.message).toContain("signatures.notaryServers");
    expect(JSON.stringify(findings)).not.toContain("secret");
  });
});
