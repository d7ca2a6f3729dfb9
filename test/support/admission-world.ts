// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as sendRequest } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeEach, expect } from "vitest";
import { type Digest, digestOf } from "#base";
import type { Configuration } from "#configuration";
import type { DecisionRecord, ServerEvent } from "#database";
import type { KubeClient } from "#kube";
import {
  createPolicySet,
  DEFAULT_REGISTRY_POLICIES,
  type PolicyDocument,
  type PolicySet,
  type Reason,
  type ReasonCode,
  type UsedException,
  type Verdict,
} from "#policy";
import { startAdmission } from "../../src/apps/server/admission/index.ts";
import type { RunningRole, ServerContext } from "../../src/apps/server/context.ts";
import { fixedPolicies } from "../../src/apps/server/read-gate-policies.ts";
import { MemoryAdmissionRecords } from "./admission-records.ts";

export const OURS = "registry.example:5000";
const folder = mkdtempSync(join(tmpdir(), "haechi-admission-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Outcome = Verdict["outcome"];

/** A server whose judge says what its tags are called: `good`, `bad`, `unknown`, `pending`. */
export class AdmissionWorld {
  readonly decisions: DecisionRecord[] = [];
  readonly questions: string[] = [];
  readonly waits: Digest[] = [];
  readonly subscribers: Set<(event: ServerEvent) => void> = new Set();
  readonly metrics: Registry = new Registry();
  readonly stopping: AbortController = new AbortController();
  readonly logged: string[] = [];
  readonly admissions: MemoryAdmissionRecords = new MemoryAdmissionRecords();
  /** What the configuration says of admission, beyond the rest of this world. */
  settings: Partial<Configuration["admission"]> = {};
  /** The Kubernetes API, if there is one. */
  client: Partial<KubeClient> | undefined;
  exceptions: PolicySet["exceptions"] = [];
  /** Why images are denied; absent: a vulnerability. */
  reasons: readonly Reason[] | undefined;
  spelling: Verdict["spelling"];
  /** Why nobody can tell. */
  undecidedCode: ReasonCode = "SCAN_MISSING";
  isReady = true;
  /** Exceptions that made a difference to every verdict. */
  exceptionsUsed: readonly UsedException[] = [];
  /** Digests whose scan is not finished, beside that of `pending`. */
  readonly pending: Set<Digest> = new Set([digestOf("pending")]);
  /** For which workloads images were judged. */
  readonly workloads: unknown[] = [];
  failure: Configuration["admission"]["failure"] = "deny";
  language: "en" | "ko" = "en";
  mode: Verdict["mode"] = "enforce";
  mutateImage = true;
  policies: readonly PolicyDocument[] = DEFAULT_REGISTRY_POLICIES;
  /** Outcome by digest; others follow from the name. */
  readonly outcomes: Map<Digest, Outcome> = new Map();
  readonly tags: Map<string, Digest> = new Map();
  /** What scans in progress wait for. */
  scanEnds: Promise<void> = Promise.resolve();
  /** How far the server's clock is ahead. */
  aheadMs = 0;
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
      outcome === "deny" ? "VULNERABILITY" : this.pending.has(digest) ? "SCAN_PENDING" : this.undecidedCode;
    const params = { id: "CVE-2026-1", severity: "high", package: "left-pad", version: "1.0.0", fixed: "1.0.1" };
    return {
      outcome,
      reasons:
        outcome === "allow"
          ? []
          : outcome === "deny" && this.reasons !== undefined
            ? this.reasons
            : [{ code, effect: outcome, params: outcome === "deny" ? params : {} }],
      ...(this.spelling === undefined ? {} : { spelling: this.spelling }),
      policy: { kind: "ClusterImagePolicy", name: "p", repository: "*" },
      mode: this.mode,
      mutateImage: this.mutateImage,
      ...(this.exceptionsUsed.length === 0 ? {} : { exceptions: this.exceptionsUsed }),
      digest,
    };
  }

  context(): ServerContext {
    const secrets = new Map<string, Uint8Array>();
    const set = createPolicySet({ documents: this.policies, secrets: [], exceptions: this.exceptions });
    const context = {
      configuration: {
        dataDir: folder,
        listen: { admission: { host: "127.0.0.1", port: 0 } },
        registry: { names: [OURS, "localhost:5000"] },
        signatures: { notaryServers: [{ name: "notary.example", value: "https://trust.notary.example" }] },
        admission: {
          failure: this.failure,
          enforceAt: "pod",
          pinnedForm: "digest",
          timeoutMs: 5_000,
          names: [],
          clientNames: [],
          ...this.settings,
        },
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
        admissions: this.admissions,
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
      ...(this.client === undefined
        ? {}
        : { cluster: { client: this.client, pullSecrets: () => Promise.resolve([]) } }),
      judge: {
        policies: { ...fixedPolicies({ registry: set, admission: set }), isReady: this.isReady },
        judge: (asked: {
          readonly reference: string;
          readonly digest: Digest;
          readonly namespace?: string;
          readonly workload?: unknown;
        }) => {
          this.workloads.push(asked.workload);
          this.questions.push(`judge ${asked.reference} ${asked.namespace ?? "-"}`);
          return this.judgeFailure === undefined
            ? Promise.resolve({ ...asked, verdict: this.verdict(asked.digest), repository: "team/app" })
            : Promise.reject(this.judgeFailure);
        },
        waitForScan: async (digest: Digest) => {
          this.waits.push(digest);
          await this.scanEnds;
          this.outcomes.set(digest, "allow");
        },
      },
      telemetry: {
        log: pino({ level: "debug" }, { write: (line: string) => void this.logged.push(line) }),
        metrics: this.metrics,
      },
      clock: { now: () => new Date(Date.now() + this.aheadMs) },
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

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export async function post(
  url: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const ca = publishedAuthority();
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

export interface ReviewResponse {
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

export async function ask(world: AdmissionWorld, request: object, path = "/admit"): Promise<ReviewResponse> {
  const body = JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request });
  const answer = await post(world.url(path), body);
  expect(answer.status).toBe(200);
  const review = JSON.parse(answer.text) as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly response: ReviewResponse;
  };
  expect([review.apiVersion, review.kind, review.response.uid]).toEqual([
    "admission.k8s.io/v1",
    "AdmissionReview",
    "u1",
  ]);
  return review.response;
}

export function patchOf(response: ReviewResponse): unknown {
  return response.patch === undefined ? undefined : JSON.parse(Buffer.from(response.patch, "base64").toString());
}

export function image(tag: string): string {
  return `${OURS}/team/app:${tag}`;
}

export function pinned(name: string): string {
  return `${OURS}/team/app@${digestOf(name)}`;
}

export function pod(...images: readonly string[]): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "team" },
    spec: { containers: images.map((each, index) => ({ name: `c${index}`, image: each })) },
  };
}

export function request(object: unknown, changes: object = {}): object {
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

/** A request for a workload, whose resource is written `apps/v1/deployments`; `template` is a Pod without its kind. */
export function workload(kind: string, resourceName: string, template: object): object {
  const [group = "", version = "", resource = ""] = resourceName.split("/");
  const spec = kind === "CronJob" ? { jobTemplate: { spec: { template } } } : { template };
  return request(
    { apiVersion: group === "" ? version : `${group}/${version}`, kind, metadata: { name: "web" }, spec },
    { kind: { group, version, kind }, resource: { group, version, resource } },
  );
}

/** Where the world of the running test is: a new one for each test, stopped after it. */
export function useAdmissionWorld(): { readonly current: AdmissionWorld } {
  const place = { current: new AdmissionWorld() };
  beforeEach(() => {
    place.current = new AdmissionWorld();
    return async () => {
      await place.current.role?.stop();
      expect(place.current.subscribers.size).toBe(0);
    };
  });
  return place;
}

/** The certificate of the authority that the started gate published. */
export function publishedAuthority(): Buffer {
  return readFileSync(join(folder, "admission-ca.pem"));
}
