// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as sendRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Digest, digestOf } from "#base";
import type { DecisionRecord, ServerEvent } from "#database";
import { DEFAULT_POLICIES, type PolicyDocument, type ReasonCode, type Verdict } from "#policy";
import type { RunningRole, ServerContext } from "../context.ts";
import { startAdmission } from "./start-admission.ts";

const OURS = "registry.example:5000";
const folder = mkdtempSync(join(tmpdir(), "haechi-admission-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Outcome = Verdict["outcome"];

/** A server whose judge says what its tags are called: `good`, `bad`, `unknown`, `pending`. */
class World {
  readonly decisions: DecisionRecord[] = [];
  readonly questions: string[] = [];
  readonly waits: Digest[] = [];
  readonly subscribers = new Set<(event: ServerEvent) => void>();
  readonly metrics = new Registry();
  readonly stopping = new AbortController();
  readonly logged: string[] = [];
  failure: "deny" | "allow" = "deny";
  language: "en" | "ko" = "en";
  mode: Verdict["mode"] = "enforce";
  mutateImage = true;
  policies: readonly PolicyDocument[] = DEFAULT_POLICIES;
  /** Outcome by digest; others follow from the name. */
  readonly outcomes = new Map<Digest, Outcome>();
  readonly tags = new Map<string, Digest>();
  databaseFailure: Error | undefined;
  judgeFailure: Error | undefined;
  role: RunningRole | undefined;

  constructor() {
    for (const tag of ["good", "bad", "unknown", "pending"]) {
      this.tags.set(`team/app:${tag}`, digestOf(tag));
    }
    this.outcomes.set(digestOf("good"), "allow");
    this.outcomes.set(digestOf("bad"), "deny");
  }

  verdict(digest: Digest): Verdict {
    const outcome = this.outcomes.get(digest) ?? "undecided";
    const code: ReasonCode =
      outcome === "deny" ? "VULNERABILITY" : digest === digestOf("pending") ? "SCAN_PENDING" : "DISTRIBUTION_UNKNOWN";
    const params = { id: "CVE-2026-1", severity: "high", package: "left-pad", version: "1.0.0", fixed: "1.0.1" };
    return {
      outcome,
      reasons: outcome === "allow" ? [] : [{ code, effect: outcome, params: outcome === "deny" ? params : {} }],
      policy: { kind: "ClusterImagePolicy", name: "p", repository: "*" },
      mode: this.mode,
      mutateImage: this.mutateImage,
      digest,
    };
  }

  context(): ServerContext {
    const secrets = new Map<string, Uint8Array>();
    const context = {
      configuration: {
        dataDir: folder,
        listen: { admission: { host: "127.0.0.1", port: 0 } },
        registry: { names: [OURS, "localhost:5000"] },
        admission: { failure: this.failure, timeoutMs: 5_000 },
        language: this.language,
      },
      database: {
        registry: {
          findManifest: (repository: string, { tag }: { readonly tag: string }) => {
            if (this.databaseFailure !== undefined) {
              return Promise.reject(this.databaseFailure);
            }
            this.questions.push(`tag ${repository}:${tag}`);
            const digest = this.tags.get(`${repository}:${tag}`);
            return Promise.resolve(digest === undefined ? undefined : { digest });
          },
        },
        decisions: { record: (decision: DecisionRecord) => void this.decisions.push(decision) },
        events: {
          subscribe: (onEvent: (event: ServerEvent) => void) => {
            this.subscribers.add(onEvent);
            return () => void this.subscribers.delete(onEvent);
          },
        },
        secrets: {
          set: (name: string, value: Uint8Array) => Promise.resolve(void secrets.set(name, value)),
          getOrCreate: async (name: string, create: () => Promise<Uint8Array>) => {
            const value = secrets.get(name) ?? (await create());
            secrets.set(name, value);
            return value;
          },
        },
      },
      judge: {
        policies: this.policies,
        judge: (asked: { readonly reference: string; readonly digest: Digest; readonly namespace?: string }) => {
          this.questions.push(`judge ${asked.reference} ${asked.namespace ?? "-"}`);
          return this.judgeFailure === undefined
            ? Promise.resolve({ ...asked, verdict: this.verdict(asked.digest), repository: "team/app" })
            : Promise.reject(this.judgeFailure);
        },
        waitForScan: (digest: Digest) => {
          this.waits.push(digest);
          this.outcomes.set(digest, "allow");
          return Promise.resolve();
        },
      },
      telemetry: {
        log: pino({ level: "debug" }, { write: (line: string) => void this.logged.push(line) }),
        metrics: this.metrics,
      },
      clock: { now: () => new Date() },
      stopping: this.stopping.signal,
    };
    return context as unknown as ServerContext;
  }

  async start(): Promise<void> {
    this.role = await startAdmission(this.context());
  }

  url(path: string): string {
    return `${this.role?.url ?? ""}${path}`;
  }
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

async function post(url: string, body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const ca = readFileSync(join(folder, "admission-ca.pem"));
    const sent = sendRequest(
      url,
      { method: "POST", ca, agent: false, headers: { "content-type": "application/json", ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            headers: response.headers,
          }),
        );
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}

interface Response {
  readonly uid: string;
  readonly allowed: boolean;
  readonly patchType?: string;
  readonly patch?: string;
  readonly warnings?: readonly string[];
  readonly status?: {
    readonly message: string;
    readonly code: number;
    readonly reason: string;
    readonly details?: { readonly causes: readonly { readonly reason: string; readonly field: string }[] };
  };
}

async function ask(world: World, request: object, path = "/admit"): Promise<Response> {
  const body = JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request });
  const answer = await post(world.url(path), body);
  expect(answer.status).toBe(200);
  const review = JSON.parse(answer.text) as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly response: Response;
  };
  expect([review.apiVersion, review.kind, review.response.uid]).toEqual([
    "admission.k8s.io/v1",
    "AdmissionReview",
    "u1",
  ]);
  return review.response;
}

function patchOf(response: Response): unknown {
  return response.patch === undefined ? undefined : JSON.parse(Buffer.from(response.patch, "base64").toString());
}

function image(tag: string): string {
  return `${OURS}/team/app:${tag}`;
}

function pinned(name: string): string {
  return `${OURS}/team/app@${digestOf(name)}`;
}

function pod(...images: readonly string[]): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "team" },
    spec: { containers: images.map((each, index) => ({ name: `c${index}`, image: each })) },
  };
}

function request(object: unknown, changes: object = {}): object {
  return {
    uid: "u1",
    kind: { group: "", version: "v1", kind: "Pod" },
    resource: { group: "", version: "v1", resource: "pods" },
    requestKind: { group: "", version: "v1", kind: "Pod" },
    name: "web",
    namespace: "team",
    operation: "CREATE",
    userInfo: { username: "alice", groups: ["dev"] },
    object,
    oldObject: null,
    dryRun: false,
    options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1" },
    ...changes,
  };
}

/** A request for a workload; `template` is a Pod without its kind. */
function workload(kind: string, group: string, version: string, resource: string, template: object): object {
  const spec = kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return request(
    { apiVersion: group === "" ? version : `${group}/${version}`, kind, metadata: { name: "web" }, spec },
    { kind: { group, version, kind }, resource: { group, version, resource } },
  );
}

let world: World;
beforeEach(() => {
  world = new World();
  return async () => {
    await world.role?.stop();
    expect(world.subscribers.size).toBe(0);
  };
});

describe("a Pod", () => {
  it("with a good image is allowed and pinned, and the tag is noted", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good"))));
    expect(response).toMatchObject({ allowed: true, patchType: "JSONPatch" });
    expect(response.warnings).toBeUndefined();
    expect(patchOf(response)).toEqual([
      { op: "replace", path: "/spec/containers/0/image", value: pinned("good") },
      {
        op: "add",
        path: "/metadata/annotations",
        value: { "haechi.dev/original-images": JSON.stringify({ c0: image("good") }) },
      },
    ]);
    expect(world.decisions).toMatchObject([
      {
        gate: "admission",
        actor: "alice",
        reference: image("good"),
        digest: digestOf("good"),
        namespace: "team",
        outcome: "allow",
      },
    ]);
  });

  it("with a bad image is denied with image, reason, evidence, fix and policy", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good"), image("bad"))));
    expect(response).toMatchObject({ allowed: false, status: { code: 403, reason: "Forbidden" } });
    expect(response.patch).toBeUndefined();
    expect(response.status?.message.split("\n")).toEqual([
      "Haechi refused this Pod: 1 of its 2 images may not run.",
      `c1: ${image("bad")} is denied.`,
      "- left-pad 1.0.0 has CVE-2026-1 (high). It is fixed in 1.0.1: update the package or the base image, and rebuild.",
      "Decided by ClusterImagePolicy p, repository *.",
    ]);
    expect(response.status?.details?.causes).toMatchObject([
      { reason: "VULNERABILITY", field: "/spec/containers/1/image" },
    ]);
  });

  it("names every image that fails, wherever it is", async () => {
    await world.start();
    const object = {
      metadata: {},
      spec: {
        initContainers: [{ name: "i", image: image("bad") }],
        containers: [{ name: "c", image: image("good") }],
        ephemeralContainers: [{ name: "e", image: image("unknown") }],
        volumes: [
          { name: "v", image: { reference: image("bad") } },
          { name: "w", emptyDir: {} },
        ],
      },
    };
    const response = await ask(world, request(object));
    expect(response.status?.details?.causes.map((cause) => [cause.field, cause.reason])).toEqual([
      ["/spec/initContainers/0/image", "VULNERABILITY"],
      ["/spec/volumes/0/image/reference", "VULNERABILITY"],
      ["/spec/ephemeralContainers/0/image", "DISTRIBUTION_UNKNOWN"],
    ]);
  });

  it("that cannot be judged is refused without calling it a denial", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("unknown"))));
    expect(response).toMatchObject({ allowed: false, status: { code: 503, reason: "ServiceUnavailable" } });
    expect(response.status?.message).toMatch(/^Haechi cannot tell whether this Pod may run/);
    expect(response.status?.message).not.toMatch(/is denied/);
    expect(await world.metrics.getSingleMetricAsString("haechi_admission_undecided_total")).toContain(
      'reason="DISTRIBUTION_UNKNOWN"} 1',
    );
  });

  it("that cannot be judged passes with a warning where configuration says so", async () => {
    world.failure = "allow";
    await world.start();
    const response = await ask(world, request(pod(image("unknown"))));
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toMatch(/cannot tell whether .* may run, and let it pass/);
    expect(patchOf(response)).toContainEqual(expect.objectContaining({ value: pinned("unknown") }));
    expect(await world.metrics.getSingleMetricAsString("haechi_admission_reviews_total")).toContain(
      'outcome="undecided"} 1',
    );
  });

  it("is denied even so when another image is bad", async () => {
    world.failure = "allow";
    await world.start();
    expect(await ask(world, request(pod(image("unknown"), image("bad"))))).toMatchObject({
      allowed: false,
      status: { code: 403 },
    });
  });

  it("with an image that is being scanned waits for the scan", async () => {
    await world.start();
    expect(await ask(world, request(pod(image("pending"))), "/admit?timeout=10s")).toMatchObject({ allowed: true });
    expect(world.waits).toEqual([digestOf("pending")]);
  });

  it.each([
    { name: "of another registry", reference: "quay.io/team/app:1", want: "IMAGE_UNKNOWN", code: 503 },
    { name: "of Docker Hub", reference: "nginx", want: "IMAGE_UNKNOWN", code: 503 },
    {
      name: "of our host at another port",
      reference: "registry.example/team/app:good",
      want: "IMAGE_UNKNOWN",
      code: 503,
    },
    { name: "that was not pushed", reference: image("absent"), want: "IMAGE_UNKNOWN", code: 503 },
    { name: "that is no reference", reference: "Not A Reference", want: "REFERENCE_INVALID", code: 403 },
    { name: "with a broken digest", reference: `${OURS}/team/app@sha256:abc`, want: "REFERENCE_INVALID", code: 403 },
  ])("with an image $name is not let through", async ({ reference, want, code }) => {
    await world.start();
    const response = await ask(world, request(pod(reference)));
    expect(response).toMatchObject({ allowed: false, status: { code, details: { causes: [{ reason: want }] } } });
  });

  it("knows our registry by each of its names, and pins by the name that was used", async () => {
    await world.start();
    const response = await ask(world, request(pod("LOCALHOST:5000/team/app:good")));
    expect(patchOf(response)).toContainEqual(
      expect.objectContaining({ value: `localhost:5000/team/app@${digestOf("good")}` }),
    );
  });

  it("asks nothing about an image that policy lets through unchecked", async () => {
    world.policies = [{ kind: "ClusterImagePolicy", name: "open", repositories: [{ name: "*" }] }];
    world.databaseFailure = new Error("down");
    await world.start();
    const response = await ask(world, request(pod(image("bad"), "quay.io/a/b")));
    expect(response).toEqual({ uid: "u1", allowed: true });
    expect(world.questions).toEqual([]);
  });

  it("without any policy is denied", async () => {
    world.policies = [];
    await world.start();
    const response = await ask(world, request(pod("quay.io/a/b")));
    expect(response).toMatchObject({
      allowed: false,
      status: { code: 403, details: { causes: [{ reason: "NO_POLICY" }] } },
    });
  });

  it.each(["database", "judge"] as const)("is undecided when the %s fails, and the log says why", async (part) => {
    world[part === "database" ? "databaseFailure" : "judgeFailure"] = new Error("connection refused");
    await world.start();
    const response = await ask(world, request(pod(image("good"))));
    expect(response).toMatchObject({ status: { code: 503, details: { causes: [{ reason: "LOOKUP_FAILED" }] } } });
    expect(JSON.stringify(response)).not.toContain("connection refused");
    expect(world.logged.join()).toContain("connection refused");
  });

  it("in warn mode passes with a warning, and is recorded as what it is", async () => {
    world.mode = "warn";
    await world.start();
    const response = await ask(world, request(pod(image("bad"))));
    expect(response.allowed).toBe(true);
    expect(response.warnings?.[0]).toMatch(/breaks policy, which only warns so far: left-pad 1\.0\.0 has CVE-2026-1/);
    expect(world.decisions).toMatchObject([{ outcome: "deny" }]);
  });

  it("in audit mode passes in silence, and is recorded as what it is", async () => {
    world.mode = "audit";
    await world.start();
    const response = await ask(world, request(pod(image("bad"))));
    expect(response).toMatchObject({ allowed: true });
    expect(response.warnings).toBeUndefined();
    expect(world.decisions).toMatchObject([{ outcome: "deny" }]);
  });

  it("is not pinned when the policy says so", async () => {
    world.mutateImage = false;
    await world.start();
    expect(await ask(world, request(pod(image("good"))))).toEqual({ uid: "u1", allowed: true });
  });

  it("that names digests stays as it is", async () => {
    await world.start();
    const tagged = `${image("other")}@${digestOf("good")}`;
    expect(await ask(world, request(pod(pinned("good"), tagged)))).toEqual({ uid: "u1", allowed: true });
    expect(world.questions.filter((each) => each.startsWith("tag"))).toEqual([]);
  });

  it("of a dry run is judged and pinned but not recorded", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good")), { dryRun: true }));
    expect(patchOf(response)).toBeDefined();
    expect(world.decisions).toEqual([]);
  });

  it("without images, or with blank ones, is allowed", async () => {
    await world.start();
    expect(await ask(world, request(pod()))).toEqual({ uid: "u1", allowed: true });
    expect(await ask(world, request(pod("", " \t")))).toEqual({ uid: "u1", allowed: true });
  });

  it("with too many images is refused", async () => {
    await world.start();
    const images = Array.from({ length: 501 }, (_, at) => `${OURS}/team/app${at}`);
    expect(await ask(world, request(pod(...images)))).toMatchObject({ allowed: false });
    expect(world.questions).toEqual([]);
  });

  it("is told in Korean where that is configured", async () => {
    world.language = "ko";
    await world.start();
    const response = await ask(world, request(pod(image("bad"))));
    expect(response.status?.message).toMatch(/거부했습니다[^]*left-pad 1\.0\.0 패키지에 CVE-2026-1 취약점이 있습니다/);
  });

  it("is judged by its namespace", async () => {
    await world.start();
    await ask(world, request(pod(image("good")), { namespace: "other" }));
    expect(world.questions).toContain(`judge ${image("good")} other`);
  });

  it("keeps earlier notes and annotations", async () => {
    await world.start();
    const annotations = { a: "b", "haechi.dev/original-images": JSON.stringify({ old: "x", c0: "y" }) };
    const object = { ...pod(image("good")), metadata: { annotations } };
    expect(patchOf(await ask(world, request(object)))).toContainEqual({
      op: "add",
      path: "/metadata/annotations/haechi.dev~1original-images",
      value: JSON.stringify({ old: "x", c0: image("good") }),
    });
  });
});

describe("a tag", () => {
  it("is looked up once until something is pushed", async () => {
    await world.start();
    await ask(world, request(pod(image("good"))));
    await ask(world, request(pod(image("good"))));
    expect(world.questions.filter((each) => each.startsWith("tag"))).toHaveLength(1);
    world.tags.set("team/app:good", digestOf("bad"));
    for (const tell of world.subscribers) {
      tell({ type: "image-pushed", repository: "team/app", tag: "good", digest: digestOf("bad") });
    }
    expect(await ask(world, request(pod(image("good"))))).toMatchObject({ allowed: false });
  });
});

describe("an update", () => {
  it.each([
    {
      name: "of a Pod with the same images passes",
      before: pod(image("bad")),
      after: pod(image("bad")),
      allowed: true,
    },
    { name: "that changes an image is judged", before: pod(image("good")), after: pod(image("bad")), allowed: false },
    {
      name: "that adds an image is judged",
      before: pod(image("bad")),
      after: pod(image("bad"), image("unknown")),
      allowed: false,
    },
    { name: "without the object before is judged", before: null, after: pod(image("bad")), allowed: false },
  ])("$name", async ({ before, after, allowed }) => {
    await world.start();
    expect((await ask(world, request(after, { operation: "UPDATE", oldObject: before }))).allowed).toBe(allowed);
  });

  it("of the status passes", async () => {
    await world.start();
    const object = pod(image("bad"));
    const changes = { operation: "UPDATE", oldObject: object, subResource: "status" };
    expect(await ask(world, request(object, changes))).toEqual({ uid: "u1", allowed: true });
  });

  it("that adds an ephemeral container is judged, that one alone", async () => {
    await world.start();
    const before = pod(image("bad")) as { readonly spec: object };
    const after = {
      ...before,
      spec: { ...before.spec, ephemeralContainers: [{ name: "debug", image: image("good") }] },
    };
    const changes = { operation: "UPDATE", oldObject: before, subResource: "ephemeralcontainers" };
    const response = await ask(world, request(after, changes));
    expect(patchOf(response)).toContainEqual({
      op: "replace",
      path: "/spec/ephemeralContainers/0/image",
      value: pinned("good"),
    });
    after.spec.ephemeralContainers[0] = { name: "debug", image: image("bad") };
    const unknown = {
      ...after,
      spec: { ...after.spec, ephemeralContainers: [{ name: "debug", image: image("unknown") }] },
    };
    expect(await ask(world, request(unknown, changes))).toMatchObject({ allowed: false });
  });

  it.each(["DELETE", "CONNECT"])("%s passes", async (operation) => {
    await world.start();
    expect(await ask(world, request(null, { operation, oldObject: pod(image("bad")) }))).toEqual({
      uid: "u1",
      allowed: true,
    });
  });
});

describe("what makes Pods", () => {
  const template = { metadata: {}, spec: { containers: [{ name: "c", image: image("bad") }] } };
  it.each([
    ["ReplicationController", "", "v1", "replicationcontrollers"],
    ["Deployment", "apps", "v1", "deployments"],
    ["Deployment", "extensions", "v1beta1", "deployments"],
    ["ReplicaSet", "apps", "v1", "replicasets"],
    ["DaemonSet", "apps", "v1beta2", "daemonsets"],
    ["StatefulSet", "apps", "v1", "statefulsets"],
    ["Job", "batch", "v1", "jobs"],
    ["CronJob", "batch", "v1", "cronjobs"],
  ])("%s of %s/%s is admitted with a warning", async (kind, group, version, resource) => {
    await world.start();
    const response = await ask(world, workload(kind, group, version, resource, template));
    expect(response.allowed).toBe(true);
    expect(response.patch).toBeUndefined();
    expect(response.warnings).toEqual([
      `Haechi would refuse the Pods of this ${kind}: ${image("bad")} is denied.`,
      expect.stringMatching(/left-pad 1\.0\.0 has CVE-2026-1/),
    ]);
    expect(world.decisions).toEqual([]);
  });

  it("with a good image is admitted in silence, and does not wait for scans", async () => {
    await world.start();
    const spec = (tag: string) => ({ metadata: {}, spec: { containers: [{ image: image(tag) }] } });
    expect(await ask(world, workload("Job", "batch", "v1", "jobs", spec("good")))).toEqual({
      uid: "u1",
      allowed: true,
    });
    const pending = await ask(world, workload("Job", "batch", "v1", "jobs", spec("pending")));
    expect(pending.warnings?.[0]).toMatch(/cannot tell now/);
    expect(world.waits).toEqual([]);
  });

  it("is left alone when it is scaled", async () => {
    await world.start();
    const asked = workload("Deployment", "apps", "v1", "deployments", template) as { readonly object: object };
    expect(await ask(world, { ...asked, operation: "UPDATE", oldObject: asked.object })).toEqual({
      uid: "u1",
      allowed: true,
    });
    const scale = {
      kind: { group: "autoscaling", version: "v1", kind: "Scale" },
      subResource: "scale",
      object: { spec: { replicas: 3 } },
    };
    expect(await ask(world, { ...asked, ...scale, operation: "UPDATE" })).toEqual({ uid: "u1", allowed: true });
  });

  it.each([
    ["batch.volcano.sh", "v1alpha1", "jobs", "Job"],
    ["apps", "v1", "controllerrevisions", "ControllerRevision"],
    ["", "v1", "services", "Service"],
    ["example.com", "v1", "pods", "Pod"],
  ])("is left alone when it is another group's or no workload: %s/%s/%s", async (group, version, resource, kind) => {
    await world.start();
    expect(await ask(world, workload(kind, group, version, resource, template))).toEqual({ uid: "u1", allowed: true });
  });

  it.each([
    ["Deployment", "apps", "v2", "deployments"],
    ["CronJob", "batch", "v2alpha1", "cronjobs"],
    ["Pod", "", "v2", "pods"],
    ["Sneaky", "apps", "v1", "deployments"],
  ])("is refused in a form that we cannot read: %s %s/%s/%s", async (kind, group, version, resource) => {
    await world.start();
    const response = await ask(world, workload(kind, group, version, resource, template));
    expect(response).toMatchObject({ allowed: false, status: { code: 403 } });
    expect(response.status?.message).toContain(`${version}/${resource} (${kind})`);
  });

  it("is refused where the old ephemeral container kind is used", async () => {
    await world.start();
    const changes = {
      subResource: "ephemeralcontainers",
      kind: { group: "", version: "v1", kind: "EphemeralContainers" },
      operation: "UPDATE",
    };
    expect(await ask(world, request({ ephemeralContainers: [] }, changes))).toMatchObject({ allowed: false });
  });
});

describe("/validate", () => {
  it("lets through what was pinned, and changes and records nothing", async () => {
    await world.start();
    expect(await ask(world, request(pod(pinned("good"))), "/validate")).toEqual({ uid: "u1", allowed: true });
    expect(world.decisions).toEqual([]);
  });

  it("refuses an image that was put in after the first webhook", async () => {
    await world.start();
    expect(await ask(world, request(pod(pinned("bad"))), "/validate")).toMatchObject({ allowed: false });
    expect(world.decisions).toMatchObject([{ outcome: "deny" }]);
  });

  it("refuses a tag where the policy pins digests", async () => {
    await world.start();
    const response = await ask(world, request(pod(image("good"))), "/validate");
    expect(response).toMatchObject({
      allowed: false,
      status: { code: 403, details: { causes: [{ reason: "DIGEST_REQUIRED" }] } },
    });
  });

  it("accepts a tag where it does not", async () => {
    world.mutateImage = false;
    await world.start();
    expect(await ask(world, request(pod(image("good"))), "/validate")).toMatchObject({ allowed: true });
  });

  it.each([
    { name: "a tag that names the digest counts", claim: image("one"), tags: { one: "hidden" }, allowed: true },
    { name: "a tag that names another digest does not", claim: image("one"), tags: { one: "good" }, allowed: false },
    {
      name: "a tag of another repository does not",
      claim: `${OURS}/other/app:one`,
      tags: { one: "hidden" },
      allowed: false,
    },
    { name: "what is no reference does not", claim: "::", tags: {}, allowed: false },
  ])("the note of the tag is only a hint: $name", async ({ claim, tags, allowed }) => {
    await world.start();
    const context = world.context();
    expect(context.judge).toBeDefined();
    for (const [tag, name] of Object.entries(tags)) {
      world.tags.set(`team/app:${tag}`, digestOf(name));
    }
    const judged: string[] = [];
    world.verdict = (digest) => {
      const reference = world.questions.at(-1) ?? "";
      judged.push(reference);
      // Only the entry for the tag allows the image.
      const outcome = reference.includes(":one ") ? "allow" : "deny";
      const base = new World().verdict(digestOf(outcome === "allow" ? "good" : "bad"));
      return { ...base, digest };
    };
    const object = {
      ...pod(pinned("hidden")),
      metadata: { annotations: { "haechi.dev/original-images": JSON.stringify({ c0: claim }) } },
    };
    expect((await ask(world, request(object), "/validate")).allowed).toBe(allowed);
    expect(judged.length).toBe(allowed ? 2 : 1);
  });
});

describe("bad input", () => {
  beforeAll(() => undefined);

  const valid = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request: request(pod(image("good"))) };
  function body(changes: object): string {
    return JSON.stringify({ ...valid, request: { ...valid.request, ...changes } });
  }

  it.each<{ readonly name: string; readonly body: string | Uint8Array }>([
    { name: "nothing", body: "" },
    { name: "no JSON", body: "{" },
    { name: "null", body: "null" },
    { name: "a list", body: "[]" },
    { name: "no request", body: JSON.stringify({ ...valid, request: undefined }) },
    { name: "no uid", body: body({ uid: undefined }) },
    { name: "an empty uid", body: body({ uid: "" }) },
    { name: "a uid of another type", body: body({ uid: 5 }) },
    { name: "a uid without end", body: body({ uid: "u".repeat(257) }) },
    { name: "a key twice", body: `{"request":{"uid":"u1"},"request":{"uid":"u2"}}` },
    { name: "a key twice, written differently", body: String.raw`{"a":1,"\u0061":2}` },
    {
      name: "bytes that are not UTF-8",
      body: Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    },
    { name: "a byte order mark", body: Buffer.from(`\u{feff}${JSON.stringify(valid)}`) },
    { name: "nesting without end", body: "[".repeat(100_000) + "]".repeat(100_000) },
    { name: "a request that is deep", body: body({ object: JSON.parse("[".repeat(70) + "]".repeat(70)) }) },
  ])("$name is answered with 400 and no detail of ours", async (input) => {
    await world.start();
    const answer = await post(world.url("/admit"), input.body);
    expect(answer.status).toBe(400);
    const { error } = JSON.parse(answer.text) as { readonly error: Readonly<Record<string, string>> };
    expect(error).toEqual({
      code: "REVIEW_MALFORMED",
      message: expect.any(String),
      requestId: answer.headers["x-request-id"],
    });
    expect(answer.text).not.toMatch(/\bat .*:\d+|node_modules|\.ts\b/);
    expect(world.questions).toEqual([]);
  });

  it.each([
    { name: "another version", body: JSON.stringify({ ...valid, apiVersion: "admission.k8s.io/v1beta1" }) },
    { name: "another kind", body: JSON.stringify({ ...valid, kind: "Pod" }) },
    { name: "no kind of object", body: body({ kind: null }) },
    { name: "an operation that is not known", body: body({ operation: "PATCH" }) },
    { name: "dryRun of another type", body: body({ dryRun: "no" }) },
    { name: "no object", body: body({ object: null }) },
    { name: "an object of another type", body: body({ object: "pod" }) },
    { name: "no spec", body: body({ object: {} }) },
    { name: "containers of another type", body: body({ object: { spec: { containers: { image: "x" } } } }) },
    { name: "an image of another type", body: body({ object: { spec: { containers: [{ image: 5 }] } } }) },
    { name: "a container that is null", body: body({ object: { spec: { containers: [null] } } }) },
  ])("$name is refused with the uid", async (input) => {
    await world.start();
    const answer = await post(world.url("/admit"), input.body);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.text)).toMatchObject({ response: { uid: "u1", allowed: false, status: { code: 400 } } });
  });

  it("a review past the size limit is refused, told or found out", async () => {
    await world.start();
    const large = Buffer.alloc(8 * 1024 * 1024 + 1, 0x20);
    expect((await post(world.url("/admit"), large)).status).toBe(413);
    const chunked = await post(world.url("/admit"), large, { "transfer-encoding": "chunked" }).catch(() => undefined);
    expect(chunked?.status ?? 413).toBe(413);
  });

  it.each([
    { name: "another path", path: "/", headers: {}, status: 404 },
    { name: "a path with more", path: "/admit/x", headers: {}, status: 404 },
    { name: "another content type", path: "/admit", headers: { "content-type": "text/plain" }, status: 415 },
    {
      name: "a content type that only begins alike",
      path: "/admit",
      headers: { "content-type": "application/jsonx" },
      status: 415,
    },
  ])("$name is answered with $status", async ({ path, headers, status }) => {
    await world.start();
    const answer = await post(world.url(path), JSON.stringify(valid), headers);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toHaveProperty("error.requestId");
  });

  it("another method is answered with 405", async () => {
    await world.start();
    const ca = readFileSync(join(folder, "admission-ca.pem"));
    const status = await new Promise((resolve, reject) => {
      sendRequest(world.url("/admit"), { method: "GET", ca, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(405);
  });

  it("TLS below 1.2 is refused", async () => {
    await world.start();
    const { port } = new URL(world.url("/"));
    const failure = await new Promise((resolve) => {
      const socket = connect({
        port: Number(port),
        host: "127.0.0.1",
        rejectUnauthorized: false,
        minVersion: "TLSv1.1",
        maxVersion: "TLSv1.1",
        ciphers: "DEFAULT@SECLEVEL=0",
      });
      socket.on("error", resolve);
      socket.on("secureConnect", () => resolve(undefined));
    });
    expect(failure).toBeInstanceOf(Error);
  });

  it("a judge with a bug refuses, and the log has the request id", async () => {
    await world.start();
    world.verdict = () => {
      throw new TypeError("boom");
    };
    const response = await ask(world, request(pod(image("good"))));
    expect(response).toMatchObject({ allowed: false, status: { code: 503 } });
    expect(JSON.stringify(response)).not.toContain("boom");
    expect(world.logged.some((line) => line.includes("boom") && line.includes("requestId"))).toBe(true);
  });
});

describe("stopping", () => {
  it("lets a review in flight end", async () => {
    await world.start();
    const { promise, resolve } = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const context = world.context();
    await world.role?.stop();
    world.role = await startAdmission({
      ...context,
      telemetry: { ...context.telemetry, metrics: new Registry() },
      judge: {
        ...context.judge,
        judge: async (question) => {
          asked.resolve();
          await promise;
          return await context.judge.judge(question);
        },
      },
    });
    const answer = ask(world, request(pod(image("good"))));
    await asked.promise;
    const stopped = world.role.stop();
    resolve();
    expect(await answer).toMatchObject({ allowed: true });
    await stopped;
    await expect(post(world.url("/admit"), "{}")).rejects.toThrow();
    world.role = undefined;
  });
});
