// SPDX-License-Identifier: Apache-2.0
import { API_GROUP } from "#base";
import { parseWebhookAddress, type WebhookAddress } from "./webhook-address.ts";

/** What the webhook configurations of one gate are made from. */
export interface WebhookConfigurationOptions {
  /** `metadata.name` of both. */
  readonly name: string;
  /** `service:NAMESPACE/NAME:PORT` or an https URL. */
  readonly address: string;
  /** PEM: every authority that a serving certificate may come from now. */
  readonly caBundle: string;
  /** Namespaces that never reach the gate. */
  readonly excludeNamespaces: readonly string[];
  /** Default `haechi`. The API server puts the name before each denial. */
  readonly hookNames?: "haechi" | "cise";
  /** Whether a label takes a namespace out of the gate, as in Portieris; default false. */
  readonly skipLabel?: boolean;
  /** Default 10. */
  readonly timeoutSeconds?: number;
}

/** One entry of `webhooks` in either kind of configuration, with every field that the API server would fill in. */
export interface Webhook {
  readonly name: string;
  readonly clientConfig: {
    /** base64 of PEM. */
    readonly caBundle: string;
    readonly url?: string;
    readonly service?: {
      readonly namespace: string;
      readonly name: string;
      readonly port: number;
      readonly path: string;
    };
  };
  readonly rules: readonly WebhookRule[];
  readonly failurePolicy: "Fail";
  readonly matchPolicy: "Equivalent";
  readonly namespaceSelector: object;
  readonly objectSelector: object;
  readonly sideEffects: "NoneOnDryRun";
  readonly timeoutSeconds: number;
  readonly admissionReviewVersions: readonly string[];
  /** Of mutating webhooks only. */
  readonly reinvocationPolicy?: "IfNeeded";
}

export interface WebhookRule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly string[];
  readonly scope: "*" | "Namespaced" | "Cluster";
}

/** A MutatingWebhookConfiguration or ValidatingWebhookConfiguration of `admissionregistration.k8s.io/v1`. */
export interface WebhookConfiguration {
  readonly apiVersion: "admissionregistration.k8s.io/v1";
  readonly kind: "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration";
  readonly metadata: { readonly name: string };
  readonly webhooks: readonly Webhook[];
}

/** Groups of the policy kinds: ours, and the two older spellings. */
const POLICY_GROUPS = [API_GROUP, "portieris.cloud.ibm.com", "securityenforcement.admission.cloud.ibm.com"];
const CISE_DOMAIN = "hooks.securityenforcement.admission.cloud.ibm.com";
const SKIP_LABEL = "securityenforcement.admission.cloud.ibm.com/namespace";
const DEFAULT_TIMEOUT_SECONDS = 10;

/**
 * Every version of exactly our groups: an unknown one reaches the gate and is refused there with a clear text, and a
 * foreign resource called `jobs` is not touched. Status and scale are subresources that are not named, so they pass.
 */
const WORKLOAD_RULES: readonly WebhookRule[] = [
  rule("", ["pods", "pods/ephemeralcontainers", "replicationcontrollers"]),
  rule("apps", ["deployments", "replicasets", "daemonsets", "statefulsets"]),
  rule("batch", ["jobs", "cronjobs"]),
];

/**
 * What makes the API server ask the gate. Equal input gives equal output, with every default written out, so that it
 * can be compared with what is there. Throws KubernetesError for an address that is none.
 */
export function buildWebhookConfigurations(options: WebhookConfigurationOptions): {
  readonly mutating: WebhookConfiguration;
  readonly validating: WebhookConfiguration;
} {
  const common = { ...options, address: parseWebhookAddress(options.address) };
  const hooks: readonly (readonly [string, string])[] =
    options.hookNames === "cise"
      ? [
          [`trust.${CISE_DOMAIN}`, "/admit/trust"],
          [`va.${CISE_DOMAIN}`, "/admit/va"],
        ]
      : [[`admit.${API_GROUP}`, "/admit"]];
  const selected = { rules: WORKLOAD_RULES, namespaceSelector: selectNamespaces(options) };
  return {
    mutating: configuration(
      "MutatingWebhookConfiguration",
      options.name,
      hooks.map(([name, path]) => ({ ...webhook(common, name, path), ...selected, reinvocationPolicy: "IfNeeded" })),
    ),
    validating: configuration("ValidatingWebhookConfiguration", options.name, [
      { ...webhook(common, `validate.${API_GROUP}`, "/validate"), ...selected },
      // An exception that lies in an excluded namespace may reach all others: no namespace is excluded here.
      { ...webhook(common, `policies.${API_GROUP}`, "/policies"), rules: POLICY_GROUPS.map(policyRule) },
    ]),
  };
}

function configuration(
  kind: WebhookConfiguration["kind"],
  name: string,
  webhooks: readonly Webhook[],
): WebhookConfiguration {
  return { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name }, webhooks };
}

function webhook(
  options: Omit<WebhookConfigurationOptions, "address"> & { readonly address: WebhookAddress },
  name: string,
  path: string,
): Webhook {
  const { address } = options;
  const caBundle = Buffer.from(options.caBundle).toString("base64");
  return {
    name,
    clientConfig:
      "url" in address
        ? { caBundle, url: `${address.url}${path}` }
        : { caBundle, service: { ...address.service, path } },
    rules: [],
    failurePolicy: "Fail",
    matchPolicy: "Equivalent",
    namespaceSelector: {},
    objectSelector: {},
    sideEffects: "NoneOnDryRun",
    timeoutSeconds: options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS,
    admissionReviewVersions: ["v1"],
  };
}

/** By `kubernetes.io/metadata.name` alone, which the API server sets: who may label a namespace must not ungate it. */
function selectNamespaces({
  excludeNamespaces,
  skipLabel,
}: Pick<WebhookConfigurationOptions, "excludeNamespaces" | "skipLabel">): object {
  const matchExpressions = [
    ...(excludeNamespaces.length === 0
      ? []
      : [
          {
            key: "kubernetes.io/metadata.name",
            operator: "NotIn",
            values: [...new Set(excludeNamespaces)].toSorted(),
          },
        ]),
    ...(skipLabel === true ? [{ key: SKIP_LABEL, operator: "NotIn", values: ["skip"] }] : []),
  ];
  return matchExpressions.length === 0 ? {} : { matchExpressions };
}

function rule(group: string, resources: readonly string[]): WebhookRule {
  return { apiGroups: [group], apiVersions: ["*"], resources, operations: ["CREATE", "UPDATE"], scope: "*" };
}

function policyRule(group: string): WebhookRule {
  const exceptions = group === API_GROUP ? ["policyexceptions"] : [];
  return rule(group, ["imagepolicies", "clusterimagepolicies", ...exceptions]);
}
