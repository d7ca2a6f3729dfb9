// SPDX-License-Identifier: Apache-2.0
import type { Logger } from "pino";
import { API_GROUP, type Clock } from "#base";
import type { Configuration } from "#configuration";
import {
  type KubeClient,
  type KubeObject,
  type KubeResource,
  RESOURCES,
  type SupervisedWatch,
  superviseWatch,
} from "#kube";
import { buildWebhookConfigurations, type WebhookConfiguration } from "#kubernetes";
import { canonicalJson } from "./canonical-json.ts";
import type { ControllerMetrics } from "./controller-metrics.ts";
import { hasCode } from "./kube-codes.ts";

/** Set by `haechi gate release`: an emergency, in which nobody may bring the webhooks back but people. */
export const RELEASED_ANNOTATION: string = `${API_GROUP}/released`;

const KINDS = [
  ["mutating", RESOURCES.mutatingWebhookConfigurations],
  ["validating", RESOURCES.validatingWebhookConfigurations],
] as const satisfies readonly (readonly ["mutating" | "validating", KubeResource])[];

/** A configuration as it is in the cluster. */
interface PresentConfiguration {
  readonly name: string;
  readonly resourceVersion: string | undefined;
  readonly isReleased: boolean;
  readonly webhooks: readonly unknown[];
}

export interface WebhookKeeperOptions {
  readonly client: KubeClient;
  readonly configuration: Pick<Configuration, "admission">;
  /** PEM of every authority that the gate's certificate may come from now, and from the next rotation on. */
  readonly caBundle: () => Promise<string>;
  /** Whether a gate answers at the address: before that, webhooks would stop the cluster. */
  readonly isGateReady: (signal: AbortSignal) => Promise<boolean>;
  /** Called when the webhooks are as they should be. */
  readonly onInPlace: () => Promise<void>;
  readonly metrics: Pick<ControllerMetrics, "webhookRepairs">;
  readonly clock: Clock;
  readonly log: Pick<Logger, "info" | "warn">;
  readonly onChange: () => void;
}

/**
 * Fills the two webhook configurations of this installation and keeps them right. It creates none (uninstalling must not
 * be undone), leaves alone what was released, and fills nothing before a gate answers.
 */
export class WebhookKeeper implements AsyncDisposable {
  readonly #options: WebhookKeeperOptions;
  readonly #watches: readonly (readonly [
    "mutating" | "validating",
    KubeResource,
    SupervisedWatch<PresentConfiguration>,
  ])[];

  constructor(options: WebhookKeeperOptions) {
    const { client, clock, log, onChange, configuration } = options;
    this.#options = options;
    this.#watches = KINDS.map(([kind, resource]) => [
      kind,
      resource,
      superviseWatch({
        client,
        resource,
        fieldSelector: `metadata.name=${configuration.admission.webhookName}`,
        select: selectConfiguration,
        clock,
        log,
        random: Math.random,
        onChange,
      }),
    ]);
  }

  /** Puts right what is not. Throws when the API server fails. */
  async keep(signal: AbortSignal): Promise<void> {
    const present = this.#watches.flatMap(([kind, resource, watch]) => {
      const [found] = watch.objects.values();
      return found === undefined ? [] : [{ kind, resource, found }];
    });
    if (present.every(({ found }) => found.isReleased)) {
      return;
    }
    const wanted = await this.#build();
    const wrong = present.filter(
      ({ kind, found }) => !found.isReleased && !isSame(found.webhooks, wanted[kind].webhooks),
    );
    // An address that stopped answering must not keep a rotation from the cluster: only the first filling asks.
    if (wrong.some(({ found }) => found.webhooks.length === 0) && !(await this.#options.isGateReady(signal))) {
      return;
    }
    for (const { kind, resource, found } of wrong) {
      await this.#put(resource, found, wanted[kind], signal);
    }
    if (present.length === KINDS.length && present.every(({ found }) => !found.isReleased)) {
      await this.#options.onInPlace();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#watches.map(([, , watch]) => watch[Symbol.asyncDispose]()));
  }

  async #build(): Promise<ReturnType<typeof buildWebhookConfigurations>> {
    const { admission } = this.#options.configuration;
    return buildWebhookConfigurations({
      name: admission.webhookName,
      address: admission.webhookAddress ?? "",
      caBundle: await this.#options.caBundle(),
      excludeNamespaces: admission.excludeNamespaces,
      hookNames: admission.hookNames,
      skipLabel: admission.skipLabel,
      timeoutSeconds: Math.min(30, Math.max(1, Math.ceil(admission.timeoutMs / 1_000))),
    });
  }

  async #put(
    resource: KubeResource,
    { name, resourceVersion, webhooks }: PresentConfiguration,
    wanted: WebhookConfiguration,
    signal: AbortSignal,
  ): Promise<void> {
    const { client, metrics, log } = this.#options;
    try {
      // With the version that was looked at: a release that comes in between must win.
      const metadata = resourceVersion === undefined ? {} : { resourceVersion };
      await client.patch({ resource, name }, "merge", { metadata, webhooks: wanted.webhooks }, { signal });
    } catch (error) {
      // CONFLICT: somebody changed it just now; the watch tells, and it is looked at again. NOT_FOUND: it was removed.
      if (hasCode(error, "CONFLICT", "NOT_FOUND")) {
        return;
      }
      throw error;
    }
    if (webhooks.length > 0) {
      metrics.webhookRepairs.inc({ kind: wanted.kind });
      log.warn({ kind: wanted.kind, name }, "a webhook configuration was not as it should be and was put right");
    } else {
      log.info({ kind: wanted.kind, name }, "the webhook configuration is filled: the gate stands before the cluster");
    }
  }
}

function selectConfiguration(object: KubeObject): PresentConfiguration {
  const { name, resourceVersion, annotations } = object.metadata;
  const { webhooks } = object;
  return {
    name,
    resourceVersion,
    isReleased: annotations?.[RELEASED_ANNOTATION] === "true",
    webhooks: Array.isArray(webhooks) ? webhooks : [],
  };
}

/** The builder writes every field that the API server fills in, so equal ones are equal here. */
function isSame(present: readonly unknown[], wanted: readonly unknown[]): boolean {
  return canonicalJson(present) === canonicalJson(wanted);
}
