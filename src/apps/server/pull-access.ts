// SPDX-License-Identifier: Apache-2.0

/** How an image of another registry may be read. */
export interface PullAccess {
  /**
   * Names the access without asking for anything: equal keys read the same Secrets (e.g. namespace, service account and
   * names of the Secrets as JSON). What is remembered for an access is remembered under it; without one nothing is.
   */
  readonly key?: string;
  /** For whom it is, e.g. a namespace: those who wait for the same take turns. */
  readonly party?: string;
  /** Contents of docker `config.json` files, strongest first: pull secrets of the Pod, then of its service account. Asked for only when something is fetched. */
  readonly credentialFiles: () => Promise<readonly string[]>;
  /** After a registry refused them: the next question reads them again. */
  readonly forget?: () => void;
}
