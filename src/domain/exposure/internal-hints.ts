// SPDX-License-Identifier: Apache-2.0

const INTERNAL_VALUES: ReadonlySet<string> = new Set(["internal", "private", "intranet"]);
const OFF: ReadonlySet<string> = new Set(["", "false", "no", "0"]);

/** Addresses that an ingress controller lets through, or refuses; which controller it is, and whether it obeys, is not in the object. */
const RANGE_ANNOTATION = /(?:whitelist|allowlist|denylist|blacklist|load-balancer)-source-ranges?$|\/inbound-cidrs$/;

/**
 * Annotations by which clouds are asked for an internal load balancer, or for source ranges. Their names differ by cloud and version
 * (`aws-load-balancer-scheme: internal`, `azure-load-balancer-internal: "true"`, `openstack-internal-load-balancer`,
 * `networking.gke.io/load-balancer-type: Internal`, `ibm-load-balancer-cloud-provider-ip-type: private`), so that the words decide.
 * Another cloud ignores them: a hint never makes "exposed" more than "nobody can tell".
 */
export function internalHints(annotations: ReadonlyMap<string, string>): readonly string[] {
  return [...annotations]
    .filter(([name, value]) => isHint(name.toLowerCase(), value.trim().toLowerCase()))
    .map(([name]) => name.slice(0, 200));
}

function isHint(name: string, value: string): boolean {
  if (RANGE_ANNOTATION.test(name)) {
    return value !== "";
  }
  if (!/load-?balancer|^alb\.ingress\.|^kubernetes\.io\/ingress\.(?:class|regional)/.test(name)) {
    return false;
  }
  return INTERNAL_VALUES.has(value) || (name.includes("internal") && !OFF.has(value));
}

/** Annotations by which a controller ends TLS although the Ingress says nothing of it. */
export function hasTlsHint(annotations: ReadonlyMap<string, string>): boolean {
  return [...annotations].some(
    ([name, value]) =>
      /certificate|pre-shared-cert|ssl-passthrough|ssl-cert|router\.tls|managed-certificates/.test(name) &&
      !OFF.has(value.trim().toLowerCase()),
  );
}
