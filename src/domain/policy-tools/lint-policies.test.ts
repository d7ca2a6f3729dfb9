// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { type ImageChecks, type PolicyDocument, type PolicyException, parsePolicyDocuments } from "#policy";
import { type LintInput, lintPolicies } from "./lint-policies.ts";

const NOW = new Date("2026-11-22T00:00:00Z");
const DAY_MS = 86_400_000;
const SCAN: ImageChecks = { scan: { required: true } };

function cluster(repositories: PolicyDocument["repositories"], rest: Partial<PolicyDocument> = {}): PolicyDocument {
  return { kind: "ClusterImagePolicy", name: "p", repositories, ...rest };
}

function lint(documents: readonly PolicyDocument[], rest: Partial<LintInput> = {}): readonly string[] {
  return lintPolicies({
    documents: documents.map((document) => ({ document, origin: "file" })),
    exceptions: [],
    hasAllSecrets: false,
    now: NOW,
    expiringWithinMs: 14 * DAY_MS,
    ...rest,
  }).map(({ level, code, path }) => `${level} ${code}${path === undefined ? "" : ` ${path}`}`);
}

const EXCEPTION: PolicyException = {
  name: "e",
  subject: { repositories: ["registry.example/team/*"] },
  findings: { vulnerabilities: ["CVE-1"] },
  reason: "r",
  requester: "kim",
  approver: "lee",
  until: "2027-06-01T00:00:00Z",
};

describe("lint", () => {
  it("has nothing against policies that check everything", () => {
    const documents = [
      cluster([{ name: "*", policy: SCAN }, { name: "registry.example/team/*", policy: SCAN }, { name: "nginx:1.27" }]),
    ];
    expect(lint(documents, { exceptions: [{ exception: EXCEPTION, origin: "file" }] })).toEqual([]);
  });

  it.each<{ readonly name: string; readonly documents: readonly PolicyDocument[]; readonly found: string }>([
    {
      name: "an image that nothing checks",
      documents: [cluster([{ name: "*" }])],
      found: "doubt EVERYTHING_UNCHECKED spec.repositories[0]",
    },
    {
      name: "checks that are all off",
      documents: [cluster([{ name: "*", policy: { mutateImage: true, trust: { enabled: false } } }])],
      found: "doubt EVERYTHING_UNCHECKED spec.repositories[0]",
    },
    {
      name: "an empty list",
      documents: [cluster([])],
      found: "doubt EVERYTHING_BLOCKED spec.repositories",
    },
    {
      name: "an entry that stands twice in one object",
      documents: [cluster([{ name: "a.example/*", policy: SCAN }, { name: "a.example/*" }])],
      found: "doubt ENTRY_REPEATED spec.repositories[1]",
    },
    {
      name: "an entry that stands in an object before it, by another spelling",
      documents: [
        cluster([{ name: "docker.io/library/nginx", policy: SCAN }]),
        cluster([{ name: "nginx" }], { name: "q" }),
      ],
      found: "doubt ENTRY_NEVER_WINS spec.repositories[0]",
    },
    {
      name: "the tag latest",
      documents: [cluster([{ name: "nginx:latest", policy: SCAN }])],
      found: "doubt LATEST_TAG spec.repositories[0]",
    },
    {
      name: "a URL",
      documents: [cluster([{ name: "https://registry.example/app", policy: SCAN }])],
      found: "doubt NAME_WITH_SCHEME spec.repositories[0]",
    },
    {
      name: "a wildcard at the end of a host",
      documents: [cluster([{ name: "icr.io*", policy: SCAN }])],
      found: "doubt HOST_WILDCARD spec.repositories[0]",
    },
    {
      name: "a policy that refuses nothing",
      documents: [cluster([{ name: "*", policy: { ...SCAN, mode: "audit" } }])],
      found: "doubt WARN_ONLY spec.repositories[0]",
    },
    {
      name: "trust on first use",
      documents: [cluster([{ name: "*", policy: { trust: { enabled: true, trustOnFirstUse: true } } }])],
      found: "doubt FIRST_USE spec.repositories[0]",
    },
    {
      name: "namespaces only",
      documents: [cluster([{ name: "*", policy: SCAN }], { kind: "ImagePolicy", namespace: "shop" })],
      found: "doubt NO_CLUSTER_POLICY",
    },
    {
      name: "two objects of one name",
      documents: [cluster([{ name: "*", policy: SCAN }]), cluster([{ name: "*", policy: SCAN }])],
      found: "problem DUPLICATE_OBJECT",
    },
  ])("finds $name", ({ documents, found }) => {
    expect(lint(documents)).toContain(found);
  });

  it.each(["*", "*/app", "*:1.0", "*-app", "docker.io/*", "index.docker.io/*"])(
    "%s is no slip beside what fits a part of its images better",
    (name) => {
      const documents = [cluster(["docker.io/library/*", name].map((each) => ({ name: each, policy: SCAN })))];
      expect(lint(documents)).toEqual([]);
    },
  );

  it("an entry of a mandatory document beside a better one of another applies, and is no slip", () => {
    const documents = [
      cluster([{ name: "a.example/team/*", policy: SCAN }]),
      cluster([{ name: "a.example/team/*", policy: SCAN }], { name: "m", mandatory: true }),
    ];
    expect(lint(documents)).toEqual([]);
  });

  it("kube-system and Haechi's own namespace may let everything through", () => {
    const documents = ["kube-system", "haechi-system"].map((namespace) =>
      cluster([{ name: "*" }], { kind: "ImagePolicy", namespace }),
    );
    expect(lint([...documents, cluster([{ name: "*", policy: SCAN }])])).toEqual([]);
  });

  describe("a Secret that is named", () => {
    const documents = [cluster([{ name: "*", policy: { signatures: [{ cosign: { keySecret: "k" } }] } }])];
    const path = "spec.repositories[0].policy.signatures[0]";

    it("and not in the files is a doubt: it may be in the cluster", () => {
      expect(lint(documents)).toEqual([`doubt SECRET_ABSENT ${path}`]);
    });

    it("and not in the cluster is a problem", () => {
      expect(lint(documents, { hasAllSecrets: true })).toEqual([`problem SECRET_ABSENT ${path}`]);
    });

    it("and has no key is a problem everywhere", () => {
      const secrets = [{ namespace: "haechi-system", name: "k", data: { other: "x" } }];
      expect(lint(documents, { secrets })).toEqual([`problem SECRET_UNUSABLE ${path}`]);
    });

    it("is found although another entry wins everywhere", () => {
      const shadowing = cluster([{ name: "*", policy: SCAN }], { name: "a" });
      expect(lint([shadowing, ...documents])).toContain(`doubt SECRET_ABSENT ${path}`);
    });
  });

  it("Secrets of the workload's namespace are a doubt", () => {
    expect(lint([cluster([{ name: "*", policy: SCAN }])], { secretNamespace: "request" })).toEqual([
      "doubt SECRETS_OF_REQUEST",
    ]);
  });

  it.each<{ readonly name: string; readonly change: Partial<PolicyException>; readonly found: readonly string[] }>([
    { name: "has ended", change: { until: "2026-11-21T00:00:00Z" }, found: ["doubt EXCEPTION_EXPIRED spec.until"] },
    { name: "has an end that is none", change: { until: "soon" }, found: ["doubt EXCEPTION_EXPIRED spec.until"] },
    { name: "ends soon", change: { until: "2026-12-01T00:00:00Z" }, found: ["doubt EXCEPTION_EXPIRING spec.until"] },
    {
      name: "its requester granted",
      change: { approver: "kim" },
      found: ["doubt EXCEPTION_SELF_APPROVED spec.approver"],
    },
    {
      name: "is for everything",
      change: { subject: { repositories: ["*"] } },
      found: ["doubt EXCEPTION_OF_EVERYTHING spec.subject"],
    },
  ])("names an exception that $name", ({ change, found }) => {
    const documents = [cluster([{ name: "*", policy: SCAN }])];
    expect(lint(documents, { exceptions: [{ exception: { ...EXCEPTION, ...change }, origin: "file" }] })).toEqual(
      found,
    );
  });

  it("a policy of workloads only blocks no image, and its mode counts, too", () => {
    const workloads = cluster([], { name: "w", isWorkloadOnly: true, workload: { mode: "warn", privileged: "deny" } });
    expect(lint([workloads])).toEqual(["doubt WARN_ONLY spec.workload.mode"]);
  });

  it("a thousand entries are looked at in time that nobody notices", () => {
    const names = Array.from({ length: 1_000 }, (_, at) => ({ name: `registry-${at}.example/*`, policy: SCAN }));
    expect(lint([cluster(names)])).toEqual([]);
  });

  it("the policies that CISE installs are doubtful where they are", () => {
    const { documents } = parsePolicyDocuments(
      `apiVersion: securityenforcement.admission.cloud.ibm.com/v1beta1
kind: ImagePolicy
metadata: {name: ibmcloud-image-policy, namespace: ibm-system}
spec: {repositories: [{name: "*"}]}`,
      "file",
    );
    expect(lint(documents)).toEqual(["doubt NO_CLUSTER_POLICY", "doubt EVERYTHING_UNCHECKED spec.repositories[0]"]);
  });
});
