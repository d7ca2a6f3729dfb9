// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { API_GROUP } from "#base";
import type { WorkloadOwner } from "#database";
import { type KubeResource, RESOURCES } from "#kube";
import type { ReportContent } from "./report-results.ts";

/** A kind of report object that we write. */
export interface ReportKind {
  readonly name: "PolicyReport" | "OpenReports";
  readonly resource: KubeResource;
  readonly render: (subject: ReportSubject, content: ReportContent) => RenderedReport;
}

/** What a report is about. */
export interface ReportSubject {
  readonly namespace: string;
  readonly owner: WorkloadOwner;
}

/** An object to write, and a hash that tells whether it differs from what is there. */
export interface RenderedReport {
  readonly name: string;
  readonly namespace: string;
  readonly hash: string;
  readonly object: object;
}

/** On our reports: the hash of what they say. */
export const CONTENT_ANNOTATION: string = `${API_GROUP}/content`;
const MANAGED_BY: Readonly<Record<string, string>> = { "app.kubernetes.io/managed-by": "haechi" };

const UID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Both formats that are in use; each is written where its kind is installed. */
export const REPORT_KINDS: readonly ReportKind[] = [
  {
    name: "PolicyReport",
    resource: RESOURCES.policyReports,
    render: (subject, { results, summary }) =>
      report("wgpolicyk8s.io/v1alpha2", "PolicyReport", subject, { results, summary }),
  },
  {
    name: "OpenReports",
    resource: RESOURCES.openReports,
    render: (subject, { results, summary }) =>
      report("openreports.io/v1alpha1", "Report", subject, { source: "haechi", results, summary }),
  },
];

/** Of one workload, whatever its name: two kinds may have the same one. */
export function reportName({ uid }: Pick<WorkloadOwner, "uid">): string {
  // Whoever makes a pod may write any text as the uid of its controller.
  return `haechi-${UID.test(uid) ? uid : createHash("sha256").update(uid).digest("hex").slice(0, 32)}`;
}

function report(apiVersion: string, kind: string, { namespace, owner }: ReportSubject, body: object): RenderedReport {
  const name = reportName(owner);
  const content = {
    scope: { ...owner, namespace },
    ...body,
  };
  const hash = createHash("sha256")
    .update(JSON.stringify([content, owner]))
    .digest("hex")
    .slice(0, 32);
  return {
    name,
    namespace,
    hash,
    object: {
      apiVersion,
      kind,
      metadata: {
        name,
        namespace,
        labels: MANAGED_BY,
        annotations: { [CONTENT_ANNOTATION]: hash },
        // The garbage collector removes it with the workload, also when nobody of us is there.
        ownerReferences: [owner],
      },
      ...content,
    },
  };
}
