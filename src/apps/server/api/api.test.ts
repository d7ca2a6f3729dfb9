// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { Role, RunningImage } from "#database";
import { DEFAULT_REGISTRY_POLICIES, type PolicyDocument, type PolicyException } from "#policy";
import {
  type ApiTestBed,
  addAccount,
  BAD_PACKAGES,
  createApiTestBed,
  DEBIAN_PACKAGES,
  finishScan,
  pushImage,
  pushIndex,
} from "../../../../test/support/api-server.ts";
import { sampleCluster } from "../../../../test/support/cluster-programs.ts";
import { ScriptedVerifier } from "../../../../test/support/scripted-verifier.ts";
import type { ApiApp } from "./api-app.ts";
import { createApi } from "./create-api.ts";

const PASSWORD = "correct horse battery";
const open: { app: ApiApp; bed: ApiTestBed }[] = [];

afterEach(async () => {
  for (const { app, bed } of open.splice(0)) {
    await app.close();
    await bed[Symbol.asyncDispose]();
  }
});

interface Answer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, unknown>>;
  json(): any;
}

type Send = (
  method: "GET" | "POST" | "DELETE",
  url: string,
  more?: { body?: object; headers?: Record<string, string> },
) => Promise<Answer>;

async function openApi(options: Parameters<typeof createApiTestBed>[0] = {}): Promise<{
  readonly bed: ApiTestBed;
  readonly send: Send;
  readonly login: (role: Role) => Promise<Send>;
}> {
  const bed = await createApiTestBed(options);
  const app = await createApi(bed.context, { consoleFolder: "/nowhere" });
  open.push({ app, bed });
  function sender(cookie: string | undefined): Send {
    return (method, url, more = {}) =>
      app.inject({
        method,
        url,
        headers: { host: "127.0.0.1:8080", ...(cookie === undefined ? {} : { cookie }), ...more.headers },
        ...(more.body === undefined ? {} : { payload: more.body }),
      });
  }
  return {
    bed,
    send: sender(undefined),
    login: async (role) => {
      await addAccount(bed.database, { name: role.toLowerCase(), role, password: PASSWORD });
      const answer = await sender(undefined)("POST", "/api/v1/session", {
        body: { name: role.toLowerCase(), password: PASSWORD },
      });
      expect(answer.statusCode).toBe(200);
      return sender(cookieOf(answer));
    },
  };
}

function cookieOf(answer: Answer): string {
  return String(answer.headers["set-cookie"]).split(";")[0] ?? "";
}

function codeOf(answer: Answer): string {
  return answer.json().error.code;
}

describe("signatures", () => {
  const KEY = generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "pem" }).toString();
  const signed: PolicyDocument = {
    kind: "ClusterImagePolicy",
    name: "signed-only",
    mandatory: true,
    repositories: [{ name: "127.0.0.1:5000/signed/*", policy: { signatures: [{ cosign: { key: KEY } }] } }],
  };

  async function ask(repository: string, prepare: (verifier: ScriptedVerifier, digest: Digest) => void): Promise<any> {
    const verifier = new ScriptedVerifier();
    const { bed, login } = await openApi({ verifier, policies: [...DEFAULT_REGISTRY_POLICIES, signed] });
    const { digest } = await pushImage(bed.database, { repository, tag: "1.0" });
    await finishScan(bed.database, digest, { packages: DEBIAN_PACKAGES });
    prepare(verifier, digest);
    const send = await login("VIEWER");
    const list = (await send("GET", "/api/v1/images?lang=ko")).json();
    const detail = (await send("GET", `/api/v1/image?image=${repository}:1.0&lang=ko`)).json();
    return { digest, row: list.images[0].signatures, ...detail.signatures, verdict: detail.verdict };
  }

  it("that hold are told with whose, and which policy asked", async () => {
    const { digest, row, ...signatures } = await ask("signed/app", (verifier, image) =>
      verifier.states.set(image, "verified"),
    );
    expect(row).toEqual({ state: "verified", signers: ["sha256:1234"], found: [] });
    expect(signatures).toMatchObject({
      state: "verified",
      verified: [{ digest, kind: "cosign", identity: "sha256:1234", checks: ["signature", "digest"] }],
      problems: [],
      policies: [{ name: "signed-only" }],
    });
    expect(signatures.policies).toHaveLength(1);
  });

  it.each(["bad", "unknown"] as const)("that are %s are told with a sentence for each problem", async (state) => {
    const { row, ...signatures } = await ask("signed/app", (verifier, image) => verifier.states.set(image, state));
    expect(row).toEqual({ state, signers: [], found: [] });
    expect(signatures).toMatchObject({
      state,
      verified: [],
      problems: [{ effect: state, text: expect.stringMatching(/[가-힣]/) as unknown, detail: "expected another key" }],
      verdict: { outcome: state === "bad" ? "deny" : "undecided" },
    });
  });

  it("that are missing are none, whether somebody asked or not", async () => {
    expect(await ask("signed/app", () => undefined)).toMatchObject({
      state: "none",
      policies: [{ name: "signed-only" }],
      verdict: { policy: { name: "signed-only" } },
    });
    expect(await ask("team/app", () => undefined)).toMatchObject({
      row: { state: "none" },
      state: "none",
      policies: [],
    });
  });

  it("that lie there without anybody asking prove nothing, and are counted", async () => {
    const found = [
      { kind: "cosign", location: "referrer sha256:1" },
      { kind: "cosign", location: "referrer sha256:2", predicateType: "https://slsa.dev/provenance/v1" },
      { kind: "notation", location: "referrer sha256:3" },
    ] as const;
    const { row, ...signatures } = await ask("team/app", (verifier, image) => verifier.found.set(image, found));
    const counts = [
      { kind: "cosign", count: 2 },
      { kind: "notation", count: 1 },
    ];
    expect(row).toEqual({ state: "not-asked", signers: [], found: counts });
    expect(signatures).toMatchObject({
      state: "not-asked",
      found: counts,
      unverified: found,
      verified: [],
      policies: [],
    });
  });

  it.each([
    { code: "NOT_SUPPORTED", note: "not-supported" },
    { code: "TARGET_MISSING", note: "not-signed" },
  ] as const)(
    "of which there are none ($code) are bad for the policy, and nobody is told of a bad one",
    async ({ code, note }) => {
      const { row, ...signatures } = await ask("signed/app", (verifier, image) => {
        verifier.states.set(image, "bad");
        verifier.badBecause.set(image, code);
      });
      expect(row).toEqual({ state: "bad", note, signers: [], found: [] });
      expect(signatures).toMatchObject({ state: "bad", note, verdict: { outcome: "deny" } });
    },
  );

  it("that are of another kind than the policy asks for are none, and are listed", async () => {
    const found = [
      { kind: "notation", location: "referrer sha256:3" },
      { kind: "cosign", location: "referrer sha256:2", predicateType: "https://slsa.dev/provenance/v1" },
    ] as const;
    const summary = {
      state: "none",
      note: "other-kind",
      signers: [],
      found: found.map(({ kind }) => ({ kind, count: 1 })),
    };
    const { row, ...signatures } = await ask("signed/app", (verifier, image) => verifier.found.set(image, found));
    expect(row).toEqual(summary);
    expect(signatures).toMatchObject({ ...summary, unverified: found, verified: [], verdict: { outcome: "deny" } });
  });

  it("that cannot be listed are unknown, and the image is shown all the same", async () => {
    const { row, state, verdict } = await ask("team/app", (verifier) => {
      verifier.discover = () => Promise.reject(new Error("a blob is gone"));
    });
    expect({ row: row.state, state, outcome: verdict.outcome }).toEqual({
      row: "unknown",
      state: "unknown",
      outcome: "allow",
    });
  });
});

const RUNNING: RunningImage = {
  namespace: "shop",
  owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "uid-web" },
  reference: "127.0.0.1:5000/shop/web:1",
  digest: digestOf("web"),
  containers: ["web"],
  podCount: 1,
  pods: [{ name: "web-1", uid: "uid-1", phase: "Running", createdAt: "2026-11-22T09:00:00Z" }],
  standing: "static-pod",
  verdict: {
    outcome: "deny",
    mode: "enforce",
    reasons: [{ code: "NO_POLICY", effect: "deny", params: {} }],
    exceptions: [{ name: "known", namespace: "shop", until: "2027-01-01T00:00:00Z", exempted: ["SCAN_TOO_OLD"] }],
  },
  announced: "deny",
  firstSeenAt: "2026-11-22T09:00:00.000Z",
};

describe("what runs", () => {
  it("is listed with its verdict, and with why it never passed the gate, in the asked language", async () => {
    const { bed, login } = await openApi({ isClusterConnected: true });
    const send = await login("VIEWER");
    const { verdict: _none, digest: _unknown, ...rest } = RUNNING;
    await bed.database.workloads.save([RUNNING, { ...rest, reference: "other:1", standing: "admitted" }]);
    const list = (await send("GET", "/api/v1/running?lang=ko")).json();
    expect(list).toMatchObject({
      total: 2,
      isWatched: true,
      counts: { allow: 0, deny: 1, undecided: 0, unjudged: 1, neverAdmitted: 1 },
    });
    expect(list.images[0]).toMatchObject({ reference: RUNNING.reference, podCount: 1, verdict: { outcome: "deny" } });
    expect(list.images[0].neverAdmitted).toMatch(/게이트/);
    expect(list.images[1]).not.toHaveProperty("neverAdmitted");
    expect((await send("GET", "/api/v1/running?neverAdmitted=true")).json().total).toBe(1);
    expect((await send("GET", "/api/v1/running?outcome=allow&namespace=shop")).json().images).toEqual([]);
    const { id } = list.images[0];
    expect((await send("GET", `/api/v1/running/image?id=${String(id)}`)).json()).toMatchObject({
      id,
      pods: RUNNING.pods,
    });
    expect(codeOf(await send("GET", "/api/v1/running/image?id=999999"))).toBe("WORKLOAD_UNKNOWN");
    for (const query of ["neverAdmitted=perhaps", "outcome=maybe", "limit=100000", "offset=-1"]) {
      expect(codeOf(await send("GET", `/api/v1/running?${query}`))).toBe("REQUEST_INVALID");
    }
  });

  it("without a cluster nobody knows, and it says so", async () => {
    const { login } = await openApi();
    const send = await login("VIEWER");
    expect((await send("GET", "/api/v1/running")).json()).toMatchObject({ total: 0, isWatched: false, images: [] });
  });

  it("the cluster's own programs come with what is known of their versions, and what is not", async () => {
    const { login } = await openApi({ clusterMatch: sampleCluster() });
    const answer = (await (await login("VIEWER"))("GET", "/api/v1/cluster/components")).json();
    expect(answer.isWatched).toBe(true);
    expect(answer.components.map(({ name, state }: { name: string; state: string }) => `${name} ${state}`)).toEqual([
      "kubelet affected",
      "kubelet undecided",
      ...["containerd", "kernel", "operating-system", "runtime"].map((name) => `${name} uncovered`),
      "kube-apiserver clear",
      "kube-proxy clear",
    ]);
    expect(answer.components[0].findings[0]).toMatchObject({ id: "CVE-2023-5528", fixedVersions: ["1.28.4"] });
    expect(answer.gaps).toContainEqual({ code: "VERSION_UNTOLD", component: "runc" });
    const { login: withoutCluster } = await openApi();
    expect((await (await withoutCluster("VIEWER"))("GET", "/api/v1/cluster/components")).json()).toMatchObject({
      isWatched: false,
      components: [],
    });
  });

  it("exceptions come with their state and their use, what ends first at the top", async () => {
    const base = {
      namespace: "shop",
      subject: { namespaces: ["shop"] },
      findings: { rules: ["SCAN_TOO_OLD"] },
      reason: "we know",
      requester: "alice",
      approver: "bob",
    };
    const exceptions: readonly PolicyException[] = [
      { ...base, name: "over", until: "2026-11-21T00:00:00Z" },
      { ...base, name: "known", until: "2027-06-01T00:00:00Z" },
      { ...base, name: "soon", until: "2026-11-30T00:00:00Z" },
      { name: "asked", subject: {}, findings: {}, reason: "r", requester: "alice", until: "2027-01-01T00:00:00Z" },
    ];
    const { bed, login } = await openApi({ exceptions, now: () => new Date("2026-11-22T10:00:00Z") });
    const send = await login("VIEWER");
    await bed.database.workloads.save([RUNNING]);
    bed.database.decisions.record({
      gate: "admission",
      actor: "a",
      reference: "r",
      outcome: "allow",
      reasons: [],
      exceptions: RUNNING.verdict?.exceptions ?? [],
      requestId: "1",
      durationMs: 1,
      decidedAt: "2026-11-22T09:00:00.000Z",
    });
    await bed.database.decisions.flush();
    const { exceptions: listed } = (await send("GET", "/api/v1/exceptions")).json();
    expect(listed.map(({ name, state }: { name: string; state: string }) => [name, state])).toEqual([
      ["soon", "expiring"],
      ["known", "active"],
      ["asked", "requested"],
      ["over", "expired"],
    ]);
    expect(listed[1]).toMatchObject({ uses: 1, lastUsedAt: "2026-11-22T09:00:00.000Z", runningImages: 1 });
    expect(listed[0]).toMatchObject({ uses: 0, runningImages: 0 });
  });
});

describe("decisions", () => {
  it("are searched and paged by the server", async () => {
    const { bed, login } = await openApi();
    const send = await login("VIEWER");
    for (const [index, namespace] of ["shop", "pay", "shop", "shop"].entries()) {
      bed.database.decisions.record({
        gate: "admission",
        actor: index === 0 ? "alice" : "bob",
        reference: `registry.example/app:${index}`,
        namespace,
        kind: "Pod",
        name: `pod-${index}`,
        outcome: index === 2 ? "allow" : "deny",
        reasons: [{ code: "NO_POLICY", effect: "deny", params: {} }],
        requestId: String(index),
        durationMs: 1,
        decidedAt: `2026-11-22T0${index}:00:00.000Z`,
      });
    }
    await bed.database.decisions.flush();
    async function references(query: string): Promise<readonly string[]> {
      const { decisions } = (await send("GET", `/api/v1/decisions?${query}`)).json();
      return decisions.map(({ reference }: { reference: string }) => reference.slice(-1));
    }
    expect(await references("namespace=shop")).toEqual(["3", "2", "0"]);
    expect(await references("namespace=shop&outcome=deny")).toEqual(["3", "0"]);
    expect(await references("actor=alice")).toEqual(["0"]);
    expect(await references("text=POD-1")).toEqual(["1"]);
    expect(await references("since=2026-11-22T02:00:00Z")).toEqual(["3", "2"]);
    const first = (await send("GET", "/api/v1/decisions?limit=2")).json().decisions;
    expect(await references(`before=${String(first.at(-1).id)}`)).toEqual(["1", "0"]);
    for (const query of ["since=yesterday", "before=-1", "outcome=maybe", "unknown=1"]) {
      expect(codeOf(await send("GET", `/api/v1/decisions?${query}`))).toBe("REQUEST_INVALID");
    }
  });
});

describe("without a session", () => {
  it.each([
    "/api/v1/session",
    "/api/v1/images",
    "/api/v1/image?image=team/app:1.0",
    "/api/v1/image/packages?image=a:b&digest=c",
    "/api/v1/image/findings?image=a:b&digest=c",
    "/api/v1/decisions",
    "/api/v1/running",
    "/api/v1/running/image?id=1",
    "/api/v1/exceptions",
    "/api/v1/cluster/components",
    "/api/v1/audit",
    "/api/v1/status",
    "/api/v1/events",
  ])("%s answers 401 and nothing else", async (url) => {
    const { send } = await openApi();
    const answer = await send("GET", url);
    expect(answer.statusCode).toBe(401);
    expect(codeOf(answer)).toBe("NOT_SIGNED_IN");
  });

  it("a cookie that nobody was given is no session", async () => {
    const { send } = await openApi();
    for (const value of ["", "x".repeat(43), "a".repeat(4_000), "%00", "'; drop table session"]) {
      const answer = await send("GET", "/api/v1/images", { headers: { cookie: `haechi_session=${value}` } });
      expect(answer.statusCode).toBe(401);
    }
  });

  it("health and readiness are open, and readiness says why not", async () => {
    const { send, bed } = await openApi({ policies: [] });
    expect((await send("GET", "/healthz")).statusCode).toBe(200);
    const ready = await send("GET", "/readyz");
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ ready: false, reasons: ["policies"] });
    bed.stop.abort();
    expect((await send("GET", "/readyz")).json().reasons).toEqual(["stopping"]);
  });
});

describe("signing in", () => {
  it("the cookie is out of reach of scripts and of other sites, and is not what the database holds", async () => {
    const { send, bed } = await openApi();
    await addAccount(bed.database, { name: "kim", role: "VIEWER", password: PASSWORD });
    const answer = await send("POST", "/api/v1/session", { body: { name: "kim", password: PASSWORD } });
    const cookie = String(answer.headers["set-cookie"]);
    expect(cookie).toMatch(/^haechi_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    const token = cookieOf(answer).split("=")[1] ?? "";
    expect(await bed.database.accounts.findSession(token, new Date())).toBeUndefined();
  });

  it("behind a TLS proxy the cookie is for TLS only", async () => {
    const { send, bed } = await openApi();
    await addAccount(bed.database, { name: "kim", role: "VIEWER", password: PASSWORD });
    const answer = await send("POST", "/api/v1/session", {
      body: { name: "kim", password: PASSWORD },
      headers: { "x-forwarded-proto": "https" },
    });
    expect(String(answer.headers["set-cookie"])).toMatch(/; Secure$/);
  });

  it("a wrong password and an unknown name get the same answer", async () => {
    const { send, bed } = await openApi();
    await addAccount(bed.database, { name: "kim", role: "VIEWER", password: PASSWORD });
    const answers = [
      await send("POST", "/api/v1/session", { body: { name: "kim", password: "wrong password" } }),
      await send("POST", "/api/v1/session", { body: { name: "lee", password: PASSWORD } }),
    ];
    expect(answers.map((answer) => answer.statusCode)).toEqual([401, 401]);
    const bodies = answers.map((answer) => ({ ...answer.json().error, requestId: "" }));
    expect(bodies[0]).toEqual(bodies[1]);
  });

  it("guessing is slowed down for the name at the address, with a right password too, and never for others", async () => {
    let now = Date.parse("2026-07-01T00:00:00Z");
    const { send, bed } = await openApi({ now: () => new Date(now) });
    await addAccount(bed.database, { name: "kim", role: "VIEWER", password: PASSWORD });
    await addAccount(bed.database, { name: "lee", role: "VIEWER", password: PASSWORD });
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect((await send("POST", "/api/v1/session", { body: { name: "kim", password: "wrong" } })).statusCode).toBe(
        401,
      );
    }
    const right = { body: { name: "kim", password: PASSWORD } };
    const refused = await send("POST", "/api/v1/session", right);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers["retry-after"]).toBe("1");
    expect((await send("POST", "/api/v1/session", { body: { name: "lee", password: PASSWORD } })).statusCode).toBe(200);
    now += 1_000;
    expect((await send("POST", "/api/v1/session", right)).statusCode).toBe(200);
  });

  it("the first password opens nothing but the change of it, which ends every other session", async () => {
    const { send, bed } = await openApi();
    await addAccount(bed.database, { name: "admin", role: "ADMIN", password: PASSWORD, mustChange: true });
    const login = { body: { name: "admin", password: PASSWORD } };
    const [mine, others] = [await send("POST", "/api/v1/session", login), await send("POST", "/api/v1/session", login)];
    expect(mine.json()).toEqual({ name: "admin", role: "ADMIN", mustChangePassword: true });
    const cookie = { cookie: cookieOf(mine) };
    const images = await send("GET", "/api/v1/images", { headers: cookie });
    expect([images.statusCode, codeOf(images)]).toEqual([403, "PASSWORD_CHANGE_REQUIRED"]);
    for (const [newPassword, code] of [
      ["short", "PASSWORD_TOO_SHORT"],
      [PASSWORD, "PASSWORD_UNCHANGED"],
      ["x".repeat(257), "PASSWORD_TOO_LONG"],
    ] as const) {
      const body = { currentPassword: PASSWORD, newPassword };
      expect(codeOf(await send("POST", "/api/v1/session/password", { body, headers: cookie }))).toBe(code);
    }
    const body = { currentPassword: PASSWORD, newPassword: "staple battery horse" };
    const changed = await send("POST", "/api/v1/session/password", { body, headers: cookie });
    expect(changed.statusCode).toBe(200);
    expect((await send("GET", "/api/v1/images", { headers: { cookie: cookieOf(changed) } })).statusCode).toBe(200);
    for (const old of [mine, others]) {
      expect((await send("GET", "/api/v1/session", { headers: { cookie: cookieOf(old) } })).statusCode).toBe(401);
    }
  });

  it("signing out ends the session for good", async () => {
    const { login } = await openApi();
    const send = await login("VIEWER");
    expect((await send("DELETE", "/api/v1/session")).statusCode).toBe(204);
    expect((await send("GET", "/api/v1/session")).statusCode).toBe(401);
  });

  it("a name that is a mistyped password does not reach the audit log", async () => {
    const { send, login } = await openApi();
    await send("POST", "/api/v1/session", { body: { name: "my secret password", password: "x" } });
    const admin = await login("ADMIN");
    const entries = (await admin("GET", "/api/v1/audit")).json().entries;
    expect(entries.map((entry: { action: string }) => entry.action)).toEqual(["login", "login-failed"]);
    expect(JSON.stringify(entries)).not.toContain("secret");
  });
});

describe("who may do what", () => {
  it.each([
    { role: "ADMIN" as const, read: 200, audit: 200, rescan: 202 },
    { role: "IMAGE_UPLOADER" as const, read: 200, audit: 403, rescan: 202 },
    { role: "PERMISSION" as const, read: 403, audit: 403, rescan: 403 },
    { role: "VIEWER" as const, read: 200, audit: 403, rescan: 403 },
  ])("$role: read $read, audit $audit, rescan $rescan", async ({ role, read, audit, rescan }) => {
    const { login, bed } = await openApi();
    await pushImage(bed.database, { repository: "team/app", tag: "1.0" });
    const send = await login(role);
    for (const url of ["/api/v1/images", "/api/v1/image?image=team/app:1.0", "/api/v1/decisions"]) {
      expect((await send("GET", url)).statusCode).toBe(read);
    }
    expect((await send("GET", "/api/v1/status")).statusCode).toBe(200);
    expect((await send("GET", "/api/v1/audit")).statusCode).toBe(audit);
    const asked = await send("POST", "/api/v1/image/scan", { body: { image: "team/app:1.0" } });
    expect(asked.statusCode).toBe(rescan);
  });
});

describe("other people's pages", () => {
  it.each([
    { name: "another site", headers: { "sec-fetch-site": "cross-site", origin: "https://evil.example" } },
    { name: "another port of this host", headers: { "sec-fetch-site": "same-site", origin: "http://127.0.0.1:5000" } },
    { name: "an old browser on another origin", headers: { origin: "http://127.0.0.1:5000" } },
    { name: "a sandboxed frame", headers: { origin: "null" } },
  ])("$name cannot change anything with the reader's session", async ({ headers }) => {
    const { login } = await openApi();
    const send = await login("ADMIN");
    const answer = await send("DELETE", "/api/v1/session", { headers: headers as Record<string, string> });
    expect([answer.statusCode, codeOf(answer)]).toEqual([403, "ORIGIN_REFUSED"]);
    expect((await send("GET", "/api/v1/session")).statusCode).toBe(200);
  });

  it("our own page can", async () => {
    const { login } = await openApi();
    const send = await login("ADMIN");
    const headers = { origin: "http://127.0.0.1:8080", "sec-fetch-site": "same-origin" };
    expect((await send("DELETE", "/api/v1/session", { headers })).statusCode).toBe(204);
  });

  it("a form or plain text is not understood, whatever it says", async () => {
    const { send, bed } = await openApi();
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]) {
      const answer = await bedInject(bed, type);
      expect(answer).toBe(400);
    }
    expect((await send("GET", "/healthz")).statusCode).toBe(200);
  });

  it.each(["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "[::2]:8080"])(
    "a name of somebody else (%s) that points here is refused",
    async (host) => {
      const { send } = await openApi();
      const answer = await send("GET", "/healthz", { headers: { host } });
      expect([answer.statusCode, codeOf(answer)]).toEqual([421, "HOST_REFUSED"]);
    },
  );

  it.each(["localhost:8080", "127.0.0.1", "[::1]:8080", "LOCALHOST.", "haechi.example:8080"])(
    "our own name %s is known",
    async (host) => {
      const { send } = await openApi({ registryNames: ["haechi.example:5000"] });
      expect((await send("GET", "/healthz", { headers: { host } })).statusCode).toBe(200);
    },
  );
});

async function bedInject(bed: ApiTestBed, type: string): Promise<number> {
  const app = open.find((each) => each.bed === bed)?.app;
  const answer = await app?.inject({
    method: "POST",
    url: "/api/v1/session",
    headers: { host: "127.0.0.1", "content-type": type },
    payload: '{"name":"admin","password":"x"}',
  });
  return answer?.statusCode ?? 0;
}

describe("images", () => {
  it("a list shows verdict, counts and sentences in the asked language", async () => {
    const { login, bed } = await openApi();
    const good = await pushImage(bed.database, { repository: "team/good", tag: "1.0" });
    const bad = await pushImage(bed.database, { repository: "team/bad", tag: "1.0" });
    await finishScan(bed.database, good.digest, { packages: DEBIAN_PACKAGES });
    await finishScan(bed.database, bad.digest, { packages: BAD_PACKAGES });
    await pushImage(bed.database, { repository: "team/new", tag: "1.0" });
    const send = await login("VIEWER");
    const list = (await send("GET", "/api/v1/images?lang=en")).json();
    expect(list.total).toBe(3);
    const shown = Object.fromEntries(list.images.map((image: any) => [image.repository, image]));
    expect(shown["team/good"]).toMatchObject({
      scanState: "done",
      counts: [],
      platforms: ["linux/amd64"],
      verdict: { outcome: "allow" },
    });
    expect(shown["team/new"]).toMatchObject({ scanState: "pending", verdict: { outcome: "undecided" } });
    expect(shown["team/bad"]).toMatchObject({
      verdict: { outcome: "deny", policy: { kind: "ClusterImagePolicy", repository: "*" } },
      counts: [
        { severity: "critical", total: 2, fixable: 2 },
        { severity: "high", total: 2, fixable: 2 },
      ],
    });
    expect(shown["team/bad"].verdict.reasons[0].text).toContain("CVE-2019-10744");
    expect(list.database).toMatchObject({ isBundled: true, date: "2026-11-20T00:00:00Z" });
    const korean = (await send("GET", "/api/v1/images", { headers: { "accept-language": "ko-KR,en;q=0.5" } })).json();
    const text = korean.images.find((image: any) => image.repository === "team/bad").verdict.reasons[0].text;
    expect(text).toMatch(/[가-힣]/);
    expect(text).toContain("CVE-2019-10744");
  });

  it("an index shows each platform with a verdict of its own", async () => {
    const { login, bed } = await openApi();
    const children = [
      await pushImage(bed.database, { repository: "team/multi", platform: "linux/amd64" }),
      await pushImage(bed.database, { repository: "team/multi", platform: "linux/arm64" }),
    ] as const;
    await pushIndex(bed, children, "1.0");
    await finishScan(bed.database, children[0].digest, { packages: DEBIAN_PACKAGES });
    await finishScan(bed.database, children[1].digest, { packages: BAD_PACKAGES, platform: "linux/arm64" });
    const send = await login("VIEWER");
    const list = (await send("GET", "/api/v1/images")).json();
    expect(list.images).toHaveLength(1);
    expect(list.images[0]).toMatchObject({
      kind: "index",
      platforms: ["linux/amd64", "linux/arm64"],
      scanState: "done",
    });
    const detail = (await send("GET", "/api/v1/image?image=team/multi:1.0")).json();
    expect(detail.platforms.map((each: any) => [each.platform, each.verdict.outcome])).toEqual([
      ["linux/amd64", "allow"],
      ["linux/arm64", "deny"],
    ]);
    const byDigest = await send("GET", `/api/v1/image?image=team/multi@${children[1].digest}`);
    expect(byDigest.json()).toMatchObject({ digest: children[1].digest, verdict: { outcome: "deny" } });
  });

  it("an artifact is said to be one, with what it calls itself", async () => {
    const { login, bed } = await openApi();
    const image = await pushImage(bed.database, { repository: "team/chart", tag: "1.0" });
    const artifactType = "application/vnd.example.chart";
    await bed.database.registry.putManifest(
      { ...image, digest: digestOf("artifact"), kind: "artifact", artifactType },
      "1.0",
    );
    const send = await login("VIEWER");
    expect((await send("GET", "/api/v1/images")).json().images).toMatchObject([{ kind: "artifact" }]);
    const detail = await send("GET", "/api/v1/image?image=team/chart:1.0");
    expect(detail.json()).toMatchObject({ kind: "artifact", artifactType });
    const old = await send("GET", `/api/v1/image?image=team/chart@${image.digest}`);
    expect(old.json()).not.toHaveProperty("artifactType");
  });

  it("packages and findings are searched and paged", async () => {
    const { login, bed } = await openApi();
    const { digest } = await pushImage(bed.database, { repository: "team/bad", tag: "1.0" });
    await finishScan(bed.database, digest, { packages: BAD_PACKAGES });
    const send = await login("VIEWER");
    const base = `image=team/bad:1.0&digest=${digest}`;
    const packages = (await send("GET", `/api/v1/image/packages?${base}&search=GLIBC`)).json();
    expect(packages).toMatchObject({ total: 1, packages: [{ name: "libc6", source: "glibc 2.36-9+deb12u13" }] });
    const page = (await send("GET", `/api/v1/image/packages?${base}&limit=2&offset=6`)).json();
    expect([page.total, page.packages.length]).toEqual([7, 1]);
    const findings = (await send("GET", `/api/v1/image/findings?${base}&severity=critical&search=lodash`)).json();
    expect(findings).toMatchObject({ total: 1, findings: [{ id: "CVE-2019-10744", fixedVersions: ["4.17.12"] }] });
  });

  it("an address that is no web address never becomes a link", async () => {
    const { login, bed } = await openApi();
    const { digest } = await pushImage(bed.database, { repository: "team/bad", tag: "1.0" });
    const finding = { id: "X-1", severity: "low" as const, title: "t", url: "javascript:alert(1)" };
    await finishScan(bed.database, digest, {
      packages: [{ type: "npm", name: "a", version: "1", findings: [finding] }],
    });
    const send = await login("VIEWER");
    const answer = (await send("GET", `/api/v1/image/findings?image=team/bad:1.0&digest=${digest}`)).json();
    expect(answer.findings[0].id).toBe("X-1");
    expect(answer.findings[0].url).toBeUndefined();
  });

  it.each([
    { image: "nobody/app:1.0", status: 404 },
    { image: "team/app", status: 404 },
    { image: ":", status: 404 },
    { image: "team/app@sha256:short", status: 404 },
    { image: "../../etc/passwd:1", status: 404 },
    { image: "a%00b:1.0", status: 404 },
    { image: "", status: 400 },
    { image: "x".repeat(2_000), status: 400 },
  ])("the image $image is answered with $status", async ({ image, status }) => {
    const { login } = await openApi();
    const send = await login("VIEWER");
    const answer = await send("GET", `/api/v1/image?image=${image}`);
    expect(answer.statusCode).toBe(status);
    expect(answer.json().error.requestId).toBe(answer.headers["x-request-id"]);
  });

  it("asking for a new scan makes it pending and is written down", async () => {
    const { login, bed } = await openApi();
    const { digest } = await pushImage(bed.database, { repository: "team/app", tag: "1.0" });
    await finishScan(bed.database, digest, { packages: DEBIAN_PACKAGES });
    const send = await login("IMAGE_UPLOADER");
    expect((await send("POST", "/api/v1/image/scan", { body: { image: "team/app:1.0" } })).json()).toEqual({
      requested: 1,
    });
    expect((await bed.database.scans.find(digest))?.state).toBe("pending");
    expect((await bed.database.audit.list({ limit: 1 }))[0]).toMatchObject({
      actor: "image_uploader",
      action: "scan-requested",
      target: "team/app:1.0",
    });
  });
});

describe("answers", () => {
  it("a fault of ours has a request id, a log line with it, and no detail", async () => {
    const { login, bed } = await openApi();
    const send = await login("VIEWER");
    await bed.database[Symbol.asyncDispose]();
    const answer = await send("GET", "/api/v1/images");
    expect(answer.statusCode).toBe(500);
    const { error } = answer.json();
    expect(Object.keys(error)).toEqual(["code", "message", "requestId"]);
    expect(JSON.stringify(error)).not.toMatch(/select|pool|at /i);
    expect(bed.log.find((line) => line["requestId"] === error.requestId)).toMatchObject({ msg: "request failed" });
  });

  it.each(["/api/v1/nothing", "/api/nothing", "/assets/missing.js"])("%s does not exist", async (url) => {
    const { send } = await openApi();
    const answer = await send("GET", url);
    expect([answer.statusCode, codeOf(answer)]).toEqual([404, "NOT_FOUND"]);
  });

  it("carry the headers that keep browsers strict", async () => {
    const { send } = await openApi();
    const { headers } = await send("GET", "/api/v1/images");
    expect(headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    });
  });

  it("metrics count by route, not by address", async () => {
    const { send } = await openApi();
    await send("GET", "/api/v1/images?repository=secret");
    const text = await metricsOf(open[0]?.app);
    expect(text).toContain('haechi_api_requests_total{method="GET",route="/api/v1/images",status="401"} 1');
    expect(text).not.toContain("secret");
  });

  it("metrics are for this machine: nothing that was forwarded gets them", async () => {
    const { send } = await openApi();
    const answer = await send("GET", "/metrics", { headers: { "x-forwarded-for": "10.0.0.1" } });
    expect(answer.statusCode).toBe(403);
  });

  it.each([
    { callers: "loopback", from: "10.0.0.1", status: 403 },
    { callers: "network", from: "10.0.0.1", status: 200 },
    { callers: "network", from: "10.0.0.1", headers: { forwarded: "for=10.0.0.2" }, status: 403 },
  ] as const)("metrics for $callers, asked from $from: $status", async ({ callers, from, status, ...more }) => {
    const bed = await createApiTestBed();
    const configuration = { ...bed.context.configuration, metrics: { callers } };
    const app = await createApi({ ...bed.context, configuration }, { consoleFolder: "/nowhere" });
    open.push({ app, bed });
    const headers = { host: "localhost", ...("headers" in more ? more.headers : {}) };
    expect((await app.inject({ url: "/metrics", remoteAddress: from, headers })).statusCode).toBe(status);
  });
});

async function metricsOf(app: ApiApp | undefined): Promise<string> {
  return (await app?.inject({ url: "/metrics", headers: { host: "localhost" } }))?.body ?? "";
}
