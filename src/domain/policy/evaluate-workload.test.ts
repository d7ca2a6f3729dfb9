// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type EvaluatedWorkload, evaluateWorkload, type WorkloadVerdict } from "./evaluate-workload.ts";
import type { PolicyDocument } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import type { WorkloadChecks } from "./workload-checks.ts";

const NOW = new Date("2026-07-01T00:00:00Z");

function cluster(workload: WorkloadChecks | undefined, changes: Partial<PolicyDocument> = {}): PolicyDocument {
  return {
    kind: "ClusterImagePolicy",
    name: "c",
    repositories: [],
    isWorkloadOnly: true,
    ...(workload === undefined ? {} : { workload }),
    ...changes,
  };
}

function ofNamespace(namespace: string, workload: WorkloadChecks | undefined): PolicyDocument {
  return {
    kind: "ImagePolicy",
    namespace,
    name: "n",
    repositories: [],
    ...(workload === undefined ? {} : { workload }),
  };
}

interface Rest extends Partial<Omit<EvaluatedWorkload, "policies">> {
  readonly exceptions?: readonly PolicyException[];
}

function judge(documents: readonly PolicyDocument[], { exceptions = [], ...rest }: Rest = {}): WorkloadVerdict {
  return evaluateWorkload({
    pod: { spec: { containers: [{ name: "app" }] } },
    owner: { kind: "Pod", name: "p" },
    namespace: "shop",
    policies: { documents, exceptions },
    now: NOW,
    ...rest,
  });
}

function summary({ outcome, reasons }: WorkloadVerdict): readonly string[] {
  return [outcome, ...reasons.map(({ effect, code }) => `${effect} ${code}`)];
}

/** A Pod of one container. */
function pod(container: object, spec: object = {}, metadata: object = {}): Pick<Rest, "pod"> {
  return { pod: { ...metadata, spec: { containers: [{ name: "app", ...container }], ...spec } } };
}

const secured = (securityContext: object, spec: object = {}) => pod({ securityContext }, spec);
const DENY = { outcome: "deny" };
const ALLOW = { outcome: "allow", reasons: [] };

interface Row {
  readonly name: string;
  readonly checks: WorkloadChecks;
  readonly rest: Rest;
  readonly want: readonly string[];
}

describe("the checks", () => {
  it.each<Row>([
    {
      name: "privileged",
      checks: { privileged: "deny" },
      rest: secured({ privileged: true }),
      want: ["deny", "deny PRIVILEGED"],
    },
    { name: "not privileged", checks: { privileged: "deny" }, rest: secured({ privileged: false }), want: ["allow"] },
    {
      name: "privileged by a word",
      checks: { privileged: "deny" },
      rest: secured({ privileged: "false" }),
      want: ["deny", "deny PRIVILEGED"],
    },
    {
      name: "a privileged ephemeral container",
      checks: { privileged: "deny" },
      rest: pod({}, { ephemeralContainers: [{ name: "debug", securityContext: { privileged: true } }] }),
      want: ["deny", "deny PRIVILEGED"],
    },
    { name: "root is open", checks: { runAsNonRoot: "required" }, rest: pod({}), want: ["deny", "deny RUN_AS_ROOT"] },
    {
      name: "runAsNonRoot",
      checks: { runAsNonRoot: "required" },
      rest: secured({ runAsNonRoot: true }),
      want: ["allow"],
    },
    {
      name: "runAsNonRoot of the Pod",
      checks: { runAsNonRoot: "required" },
      rest: pod({}, { securityContext: { runAsNonRoot: true } }),
      want: ["allow"],
    },
    {
      name: "a container that takes it back",
      checks: { runAsNonRoot: "required" },
      rest: secured({ runAsNonRoot: false }, { securityContext: { runAsNonRoot: true } }),
      want: ["deny", "deny RUN_AS_ROOT"],
    },
    { name: "another user", checks: { runAsNonRoot: "required" }, rest: secured({ runAsUser: 1000 }), want: ["allow"] },
    {
      name: "the user 0",
      checks: { runAsNonRoot: "required" },
      rest: secured({ runAsUser: 0 }),
      want: ["deny", "deny RUN_AS_ROOT"],
    },
    {
      name: "the user 0 of a container in a Pod of another",
      checks: { runAsNonRoot: "required" },
      rest: secured({ runAsUser: 0 }, { securityContext: { runAsUser: 1000 } }),
      want: ["deny", "deny RUN_AS_ROOT"],
    },
    {
      name: "user and group",
      checks: { runAsUser: "required", runAsGroup: "required" },
      rest: secured({ runAsUser: 0 }),
      want: ["deny", "deny RUN_AS_GROUP_MISSING"],
    },
    {
      name: "a group of the Pod",
      checks: { runAsGroup: "required" },
      rest: pod({}, { securityContext: { runAsGroup: 10 } }),
      want: ["allow"],
    },
    {
      name: "ALL is kept",
      checks: { capabilities: { requireDrop: ["ALL"] } },
      rest: secured({ capabilities: { drop: ["NET_RAW"] } }),
      want: ["deny", "deny CAPABILITY_NOT_DROPPED"],
    },
    {
      name: "ALL is dropped",
      checks: { capabilities: { requireDrop: ["NET_RAW"] } },
      rest: secured({ capabilities: { drop: ["ALL"] } }),
      want: ["allow"],
    },
    {
      name: "ALL is dropped and what must be dropped is added again",
      checks: { capabilities: { requireDrop: ["NET_RAW"] } },
      rest: secured({ capabilities: { drop: ["ALL"], add: ["NET_RAW"] } }),
      want: ["deny", "deny CAPABILITY_NOT_DROPPED"],
    },
    {
      name: "it is added again in another spelling",
      checks: { capabilities: { requireDrop: ["NET_RAW"] } },
      rest: secured({ capabilities: { drop: ["ALL"], add: ["cap_net_raw"] } }),
      want: ["deny", "deny CAPABILITY_NOT_DROPPED"],
    },
    {
      name: "ALL is added again",
      checks: { capabilities: { requireDrop: ["NET_RAW"] } },
      rest: secured({ capabilities: { drop: ["ALL"], add: ["ALL"] } }),
      want: ["deny", "deny CAPABILITY_NOT_DROPPED"],
    },
    {
      name: "ALL must be dropped, and one is added again",
      checks: { capabilities: { requireDrop: ["ALL"] } },
      rest: secured({ capabilities: { drop: ["ALL"], add: ["NET_BIND_SERVICE"] } }),
      want: ["allow"],
    },
    {
      name: "a capability more",
      checks: { capabilities: { allowAdd: ["CHOWN"] } },
      rest: secured({ capabilities: { add: ["CHOWN", "SYS_ADMIN"] } }),
      want: ["deny", "deny CAPABILITY_ADDED"],
    },
    {
      name: "no capability may be added",
      checks: { capabilities: { allowAdd: [] } },
      rest: secured({ capabilities: { add: ["CHOWN"] } }),
      want: ["deny", "deny CAPABILITY_ADDED"],
    },
    { name: "none is added", checks: { capabilities: { allowAdd: [] } }, rest: pod({}), want: ["allow"] },
    { name: "no seccomp", checks: { seccomp: "required" }, rest: pod({}), want: ["deny", "deny SECCOMP_MISSING"] },
    {
      name: "seccomp Unconfined over that of the Pod",
      checks: { seccomp: "required" },
      rest: secured(
        { seccompProfile: { type: "Unconfined" } },
        { securityContext: { seccompProfile: { type: "RuntimeDefault" } } },
      ),
      want: ["deny", "deny SECCOMP_MISSING"],
    },
    {
      name: "seccomp of the Pod",
      checks: { seccomp: "required" },
      rest: pod({}, { securityContext: { seccompProfile: { type: "Localhost" } } }),
      want: ["allow"],
    },
    { name: "no AppArmor", checks: { appArmor: "required" }, rest: pod({}), want: ["deny", "deny APPARMOR_MISSING"] },
    {
      name: "AppArmor",
      checks: { appArmor: "required" },
      rest: secured({ appArmorProfile: { type: "RuntimeDefault" } }),
      want: ["allow"],
    },
    {
      name: "AppArmor by annotation",
      checks: { appArmor: "required" },
      rest: pod({}, {}, { annotations: { "container.apparmor.security.beta.kubernetes.io/app": "runtime/default" } }),
      want: ["allow"],
    },
    {
      name: "AppArmor of the Pod that an annotation switches off",
      checks: { appArmor: "required" },
      rest: pod(
        {},
        { securityContext: { appArmorProfile: { type: "RuntimeDefault" } } },
        { annotations: { "container.apparmor.security.beta.kubernetes.io/app": "unconfined" } },
      ),
      want: ["deny", "deny APPARMOR_MISSING"],
    },
    {
      name: "no SELinux",
      checks: { seLinux: "required" },
      rest: secured({ seLinuxOptions: {} }),
      want: ["deny", "deny SELINUX_MISSING"],
    },
    {
      name: "SELinux",
      checks: { seLinux: "required" },
      rest: secured({ seLinuxOptions: { level: "s0" } }),
      want: ["allow"],
    },
    {
      name: "a writable root",
      checks: { readOnlyRootFilesystem: "required" },
      rest: secured({ readOnlyRootFilesystem: false }),
      want: ["deny", "deny ROOT_FILESYSTEM_WRITABLE"],
    },
    {
      name: "a read-only root",
      checks: { readOnlyRootFilesystem: "required" },
      rest: secured({ readOnlyRootFilesystem: true }),
      want: ["allow"],
    },
    {
      name: "no requests and limits",
      checks: { requireRequests: ["cpu"], requireLimits: ["memory"] },
      rest: pod({ resources: { requests: { memory: "1Gi" } } }),
      want: ["deny", "deny REQUEST_MISSING", "deny LIMIT_MISSING"],
    },
    {
      name: "limits are requests, too",
      checks: { requireRequests: ["cpu"] },
      rest: pod({ resources: { limits: { cpu: "1" } } }),
      want: ["allow"],
    },
    {
      name: "requests are no limits",
      checks: { requireLimits: ["cpu"] },
      rest: pod({ resources: { requests: { cpu: "1" } } }),
      want: ["deny", "deny LIMIT_MISSING"],
    },
    {
      name: "a limit of zero",
      checks: { requireLimits: ["cpu"] },
      rest: pod({ resources: { limits: { cpu: "0" } } }),
      want: ["deny", "deny LIMIT_MISSING"],
    },
    {
      name: "limits of the whole Pod",
      checks: { requireLimits: ["cpu"] },
      rest: pod({}, { resources: { limits: { cpu: 1 } } }),
      want: ["allow"],
    },
    {
      name: "an ephemeral container, which can have none",
      checks: { requireLimits: ["cpu"] },
      rest: pod({ resources: { limits: { cpu: "1" } } }, { ephemeralContainers: [{ name: "debug" }] }),
      want: ["allow"],
    },
    {
      name: "a template, whose Pods may still get them",
      checks: { requireLimits: ["cpu"] },
      rest: { ...pod({}), isTemplate: true, owner: { kind: "Deployment", name: "shop" } },
      want: ["allow", "warn LIMIT_MISSING"],
    },
    {
      name: "a Pod with an owner is no template",
      checks: { requireLimits: ["cpu"] },
      rest: { ...pod({}), owner: { kind: "Deployment", name: "shop" } },
      want: ["deny", "deny LIMIT_MISSING"],
    },
    {
      name: "no label",
      checks: { requireLabels: [{ name: "team" }] },
      rest: pod({}),
      want: ["deny", "deny LABEL_MISSING"],
    },
    {
      name: "an empty label",
      checks: { requireLabels: [{ name: "team" }] },
      rest: pod({}, {}, { labels: { team: "" } }),
      want: ["deny", "deny LABEL_MISSING"],
    },
    {
      name: "a label of every object",
      checks: { requireLabels: [{ name: "constructor" }] },
      rest: pod({}),
      want: ["deny", "deny LABEL_MISSING"],
    },
    {
      name: "a label",
      checks: { requireLabels: [{ name: "team" }] },
      rest: pod({}, {}, { labels: { team: "a" } }),
      want: ["allow"],
    },
    {
      name: "another value",
      checks: { requireLabels: [{ name: "tier", values: ["web-*"] }] },
      rest: pod({}, {}, { labels: { tier: "data" } }),
      want: ["deny", "deny LABEL_NOT_ALLOWED"],
    },
    {
      name: "one of the values",
      checks: { requireLabels: [{ name: "tier", values: ["x", "web-*"] }] },
      rest: pod({}, {}, { labels: { tier: "web-1" } }),
      want: ["allow"],
    },
    {
      name: "the default account",
      checks: { serviceAccount: { denyDefault: true } },
      rest: pod({}),
      want: ["deny", "deny DEFAULT_SERVICE_ACCOUNT"],
    },
    {
      name: "the default account by name",
      checks: { serviceAccount: { denyDefault: true } },
      rest: pod({}, { serviceAccountName: "default" }),
      want: ["deny", "deny DEFAULT_SERVICE_ACCOUNT"],
    },
    {
      name: "an account",
      checks: { serviceAccount: { denyDefault: true } },
      rest: pod({}, { serviceAccountName: "shop" }),
      want: ["allow"],
    },
    {
      name: "an account by the older field",
      checks: { serviceAccount: { denyDefault: true } },
      rest: pod({}, { serviceAccount: "shop" }),
      want: ["allow"],
    },
    {
      name: "no pull secret",
      checks: { pullSecrets: "required" },
      rest: pod({}, { imagePullSecrets: [{ name: "" }] }),
      want: ["deny", "deny PULL_SECRET_MISSING"],
    },
    {
      name: "a pull secret",
      checks: { pullSecrets: "required" },
      rest: pod({}, { imagePullSecrets: [{ name: "x" }] }),
      want: ["allow"],
    },
    {
      name: "a template without, whose account may have one",
      checks: { pullSecrets: "required" },
      rest: { ...pod({}), isTemplate: true },
      want: ["allow"],
    },
    {
      name: "a standard",
      checks: { podSecurity: "baseline" },
      rest: pod({}, { hostPID: true }),
      want: ["deny", "deny POD_SECURITY"],
    },
    { name: "a standard that is fulfilled", checks: { podSecurity: "baseline" }, rest: pod({}), want: ["allow"] },
    {
      name: "Windows, which has none of these",
      checks: {
        seccomp: "required",
        appArmor: "required",
        seLinux: "required",
        runAsUser: "required",
        capabilities: { requireDrop: ["ALL"] },
        readOnlyRootFilesystem: "required",
      },
      rest: pod({}, { os: { name: "windows" } }),
      want: ["allow"],
    },
    {
      name: "what cannot be read",
      checks: { privileged: "deny" },
      rest: { pod: { spec: { containers: "x" } } },
      want: ["undecided", "undecided WORKLOAD_UNREADABLE"],
    },
    {
      name: "no Pod at all",
      checks: { privileged: "deny" },
      rest: { pod: { spec: null } },
      want: ["undecided", "undecided WORKLOAD_UNREADABLE"],
    },
    {
      name: "pull secrets that are none",
      checks: { pullSecrets: "required" },
      rest: pod({}, { imagePullSecrets: ["x"] }),
      want: ["undecided", "undecided WORKLOAD_UNREADABLE"],
    },
  ])("$name", ({ checks, rest, want }) => {
    expect(summary(judge([cluster(checks)], rest))).toEqual(want);
  });

  it("name container and field", () => {
    const found = judge(
      [cluster({ privileged: "deny", podSecurity: "baseline" })],
      pod({}, { initContainers: [{ name: "setup", securityContext: { privileged: true } }] }),
    );
    expect(found.reasons).toEqual([
      {
        code: "PRIVILEGED",
        effect: "deny",
        params: { container: "initContainers/setup", field: "securityContext.privileged" },
      },
      {
        code: "POD_SECURITY",
        effect: "deny",
        params: {
          level: "baseline",
          control: "privileged",
          container: "initContainers/setup",
          field: "securityContext.privileged",
          value: "true",
        },
      },
    ]);
  });
});

describe("the account that is assigned", () => {
  const checks = { serviceAccount: { assign: "restricted", denyDefault: true } } as const;

  it.each([
    { name: "a Pod without one", rest: pod({}), want: "restricted" },
    { name: "a Pod with default", rest: pod({}, { serviceAccountName: "default" }), want: "restricted" },
    { name: "a Pod with its own", rest: pod({}, { serviceAccountName: "shop" }), want: undefined },
    {
      name: "the mirror of a static Pod",
      rest: pod({}, {}, { annotations: { "kubernetes.io/config.mirror": "x" } }),
      want: undefined,
    },
    { name: "what cannot be read", rest: { pod: { spec: 1 } }, want: undefined },
  ])("$name: $want", ({ rest, want }) => {
    expect(judge([cluster(checks)], rest).assignServiceAccount).toBe(want);
  });

  it("is no denial", () => {
    expect(judge([cluster(checks)])).toMatchObject(ALLOW);
  });

  it("is assigned by what is enforced only, and by mandatory policies first", () => {
    expect(judge([cluster({ ...checks, mode: "warn" })]).assignServiceAccount).toBeUndefined();
    const mandatory = cluster({ serviceAccount: { assign: "strict" } }, { name: "z", mandatory: true });
    expect(judge([cluster(checks), mandatory]).assignServiceAccount).toBe("strict");
  });
});

describe("the documents that count", () => {
  const strict = { privileged: "deny" } as const;
  const bad = secured({ privileged: true });

  it.each<{ readonly name: string; readonly documents: readonly PolicyDocument[]; readonly want: object }>([
    { name: "none: every Pod passes", documents: [], want: ALLOW },
    { name: "none that speaks of workloads", documents: [cluster(undefined, { isWorkloadOnly: false })], want: ALLOW },
    { name: "those of the cluster", documents: [cluster(strict)], want: DENY },
    { name: "those of another namespace do not", documents: [ofNamespace("other", strict)], want: ALLOW },
    {
      name: "those of the namespace replace those of the cluster",
      documents: [cluster(strict), ofNamespace("shop", { seccomp: "required", mode: "audit" })],
      want: { mode: "audit" },
    },
    {
      name: "one of the namespace about images only replaces nothing",
      documents: [cluster(strict), ofNamespace("shop", undefined)],
      want: DENY,
    },
    {
      name: "a mandatory one counts beside the namespace's own",
      documents: [cluster(strict, { mandatory: true }), ofNamespace("shop", { pullSecrets: "required" })],
      want: { outcome: "deny", reasons: [{ code: "PRIVILEGED" }, { code: "PULL_SECRET_MISSING" }] },
    },
    {
      name: "all of a level count together",
      documents: [cluster(strict), cluster({ seccomp: "required" }, { name: "d" })],
      want: { outcome: "deny", reasons: [{ code: "PRIVILEGED" }, { code: "SECCOMP_MISSING" }] },
    },
    {
      name: "one that cannot be read leaves it undecided",
      documents: [{ ...ofNamespace("shop", undefined), problem: "spec: no such thing" }],
      want: {
        outcome: "undecided",
        reasons: [{ code: "POLICY_INVALID", params: { name: "shop/n", message: "spec: no such thing" } }],
      },
    },
    {
      name: "what is refused for sure outweighs what cannot be read",
      documents: [{ ...ofNamespace("shop", undefined), problem: "x" }, cluster(strict, { mandatory: true })],
      want: { outcome: "deny", policy: { kind: "ClusterImagePolicy", name: "c" } },
    },
  ])("$name", ({ documents, want }) => {
    expect(judge(documents, bad)).toMatchObject(want);
    expect(judge(documents.toReversed(), bad)).toMatchObject(want);
  });

  it("the strictest mode in which something is wrong decides", () => {
    const warned = cluster({ ...strict, mode: "warn" }, { name: "w" });
    expect(judge([warned], bad)).toMatchObject({ mode: "warn", outcome: "deny" });
    const both = judge([warned, cluster({ seccomp: "required" })], bad);
    expect(both).toMatchObject({ mode: "enforce", outcome: "deny", policy: { name: "c" } });
    expect(summary(both)).toEqual(["deny", "deny SECCOMP_MISSING", "warn PRIVILEGED"]);
    expect(judge([warned, cluster({ pullSecrets: "required" })], { ...bad, isTemplate: true })).toMatchObject({
      mode: "warn",
    });
  });
});

describe("exceptions", () => {
  const granted: PolicyException = {
    name: "e",
    namespace: "shop",
    subject: { workloads: [{ kind: "DaemonSet", name: "agent" }] },
    findings: { rules: ["PRIVILEGED"] },
    reason: "it reads disks",
    requester: "kim",
    approver: "lee",
    until: "2026-08-01T00:00:00Z",
  };
  const agent = { ...secured({ privileged: true }), owner: { kind: "DaemonSet", name: "agent" } };
  const documents = [cluster({ privileged: "deny", seccomp: "required" })];

  it("exempt the rule that they name, for that workload", () => {
    const verdict = judge(documents, { ...agent, exceptions: [granted] });
    expect(summary(verdict)).toEqual(["deny", "deny SECCOMP_MISSING", "exempt PRIVILEGED"]);
    expect(verdict).toMatchObject({
      exceptions: [{ name: "e", exempted: ["PRIVILEGED app securityContext.privileged"] }],
      validUntil: "2026-08-01T00:00:00.000Z",
    });
  });

  it.each<{ readonly name: string; readonly changes: Partial<PolicyException> }>([
    { name: "another workload", changes: { subject: { workloads: [{ kind: "DaemonSet", name: "other" }] } } },
    { name: "images, which a Pod as such is not", changes: { subject: { repositories: ["*"] } } },
    { name: "another namespace", changes: { namespace: "other" } },
    { name: "the time before", changes: { until: "2026-06-01T00:00:00Z" } },
  ])("for $name do nothing", ({ changes }) => {
    expect(judge(documents, { ...agent, exceptions: [{ ...granted, ...changes }] }).reasons).toContainEqual(
      expect.objectContaining({ code: "PRIVILEGED", effect: "deny" }),
    );
  });

  it("never reach what cannot be read", () => {
    const rules = { ...granted, subject: { namespaces: ["shop"] }, findings: { rules: ["WORKLOAD_UNREADABLE"] } };
    expect(judge(documents, { pod: { spec: 1 }, exceptions: [rules] }).outcome).toBe("undecided");
  });
});
