// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import type { PolicyDocument } from "#policy";
import type { GatePolicies, PolicySource } from "../context.ts";
import { type ClusterPolicies, type FilePolicies, poolPolicies } from "../read-gate-policies.ts";
import { secretsNamedBy } from "./named-secrets.ts";
import type { WatchedPolicies } from "./watched-policies.ts";
import type { WatchedSecrets } from "./watched-secrets.ts";

/** Events come in bursts: `kubectl apply` of a folder, a list after an outage. */
const COALESCE_MS = 20;
/**
 * A policy that names a Secret which was not read yet waits for it, so that a new key does not refuse everything for a
 * moment; but not for long, since the policy may be there to stop something.
 */
const SECRET_PATIENCE_MS = 500;

/** Stands for everything while the policies of the cluster were never read: nothing is known, so nothing is decided. */
const NOT_READ: PolicyDocument = {
  kind: "ClusterImagePolicy",
  name: "haechi-not-read-yet",
  repositories: [],
  mandatory: true,
  problem: "the policies of the cluster were not read yet",
};

export interface PolicyPoolOptions {
  readonly files: FilePolicies;
  readonly scope: Pick<ClusterPolicies, "systemNamespace" | "secretNamespace">;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** Makes one set of the policies of files and cluster, anew after each change; see {@link PolicySource}. */
export class PolicyPool implements PolicySource, Disposable {
  readonly #options: PolicyPoolOptions;
  readonly #subscribers = new Set<() => void>();
  #policies: WatchedPolicies | undefined;
  #secrets: WatchedSecrets | undefined;
  #current: GatePolicies;
  #isReady = false;
  #soon: NodeJS.Timeout | undefined;
  #patience: NodeJS.Timeout | undefined;
  #isPatienceOver = false;
  #secretsLeft = 0;
  #isDisposed = false;

  constructor(options: PolicyPoolOptions) {
    this.#options = options;
    this.#current = poolPolicies(options.files, { ...NOTHING, ...options.scope, documents: [NOT_READ] });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  current(): GatePolicies {
    return this.#current;
  }

  subscribe(onChange: () => void): () => void {
    this.#subscribers.add(onChange);
    return () => void this.#subscribers.delete(onChange);
  }

  /** Where the policies of the cluster come from. */
  follow(policies: WatchedPolicies, secrets: WatchedSecrets): void {
    this.#policies = policies;
    this.#secrets = secrets;
    this.changed();
  }

  /** Something changed: the next set follows in a moment. */
  changed(): void {
    if (!this.#isDisposed) {
      this.#soon ??= setTimeout(() => this.#renew(), COALESCE_MS);
    }
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#soon);
    clearTimeout(this.#patience);
    this.#subscribers.clear();
  }

  #renew(): void {
    this.#soon = undefined;
    const [policies, secrets] = [this.#policies, this.#secrets];
    if (policies === undefined || secrets === undefined || !policies.isRead) {
      return;
    }
    const { files, scope } = this.#options;
    const { documents, exceptions } = policies;
    this.#wantSecrets([...files.documents, ...documents, ...files.required], secrets);
    if (!secrets.isAnswered && !this.#isPatienceOver) {
      this.#patience ??= setTimeout(() => {
        this.#isPatienceOver = true;
        this.#renew();
      }, SECRET_PATIENCE_MS);
      return;
    }
    clearTimeout(this.#patience);
    this.#patience = undefined;
    // Secrets that never answer, since we may not read them, are waited for once and not at each change.
    this.#isPatienceOver = !secrets.isAnswered && this.#isPatienceOver;
    this.#publish(poolPolicies(files, { documents, exceptions, secrets: secrets.secrets, ...scope }));
  }

  #wantSecrets(documents: readonly PolicyDocument[], secrets: WatchedSecrets): void {
    const { secrets: wanted, left } = secretsNamedBy(documents, this.#options.scope);
    if (left > this.#secretsLeft) {
      this.#options.log.warn({ left }, "policies name more Secrets than are watched; those left out count as missing");
    }
    this.#secretsLeft = left;
    secrets.want(wanted);
  }

  #publish(next: GatePolicies): void {
    const { admission, registry } = this.#current;
    const isSame =
      next.admission.generation === admission.generation && next.registry.generation === registry.generation;
    if (isSame && this.#isReady) {
      return;
    }
    this.#current = next;
    this.#isReady = true;
    this.#options.log.info(
      { generation: next.admission.generation, documents: next.admission.documents.length },
      "policies in force",
    );
    for (const tell of this.#subscribers) {
      tell();
    }
  }
}

const NOTHING = { documents: [], secrets: [], exceptions: [] } as const;
