// SPDX-License-Identifier: Apache-2.0
import { type Clock, messageOf } from "#base";
import type { AdmissionRecordStore, AdmittedOwner } from "#database";
import type { KubeObject } from "#kube";
import {
  type AdmissionRequest,
  type ControllerReference,
  isControllerOf,
  isPinnedForm,
  type PodImage,
  readControllerReference,
  readPodImages,
  type WorkloadKind,
} from "#kubernetes";
import type { ClusterView } from "../context.ts";
import { isPlainlyAllowed, type JudgedImage } from "./judged-image.ts";
import { type ReviewContext, untilDeadline } from "./review-context.ts";

const OWNER_READ_MS = 2_000;
const MAX_UID_LENGTH = 256;

export interface AdmittedOwnersOptions {
  readonly admissions: AdmissionRecordStore;
  /** Absent without a cluster: then only the word of a controller counts. */
  readonly cluster: ClusterView | undefined;
  readonly clock: Clock;
}

/** What was admitted before, by owner, so that running services can be scaled and rolled back. */
export interface AdmittedOwners {
  /** Whether a look-up could find anything: nothing is asked for the others. */
  mayKnow(request: AdmissionRequest, workload: WorkloadKind): boolean;
  /** The images that were admitted for the owner, in the order of `images`, when it is proved that this is the owner and all images are the same in the same places. */
  find(
    request: AdmissionRequest,
    workload: WorkloadKind,
    context: { readonly images: readonly PodImage[]; readonly review: ReviewContext },
  ): Promise<AdmittedOwner["images"] | undefined>;
  /** Remembers a workload whose verdicts are all an enforced allow: a Pod as it was written, others after the last webhook. */
  record(
    request: AdmissionRequest,
    workload: WorkloadKind,
    admitted: { readonly judged: readonly JudgedImage[]; readonly at: string },
  ): void;
}

/**
 * An admitted owner is our own record of an allow: for its uid, with the digests of its images. The word in
 * ownerReferences proves nothing: records are made, and count, only when the user is the controller of that kind, whom
 * the API server has authenticated; or when the API server shows an owner with this uid and these images.
 */
export function createAdmittedOwners({ admissions, cluster, clock }: AdmittedOwnersOptions): AdmittedOwners {
  async function isReal(
    reference: ControllerReference,
    request: AdmissionRequest,
    { record, review }: { readonly record: AdmittedOwner; readonly review: ReviewContext },
  ): Promise<boolean> {
    if (isControllerOf(reference, request.userName)) {
      return true;
    }
    if (cluster === undefined) {
      return false;
    }
    const { group, plural, name } = reference;
    const resource = { group, version: "v1", plural, isNamespaced: true };
    try {
      const owner = await cluster.client.get(
        { resource, namespace: request.namespace, name },
        { signal: untilDeadline(review, OWNER_READ_MS) },
      );
      return owner.metadata.uid === reference.uid && hasImages(owner, reference.workload, record.images);
    } catch (error) {
      review.log().info({ problem: messageOf(error) }, "could not read the owner that a Pod names");
      return false;
    }
  }

  return {
    mayKnow(request, workload) {
      return ownerOf(request, workload) !== undefined;
    },

    async find(request, workload, { images, review }) {
      const owner = ownerOf(request, workload);
      if (owner === undefined) {
        return undefined;
      }
      const records = await admissions.findOwners({ uid: owner.uid, namespace: request.namespace });
      const isFinal = review.webhook === "validate" && workload.kind === "Pod";
      const record = records.find((each) => areSame(each.images, images, isFinal));
      if (record === undefined) {
        return undefined;
      }
      if (owner.reference !== undefined && !(await isReal(owner.reference, request, { record, review }))) {
        return undefined;
      }
      if (!request.isDryRun) {
        admissions.recordOwner({ ...record, usedAt: clock.now().toISOString() });
      }
      return record.images;
    },

    record(request, workload, { judged, at }) {
      const owner = ownerOf(request, workload) ?? newWorkload(request, workload);
      const isProved = owner?.reference === undefined || isControllerOf(owner.reference, request.userName);
      if (owner === undefined || !isProved || !judged.every(isLasting)) {
        return;
      }
      const images = judged.map(({ image, verdict }) => ({
        place: image.pointer,
        reference: image.reference,
        ...(verdict.digest === undefined ? {} : { digest: verdict.digest }),
      }));
      admissions.recordOwner({ uid: owner.uid, namespace: request.namespace, images, usedAt: at });
    },
  };
}

/**
 * Whose record counts: of a new Pod that of the controller which it names; of another workload that is changed its own,
 * by the uid that the API server keeps.
 */
function ownerOf(
  request: AdmissionRequest,
  workload: WorkloadKind,
): { readonly uid: string; readonly reference?: ControllerReference } | undefined {
  if (request.namespace === "") {
    return undefined;
  }
  if (workload.kind === "Pod") {
    const reference = request.operation === "CREATE" ? readControllerReference(request.object) : undefined;
    return reference === undefined ? undefined : { uid: reference.uid, reference };
  }
  const uid = request.operation === "UPDATE" ? uidOf(request.oldObject) : undefined;
  return uid === undefined ? undefined : { uid };
}

/** The uid of a workload that is being made. Called after the last webhook: by then it is the API server's own. */
function newWorkload(
  request: AdmissionRequest,
  { kind }: WorkloadKind,
): { readonly uid: string; readonly reference?: undefined } | undefined {
  const uid = kind === "Pod" || request.operation !== "CREATE" ? undefined : uidOf(request.object);
  return uid === undefined || request.namespace === "" ? undefined : { uid };
}

function uidOf(object: unknown): string | undefined {
  const { uid } = (object as Partial<KubeObject> | null)?.metadata ?? {};
  return typeof uid === "string" && uid !== "" && uid.length <= MAX_UID_LENGTH ? uid : undefined;
}

/** An exception ends at its time, at once: what it let pass is not remembered beyond it. */
function isLasting(judged: JudgedImage): boolean {
  return isPlainlyAllowed(judged) && (judged.verdict.exceptions ?? []).length === 0;
}

/** After the first webhook, an image must be written with the digest that was recorded. */
function areSame(recorded: AdmittedOwner["images"], images: readonly PodImage[], isFinal: boolean): boolean {
  return (
    recorded.length === images.length &&
    recorded.every(({ place, reference, digest }, index) => {
      const image = images[index];
      if (image === undefined || image.pointer !== place) {
        return false;
      }
      const mayBeAsWritten = !isFinal || digest === undefined || reference.includes("@");
      return (
        (mayBeAsWritten && image.reference === reference) ||
        (digest !== undefined && isPinnedForm(image.reference, reference, digest))
      );
    })
  );
}

/** Pointers of an owner's images lead through its template; those of a Pod begin at its spec. */
function hasImages(owner: KubeObject, workload: WorkloadKind, recorded: AdmittedOwner["images"]): boolean {
  const own = readPodImages(workload, owner) ?? [];
  return (
    own.length === recorded.length &&
    own.every(
      ({ pointer, reference }, index) =>
        recorded[index]?.place === pointer.slice(workload.template.length) && recorded[index].reference === reference,
    )
  );
}
