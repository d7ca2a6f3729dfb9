// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evaluate, type PolicyDocument } from "#policy";
import { eventually } from "../../../../test/support/eventually.ts";
import {
  kubeList,
  type ScriptedApiServer,
  type ScriptedCall,
  startScriptedApiServer,
} from "../../../../test/support/scripted-api-server.ts";
import type { FilePolicies } from "../read-gate-policies.ts";
import { type Cluster, openCluster } from "./index.ts";

const SYSTEM = "haechi-system";
const FILES: FilePolicies = { documents: [], secrets: [], exceptions: [], required: [], isConfigured: false };
const SIGNED = { trust: { enabled: true, signerSecrets: [{ name: "signer" }] } };

let server: ScriptedApiServer;
let cluster: Cluster | undefined;
let metrics: Registry;
let logged: string[];
/** Objects by the plural of their kind; a kind that is not here is not installed. */
let objects: Map<string, object[]>;
/** What is answered instead, by the plural of the kind and whether it is one object that is asked for. */
let special: Map<string, (call: ScriptedCall) => void>;
let watches: Map<string, ReturnType<ScriptedCall["watch"]>[]>;

beforeEach(async () => {
  objects = new Map(
    [
      "imagepolicies.haechi.dev",
      "clusterimagepolicies.haechi.dev",
      "policyexceptions.haechi.dev",
      "namespaces",
      "nodes",
      "secrets",
    ].map((kind) => [kind, []]),
  );
  special = new Map();
  watches = new Map();
  logged = [];
  server = await startScriptedApiServer(answer);
});

afterEach(async () => {
  await cluster?.[Symbol.asyncDispose]();
  cluster = undefined;
  await server[Symbol.asyncDispose]();
});

function answer(call: ScriptedCall): void {
  const [, root, second = "", ...rest] = call.path.split("/");
  const group = root === "api" ? "" : `.${second}`;
  const segments = root === "api" ? rest : rest.slice(1);
  const [plural = "", name] = segments[0] === "namespaces" && segments.length > 2 ? segments.slice(2) : segments;
  const kind = `${plural}${group}`;
  const own = special.get(name === undefined ? kind : `${kind}/one`);
  const known = objects.get(kind);
  if (own !== undefined) {
    own(call);
  } else if (known === undefined) {
    call.response.writeHead(404).end("404 page not found\n");
  } else if (call.query.get("watch") === "true") {
    watches.set(kind, [...(watches.get(kind) ?? []), call.watch()]);
  } else {
    call.json(200, kubeList(known, "10"));
  }
}

function open(files: FilePolicies = FILES, secretNamespace: "policy" | "request" = "policy"): Cluster {
  metrics = new Registry();
  cluster = openCluster({
    client: server.client,
    files,
    configuration: { cluster: { namespace: SYSTEM }, admission: { secretNamespace } },
    telemetry: { log: pino({ level: "info" }, { write: (line: string) => void logged.push(line) }), metrics },
    clock: { now: () => new Date() },
    timing: { firstRetryMs: 5, maxRetryMs: 20, absentMs: 50 },
    secretPollMs: 20,
  });
  return cluster;
}

function policy(name: string, checks?: object, namespace?: string): object {
  return {
    apiVersion: "haechi.dev/v1",
    kind: namespace === undefined ? "ClusterImagePolicy" : "ImagePolicy",
    metadata: { name, resourceVersion: "5", uid: name, ...(namespace === undefined ? {} : { namespace }) },
    spec: { repositories: [{ name: "*", ...(checks === undefined ? {} : { policy: checks }) }] },
  };
}

function secret(publicKey: string, namespace = SYSTEM, resourceVersion = "6"): object {
  const data = { name: "signer", publicKey };
  const encoded = Object.entries(data).map(([field, text]) => [field, Buffer.from(text).toString("base64")] as const);
  return { metadata: { name: "signer", namespace, resourceVersion }, data: Object.fromEntries(encoded) };
}

async function until(condition: () => boolean): Promise<void> {
  await eventually(() => Promise.resolve(condition() || undefined), 5);
}

function keys(): readonly string[] {
  return cluster?.policies.current().admission.secrets.map(({ data }) => data["publicKey"] ?? "") ?? [];
}

function verdictOf(namespace: string): readonly string[] {
  const { documents, ...set } = cluster?.policies.current().admission ?? { documents: [] };
  const asked = { reference: "registry.example/app:1", namespace, policies: documents, ...set };
  const { outcome, reasons } = evaluate({ ...asked, facts: { kind: "unknown" }, now: new Date() });
  return [outcome, ...reasons.map(({ code }) => code)];
}

const ready = (): AbortSignal => AbortSignal.timeout(20_000);

describe("before the policies were read", () => {
  it.each([
    { name: "does not answer", special: () => {} },
    { name: "fails", special: (call: ScriptedCall) => call.json(500, {}) },
    { name: "refuses us", special: (call: ScriptedCall) => call.json(403, { reason: "Forbidden" }) },
  ])("of one kind, since the server $name, everything is undecided, whatever the others and files say", async (how) => {
    special.set("imagepolicies.haechi.dev", how.special);
    objects.set("clusterimagepolicies.haechi.dev", [policy("open")]);
    const file: PolicyDocument = {
      kind: "ImagePolicy",
      name: "open",
      namespace: "team",
      repositories: [{ name: "*" }],
    };
    const opened = open({ ...FILES, documents: [file], isConfigured: true });
    await until(() => opened.health().troubled.length === 1);
    expect(opened.health()).toMatchObject({ state: "starting", troubled: ["imagepolicies.haechi.dev"] });
    expect(opened.policies.isReady).toBe(false);
    expect(verdictOf("team")).toEqual(["undecided", "POLICY_INVALID"]);
    await expect(opened.whenReady(AbortSignal.timeout(20))).rejects.toThrow("timeout");
    special.clear();
    objects.set("imagepolicies.haechi.dev", []);
    server.cut();
    await opened.whenReady(ready());
    expect(verdictOf("team")).toEqual(["allow"]);
  });
});

it("files and cluster count together; where neither says anything nothing is allowed", async () => {
  const opened = open({
    ...FILES,
    documents: [{ kind: "ClusterImagePolicy", name: "file", repositories: [{ name: "registry.example/*" }] }],
    isConfigured: true,
  });
  await opened.whenReady(ready());
  expect(verdictOf("team")).toEqual(["allow"]);
  watches.get("imagepolicies.haechi.dev")?.[0]?.send("ADDED", policy("strict", { scan: { required: true } }, "team"));
  await until(() => verdictOf("team")[0] !== "allow");
  expect(verdictOf("other")).toEqual(["allow"]);
  await opened[Symbol.asyncDispose]();
  const empty = open();
  await empty.whenReady(ready());
  expect(verdictOf("team")).toEqual(["deny", "NO_POLICY"]);
  expect(empty.policies.current().registry.documents.map(({ name }) => name)).toEqual(["haechi-default"]);
});

it("a burst of changes is one change", async () => {
  const opened = open();
  await opened.whenReady(ready());
  let changes = 0;
  opened.policies.subscribe(() => (changes += 1));
  const watch = watches.get("clusterimagepolicies.haechi.dev")?.[0];
  for (let index = 0; index < 50; index += 1) {
    watch?.send("ADDED", policy(`p${index}`));
  }
  await until(() => opened.policies.current().admission.documents.length === 50);
  expect(changes).toBeLessThan(10);
});

describe("a Secret that policies name", () => {
  beforeEach(() => {
    objects.set("clusterimagepolicies.haechi.dev", [policy("signed", SIGNED)]);
    objects.set("secrets", [secret("one")]);
  });

  it("is asked for by its name in its namespace, and no other is", async () => {
    await open().whenReady(ready());
    expect(keys()).toEqual(["one"]);
    await until(() => watches.has("secrets"));
    const asked = server.calls.filter(({ path }) => path.includes("secrets"));
    expect(new Set(asked.map(({ path }) => path))).toEqual(new Set([`/api/v1/namespaces/${SYSTEM}/secrets`]));
    expect(new Set(asked.map(({ query }) => query.get("fieldSelector")))).toEqual(new Set(["metadata.name=signer"]));
  });

  it("is the only one that counts of what a server gives that ignores the selector", async () => {
    objects.set("secrets", [secret("one"), { metadata: { name: "other", namespace: SYSTEM }, data: {} }]);
    await open().whenReady(ready());
    expect(cluster?.policies.current().admission.secrets.map(({ name }) => name)).toEqual(["signer"]);
  });

  it("does not keep a policy from being in force when nobody answers for it", async () => {
    special.set("secrets", () => {});
    await open().whenReady(ready());
    expect(verdictOf("team")).toContain("SECRET_MISSING");
    watches.get("clusterimagepolicies.haechi.dev")?.[0]?.send("DELETED", policy("signed", SIGNED));
    await until(() => verdictOf("team").includes("NO_POLICY"));
  });

  it("is wanted in every namespace where that of the request counts", async () => {
    objects.set("secrets", [secret("of-team", "team"), secret("of-other", "other")]);
    await open(FILES, "request").whenReady(ready());
    expect(server.calls.some(({ path }) => path === "/api/v1/secrets")).toBe(true);
    expect(keys()).toEqual(["of-team", "of-other"]);
  });

  describe("and that we may get and not watch", () => {
    beforeEach(() => {
      special.set("secrets", (call) => call.json(403, { reason: "Forbidden" }));
    });

    it("is read again and again: changes, goes, and stays while the server is away", async () => {
      special.set("secrets/one", (call) => call.json(200, secret("one")));
      await open().whenReady(ready());
      expect(keys()).toEqual(["one"]);
      special.set("secrets/one", (call) => call.json(500, {}));
      await until(() => cluster?.health().state === "stale");
      expect(keys()).toEqual(["one"]);
      special.set("secrets/one", (call) => call.json(200, secret("two", SYSTEM, "7")));
      await until(() => keys().join() === "two");
      special.set("secrets/one", (call) => call.json(404, {}));
      await until(() => keys().length === 0);
      expect(verdictOf("team")).toContain("SECRET_MISSING");
    });

    it("nor get counts as missing, and is said once", async () => {
      special.set("secrets/one", (call) => call.json(403, { reason: "Forbidden" }));
      await open().whenReady(ready());
      expect(verdictOf("team")).toContain("SECRET_MISSING");
      expect(logged.filter((line) => line.includes("may not be read"))).toHaveLength(1);
    });
  });
});

it("metrics say how old what is known may be, and why watches began anew", async () => {
  const opened = open();
  await opened.whenReady(ready());
  await until(() => watches.has("namespaces"));
  server.onCall = (call) => call.response.destroy();
  server.cut();
  await until(() => opened.health().state === "stale");
  const text = await metrics.metrics();
  expect(text).toMatch(/haechi_cluster_watch_restarts_total\{resource="namespaces",reason="unreachable"\} \d/);
  expect(text).toMatch(/haechi_cluster_watch_last_contact_seconds\{resource="namespaces"\} \d{10}/);
  expect(text).toMatch(/haechi_cluster_watch_stale_seconds\{resource="namespaces"\} 0\.\d|[1-9]/);
  expect(opened.policies.isReady).toBe(true);
});
