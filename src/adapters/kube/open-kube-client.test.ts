// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  kubeList,
  kubeObject,
  type ScriptedApiServer,
  type ScriptedCall,
  startScriptedApiServer,
} from "../../../test/support/scripted-api-server.ts";
import { KubeError, RESOURCES } from "./index.ts";

const SECRET_TEXT = "c2VjcmV0LXZhbHVl";
const PODS = { resource: RESOURCES.pods, namespace: "team" };
const POD = { ...PODS, name: "web" };

let server: ScriptedApiServer;

beforeEach(async () => {
  server = await startScriptedApiServer(() => {});
});

afterEach(async () => {
  await server[Symbol.asyncDispose]();
});

async function failureOf(work: Promise<unknown>): Promise<KubeError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof KubeError) {
      return error;
    }
    throw error;
  }
  throw new Error("it did not fail");
}

function status(code: number, reason: string, message = "said"): object {
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
}

describe("a failure", () => {
  it.each([
    { code: 400, reason: "BadRequest", want: "INVALID" },
    { code: 401, reason: "Unauthorized", want: "UNAUTHORIZED" },
    { code: 403, reason: "Forbidden", want: "FORBIDDEN" },
    { code: 404, reason: "NotFound", want: "NOT_FOUND" },
    { code: 409, reason: "AlreadyExists", want: "CONFLICT" },
    { code: 410, reason: "Expired", want: "GONE" },
    { code: 422, reason: "Invalid", want: "INVALID" },
    { code: 500, reason: "InternalError", want: "REFUSED" },
    { code: 301, reason: "Moved", want: "REFUSED" },
  ])("$code is $want", async ({ code, reason, want }) => {
    server.onCall = (call) => call.json(code, status(code, reason), { location: "https://127.0.0.1:1/" });
    const error = await failureOf(server.client.get(POD));
    expect(error.code).toBe(want);
    expect(error.details).toMatchObject({ status: code, reason });
    expect(error.message).toContain("GET /api/v1/namespaces/team/pods/web");
  });

  it("of a Secret repeats nothing of what the server said", async () => {
    server.onCall = (call) => call.json(422, status(422, "Invalid", `data: Invalid value: "${SECRET_TEXT}"`));
    const place = { resource: RESOURCES.secrets, namespace: "team", name: "key" };
    const error = await failureOf(server.client.replace(place, { data: { key: SECRET_TEXT } }));
    expect(error.message + JSON.stringify(error.details)).not.toContain(SECRET_TEXT);
  });

  it("of an answer that is no JSON repeats nothing of it", async () => {
    server.onCall = (call) => call.response.end(`{"data": ${SECRET_TEXT}`);
    const error = await failureOf(server.client.get(POD));
    expect([error.code, error.cause]).toEqual(["ANSWER_INVALID", undefined]);
    expect(error.message).not.toContain(SECRET_TEXT);
  });

  it.each([
    { name: "no object", body: [] },
    { name: "an object without a name", body: { metadata: {} } },
    { name: "null", body: null },
  ])("an answer that is $name is none", async ({ body }) => {
    server.onCall = (call) => call.json(200, body);
    expect((await failureOf(server.client.get(POD))).code).toBe("ANSWER_INVALID");
  });

  it("says after what time to come back", async () => {
    server.onCall = (call) => call.json(429, status(429, "TooManyRequests"), { "retry-after": "2" });
    expect((await failureOf(server.client.get(POD))).details).toMatchObject({ status: 429, retryAfterMs: 2_000 });
  });

  it("a page that a proxy answers with is read by its status alone", async () => {
    server.onCall = (call) => call.response.writeHead(502).end("<html>");
    expect((await failureOf(server.client.get(POD))).message).toBe("GET /api/v1/namespaces/team/pods/web: 502");
  });

  it("no answer in time is TIMEOUT, and an abort is what the caller said", async () => {
    expect((await failureOf(server.client.get(POD, { timeoutMs: 50 }))).code).toBe("TIMEOUT");
    const stop = new AbortController();
    const asked = server.client.get(POD, { signal: stop.signal });
    stop.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    await expect(server.client.get(POD, { signal: stop.signal })).rejects.toThrow("enough");
  });

  it("a broken connection is UNREACHABLE", async () => {
    server.onCall = (call) => {
      call.response.writeHead(200, { "content-length": "100" }).write("{");
      setImmediate(() => server.cut());
    };
    expect((await failureOf(server.client.get(POD))).code).toBe("UNREACHABLE");
  });

  it("an answer without end is not read to its end", async () => {
    server.onCall = (call) => {
      const block = Buffer.alloc(1024 * 1024, " ");
      function more(): void {
        while (!call.response.destroyed && call.response.write(block)) {
          // until the client is slower
        }
      }
      call.response.on("drain", more);
      more();
    };
    expect((await failureOf(server.client.get(POD))).code).toBe("LIMIT_EXCEEDED");
  });
});

it.each([
  { name: "dots", part: { name: ".." } },
  { name: "a slash", part: { name: "a/../../secrets/b" } },
  { name: "nothing", part: { name: "" } },
  { name: "a namespace of a cluster's kind", part: { resource: RESOURCES.nodes, name: "a" } },
])("a name with $name is refused before it is asked for", async ({ part }) => {
  expect((await failureOf(server.client.get({ ...POD, ...part }))).code).toBe("INVALID");
  expect(server.calls).toEqual([]);
});

describe("a list", () => {
  it("is read in pages, and says what its objects are", async () => {
    server.onCall = ({ query, json }) =>
      query.get("continue") === null
        ? json(200, kubeList([kubeObject("a", "1")], "7", "more"))
        : json(200, kubeList([kubeObject("b", "2")], "7"));
    const { items, resourceVersion } = await server.client.list(PODS);
    expect(items.map(({ kind, metadata }) => `${kind ?? ""} ${metadata.name}`)).toEqual(["Thing a", "Thing b"]);
    expect(resourceVersion).toBe("7");
    expect(server.calls.map(({ query }) => query.toString())).toEqual(["limit=500", "limit=500&continue=more"]);
  });

  it("begins anew when the server forgot it, and not for ever", async () => {
    let answers = 0;
    server.onCall = ({ query, json }) => {
      answers += 1;
      if (query.get("continue") !== null && answers < 4) {
        json(410, status(410, "Expired"));
      } else {
        json(200, kubeList([kubeObject(`a${answers}`, "1")], "7", query.get("continue") === null ? "more" : undefined));
      }
    };
    expect((await server.client.list(PODS)).items.map(({ metadata }) => metadata.name)).toEqual(["a3", "a4"]);
    server.onCall = ({ json }) => json(410, status(410, "Expired"));
    expect((await failureOf(server.client.list(PODS))).code).toBe("GONE");
  });

  it.each([
    { name: "repeats its place", next: () => "same" },
    { name: "is of empty pages", next: (count: number) => `page-${count}` },
  ])("that never ends, since it $name, is given up", async ({ next }) => {
    let count = 0;
    server.onCall = ({ json }) => json(200, kubeList([], "7", next((count += 1))));
    expect((await failureOf(server.client.list(PODS))).code).toBe("LIMIT_EXCEEDED");
  });

  it("of large objects is read in smaller pages", async () => {
    const large = "x".repeat(5 * 1024 * 1024);
    server.onCall = ({ query, json }) => {
      const from = Number(query.get("continue") ?? 0);
      const until = Math.min(8, from + Number(query.get("limit")));
      const items = Array.from({ length: until - from }, (_, at) => kubeObject(`p${from + at}`, "1", { large }));
      json(200, kubeList(items, "7", until < 8 ? String(until) : undefined));
    };
    expect((await server.client.list(PODS)).items).toHaveLength(8);
  });

  it.each([
    { name: "no items", body: { metadata: { resourceVersion: "1" }, items: "all" } },
    { name: "no version", body: { metadata: {}, items: [] } },
    { name: "an item without a name", body: { metadata: { resourceVersion: "1" }, items: [{ metadata: {} }] } },
    { name: "null as an item", body: { metadata: { resourceVersion: "1" }, items: [null] } },
  ])("with $name is none", async ({ body }) => {
    server.onCall = ({ json }) => json(200, body);
    expect((await failureOf(server.client.list(PODS))).code).toBe("ANSWER_INVALID");
  });
});

describe("credentials", () => {
  it("a token that was replaced is read again when the server refuses the old one, without a new connection", async () => {
    const tokens: unknown[] = [];
    server.onCall = (call) => {
      tokens.push(call.headers.authorization);
      call.json(call.headers.authorization === "Bearer second" ? 200 : 401, kubeObject("web", "1"));
    };
    expect((await failureOf(server.client.get(POD))).code).toBe("UNAUTHORIZED");
    server.setToken("second");
    await server.client.get(POD);
    await server.client.get(POD);
    expect(tokens).toEqual(["Bearer first-token", "Bearer first-token", "Bearer second", "Bearer second"]);
  });

  it("a token that could add a header is refused", async () => {
    server.setToken("a\r\nimpersonate-user: admin");
    const error = await failureOf(server.client.get(POD));
    expect(error.code).toBe("CREDENTIALS_UNUSABLE");
    expect(error.message).not.toContain("impersonate");
    expect(server.calls).toEqual([]);
  });

  it("connections are used again", async () => {
    server.onCall = (call) => call.json(200, kubeObject("web", "1"));
    for (let count = 0; count < 5; count += 1) {
      await server.client.get(POD);
    }
    expect(server.connections).toBe(1);
  });

  it("a question on an idle connection that the server has closed is asked again", async () => {
    server.onCall = (call) => {
      call.json(200, kubeObject("web", "1"));
      call.response.on("finish", () => setImmediate(() => call.response.socket?.resetAndDestroy()));
    };
    for (let count = 0; count < 5; count += 1) {
      expect((await server.client.get(POD)).metadata.name).toBe("web");
    }
  });
});

describe("changes", () => {
  it.each([
    { kind: "merge" as const, type: "application/merge-patch+json", query: "" },
    { kind: "json" as const, type: "application/json-patch+json", query: "" },
    { kind: "apply" as const, type: "application/apply-patch+yaml", query: "fieldManager=haechi&force=true" },
  ])("a patch of the kind $kind", async ({ kind, type, query }) => {
    server.onCall = ({ json }) => json(200, kubeObject("web", "2"));
    expect((await server.client.patch(POD, kind, { a: 1 })).metadata.resourceVersion).toBe("2");
    const [call] = server.calls;
    expect([call?.method, call?.headers["content-type"], call?.query.toString(), call?.body]).toEqual([
      "PATCH",
      type,
      query,
      '{"a":1}',
    ]);
  });

  it("what is not there is removed already", async () => {
    server.onCall = ({ json }) => json(404, status(404, "NotFound"));
    await server.client.remove(POD);
    server.onCall = ({ json }) => json(403, status(403, "Forbidden"));
    expect((await failureOf(server.client.remove(POD))).code).toBe("FORBIDDEN");
  });

  it("a review is created and has no name", async () => {
    server.onCall = ({ json }: ScriptedCall) => json(201, { kind: "SubjectAccessReview", status: { allowed: true } });
    const review = await server.client.create({ resource: RESOURCES.subjectAccessReviews }, { spec: {} });
    expect(review).toMatchObject({ metadata: { name: "" }, status: { allowed: true } });
  });

  it("a path of its own", async () => {
    server.onCall = ({ json }) => json(200, { gitVersion: "v1" });
    expect(await server.client.raw("GET", "/version", undefined, { query: { a: "b c" } })).toEqual({
      gitVersion: "v1",
    });
    expect(server.calls[0]?.query.get("a")).toBe("b c");
  });
});
