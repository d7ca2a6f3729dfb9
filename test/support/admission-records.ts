// SPDX-License-Identifier: Apache-2.0

import type { Digest } from "#base";
import type { AdmissionRecordStore, AdmittedOwner, KnownImage } from "#database";

/** What admission remembers, in memory; it passes the contract of the database's store. */
export class MemoryAdmissionRecords implements AdmissionRecordStore {
  readonly known: KnownImage[] = [];
  readonly denied: Parameters<AdmissionRecordStore["recordDenied"]>[0][] = [];
  readonly owners: AdmittedOwner[] = [];
  lookUps = 0;
  failure: Error | undefined;
  readonly #now: () => Date;

  constructor(now: () => Date = () => new Date()) {
    this.#now = now;
  }

  recordKnown(image: KnownImage): void {
    this.known.push(image);
  }

  recordDenied(image: Parameters<AdmissionRecordStore["recordDenied"]>[0]): void {
    this.denied.push(image);
  }

  recordOwner(owner: AdmittedOwner): void {
    this.owners.push(owner);
  }

  findKnown({
    namespace,
    reference,
    policyGeneration,
  }: Parameters<AdmissionRecordStore["findKnown"]>[0]): Promise<Digest | undefined> {
    this.lookUps += 1;
    const since = this.#now().getTime() - 24 * 3_600_000;
    const latest = this.known.toSorted((a, b) => Date.parse(a.admittedAt) - Date.parse(b.admittedAt));
    const found = latest.findLast(
      (image) =>
        image.namespace === namespace &&
        image.reference === reference &&
        image.policyGeneration === policyGeneration &&
        Date.parse(image.admittedAt) > since &&
        !this.denied.some(
          (denial) =>
            denial.namespace === namespace &&
            (denial.reference === reference || denial.digest === image.digest) &&
            denial.deniedAt >= image.admittedAt,
        ),
    );
    return this.failure === undefined ? Promise.resolve(found?.digest) : Promise.reject(this.failure);
  }

  findOwners({ uid, namespace }: Parameters<AdmissionRecordStore["findOwners"]>[0]): Promise<readonly AdmittedOwner[]> {
    this.lookUps += 1;
    const since = this.#now().getTime() - 30 * 24 * 3_600_000;
    const found = this.owners.filter(
      (owner) => owner.uid === uid && owner.namespace === namespace && Date.parse(owner.usedAt) > since,
    );
    const latest = [...new Map(found.map((owner) => [placesOf(owner), owner])).values()];
    return this.failure === undefined ? Promise.resolve(latest.toReversed()) : Promise.reject(this.failure);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }
}

function placesOf(owner: AdmittedOwner): string {
  return JSON.stringify(owner.images.map(({ place, reference }) => [place, reference]));
}
