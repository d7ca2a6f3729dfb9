// SPDX-License-Identifier: Apache-2.0
import { messageOf } from "#base";
import type { KubeObject } from "#kube";
import {
  type AdmissionRequest,
  type ControllerReference,
  isControllerOf,
  readControllerReference,
  readPodImages,
  type WorkloadKind,
} from "#kubernetes";
import { type NamespaceShare, type PolicySet, shareOf } from "#policy";
import type { ClusterView } from "../context.ts";
import { type ReviewContext, untilDeadline } from "./review-context.ts";

/** What a Pod belongs to, as far as it is proved. */
export interface WorkloadIdentity {
  readonly kind: string;
  readonly name: string;
}

const MAX_REMEMBERED = 10_000;
const READ_MS = 2_000;

/**
 * A function that says which workload a request is about, for exceptions that name one. The owner of a Pod counts when
 * its controller makes the Pod; whose the owner is, a Deployment's or a CronJob's, is read from the API server, once for
 * each uid and set of images, and only when an exception that could reach the namespace names workloads.
 */
export function createWorkloadIdentity(
  cluster: ClusterView | undefined,
): (
  request: AdmissionRequest,
  workload: WorkloadKind,
  context: { readonly policies: PolicySet; readonly review: ReviewContext },
) => WorkloadIdentity | Promise<WorkloadIdentity> {
  const ownersOfOwners = new Map<string, WorkloadIdentity>();
  const areAsked = new WeakMap<NamespaceShare["exceptions"], boolean>();

  function isAsked(policies: PolicySet, namespace: string): boolean {
    const { exceptions } = shareOf(policies, namespace);
    let known = areAsked.get(exceptions);
    if (known === undefined) {
      known = exceptions.some(({ subject }) => subject.workloads !== undefined);
      areAsked.set(exceptions, known);
    }
    return known;
  }

  async function read(reference: ControllerReference, namespace: string, signal: AbortSignal): Promise<KubeObject> {
    if (cluster === undefined) {
      throw new Error("there is no cluster to ask");
    }
    const resource = { group: reference.group, version: "v1", plural: reference.plural, isNamespaced: true };
    const owner = await cluster.client.get({ resource, namespace, name: reference.name }, { signal });
    if (owner.metadata.uid !== reference.uid) {
      throw new Error("another object has the name of the owner");
    }
    return owner;
  }

  /** The owner of the owner, if it has one that would make the same Pods; a ReplicaSet may name any Deployment. */
  async function readAbove(
    reference: ControllerReference,
    namespace: string,
    signal: AbortSignal,
  ): Promise<WorkloadIdentity | undefined> {
    const owner = await read(reference, namespace, signal);
    const above = readControllerReference(owner);
    if (above === undefined) {
      return { kind: reference.workload.kind, name: reference.name };
    }
    const images = imagesOf(above.workload, await read(above, namespace, signal));
    return images !== undefined && images === imagesOf(reference.workload, owner)
      ? { kind: above.workload.kind, name: above.name }
      : undefined;
  }

  async function readOwner(
    reference: ControllerReference,
    { namespace, object }: AdmissionRequest,
    { workload, review }: { readonly workload: WorkloadKind; readonly review: ReviewContext },
  ): Promise<WorkloadIdentity> {
    // An owner keeps its uid while its template may become another one than that of what is above it.
    const key = JSON.stringify([namespace, reference.uid, imagesOf(workload, object)]);
    const direct = { kind: reference.workload.kind, name: reference.name };
    let found = ownersOfOwners.get(key);
    if (found !== undefined || cluster === undefined) {
      return found ?? direct;
    }
    try {
      found = await readAbove(reference, namespace, untilDeadline(review, READ_MS));
    } catch (error) {
      // An exception for what is above then does not apply, and the next try asks again.
      review.log().info({ problem: messageOf(error) }, "could not read the owner of a Pod");
    }
    if (found === undefined) {
      return direct;
    }
    if (ownersOfOwners.size >= MAX_REMEMBERED) {
      ownersOfOwners.clear();
    }
    ownersOfOwners.set(key, found);
    return found;
  }

  return (request, workload, { policies, review }) => {
    const itself = { kind: workload.kind, name: request.name };
    if (!isAsked(policies, request.namespace)) {
      return itself;
    }
    const reference = readControllerReference(request.object);
    return reference !== undefined && isControllerOf(reference, request.userName)
      ? readOwner(reference, request, { workload, review })
      : itself;
  };
}

function imagesOf(workload: WorkloadKind, object: unknown): string | undefined {
  const images = readPodImages(workload, object);
  return images === undefined ? undefined : JSON.stringify(images.map(({ label, reference }) => [label, reference]));
}
