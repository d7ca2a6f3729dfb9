// SPDX-License-Identifier: Apache-2.0
import { z } from "zod";
import type { ClusterComponent, ClusterGap, ClusterVulnerability } from "#findings";
import { type AdvisoryDatabaseBody, advisoryDatabaseSchema } from "./advisory-database.ts";
import { severitySchema } from "./image-list.ts";

/** A vulnerability of a program of the cluster. */
export interface ClusterFindingBody
  extends Pick<ClusterVulnerability, "id" | "aliases" | "state" | "severity" | "title" | "url" | "fixedVersions"> {
  readonly isKnownExploited: boolean;
  readonly advisoryId: string;
  readonly range: string;
}

export interface ClusterComponentBody extends Omit<ClusterComponent, "findings"> {
  readonly findings: readonly ClusterFindingBody[];
}

export interface ClusterGapBody {
  readonly code: ClusterGap["code"];
  readonly component?: string;
  readonly version?: string;
}

export interface ClusterComponentsBody {
  /** Whether a cluster is connected at all. */
  readonly isWatched: boolean;
  readonly components: readonly ClusterComponentBody[];
  readonly gaps: readonly ClusterGapBody[];
  readonly database: AdvisoryDatabaseBody;
}

const findingSchema: z.ZodType<ClusterFindingBody> = z.strictObject({
  id: z.string(),
  aliases: z.array(z.string()),
  state: z.enum(["affected", "undecided"]),
  severity: severitySchema,
  title: z.string(),
  url: z.exactOptional(z.string()),
  fixedVersions: z.array(z.string()).describe("oldest first; empty when no fix exists"),
  isKnownExploited: z.boolean(),
  advisoryId: z.string(),
  range: z.string().describe("of versions that has this one"),
});

const componentSchema: z.ZodType<ClusterComponentBody> = z.strictObject({
  name: z.enum([
    "kube-apiserver",
    "kubelet",
    "kube-proxy",
    "containerd",
    "cri-o",
    "docker",
    "runtime",
    "kernel",
    "operating-system",
  ]),
  version: z.string().describe("as the node or the API server tells it"),
  comparedVersion: z.exactOptional(z.string()).describe("what advisories were asked about; absent: nobody can ask"),
  isVendorBuild: z
    .exactOptional(z.literal(true))
    .describe("a vendor's suffix was left out; its build may hold fixes of later versions"),
  state: z
    .enum(["affected", "undecided", "uncovered", "clear"])
    .describe("`undecided`: the version does not parse; `uncovered`: no advisories speak of the program"),
  nodeCount: z.int().min(0).describe("0 for the API server"),
  nodes: z.array(z.string()).describe("some of them, sorted"),
  findings: z.array(findingSchema).describe("worst first"),
});

const gapSchema: z.ZodType<ClusterGapBody> = z.strictObject({
  code: z.enum([
    "VERSION_UNTOLD",
    "VERSION_UNREADABLE",
    "RUNTIME_UNKNOWN",
    "ADVISORIES_MISSING",
    "NODE_SYSTEM_UNREAD",
    "TOO_MANY_VERSIONS",
  ]),
  component: z.exactOptional(z.string()),
  version: z.exactOptional(z.string()),
});

export const clusterComponentsSchema: z.ZodType<ClusterComponentsBody> = z.strictObject({
  isWatched: z.boolean().describe("false: no cluster is connected"),
  components: z.array(componentSchema).describe("affected first, then undecided, uncovered, clear"),
  gaps: z.array(gapSchema).describe("why this is not the whole answer; what nobody tells is never clean"),
  database: advisoryDatabaseSchema,
});

z.globalRegistry.add(findingSchema, { id: "ClusterFinding" });
z.globalRegistry.add(componentSchema, { id: "ClusterComponent" });
z.globalRegistry.add(gapSchema, { id: "ClusterGap" });
z.globalRegistry.add(clusterComponentsSchema, { id: "ClusterComponents" });
