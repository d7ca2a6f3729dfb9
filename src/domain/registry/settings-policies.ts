// SPDX-License-Identifier: Apache-2.0
import { type ImageChecks, type PolicyDocument, type PolicyException, SETTINGS_POLICY } from "#policy";
import { prefixesOf } from "./repository-prefix.ts";
import type { AllowedVulnerability, RepositorySettings } from "./repository-settings.ts";
import type { ResolvedSettings, SettingsTree } from "./settings-tree.ts";

/** Settings as what a judge evaluates. */
export interface SettingsPolicies {
  readonly documents: readonly PolicyDocument[];
  readonly exceptions: readonly PolicyException[];
}

/** The worst severity that passes where pulls are refused from another one on. */
const PASSES: Readonly<
  Record<Exclude<NonNullable<RepositorySettings["preventPullFrom"]>, "none">, VulnerabilityChecks["maxSeverity"]>
> = { negligible: "none", low: "negligible", medium: "low", high: "medium", critical: "high" };
/** Of an allowed vulnerability without an end. */
const NO_END = "9999-12-31T23:59:59Z";

type VulnerabilityChecks = NonNullable<ImageChecks["vulnerability"]>;

/**
 * `preventPullFrom` and the lists of allowed vulnerabilities as policies for the images of our registry, so that every gate
 * and every page comes to one verdict. `registryName` is the main name of the registry, which stands for all of its names.
 * `otherwise`: where nobody wrote a policy, what is asked for under prefixes that say `none` inside of those that say more; the
 * document then stands for itself instead of applying beside others.
 */
export function policiesOfSettings(
  tree: SettingsTree,
  registryName: string,
  otherwise?: ImageChecks,
): SettingsPolicies {
  const repositories = tree.prefixes.flatMap(({ prefix, settings }) => {
    const says = settings.preventPullFrom !== undefined || settings.onlyFixable !== undefined;
    const checks = says ? checksOf(tree.resolve(prefix).settings, otherwise) : undefined;
    return checks === undefined ? [] : namesOf(registryName, prefix).map((name) => ({ name, ...checks }));
  });
  const beside = otherwise === undefined ? { mandatory: true, isNeverAlone: true } : {};
  return {
    documents:
      repositories.length === 0 ? [] : [{ kind: "ClusterImagePolicy", name: SETTINGS_POLICY, ...beside, repositories }],
    exceptions: exceptionsOf(tree, registryName),
  };
}

function checksOf(
  { preventPullFrom, onlyFixable = false }: RepositorySettings,
  otherwise: ImageChecks | undefined,
): { readonly policy?: ImageChecks } | undefined {
  if (preventPullFrom === undefined) {
    return undefined;
  }
  if (preventPullFrom === "none") {
    return otherwise === undefined ? {} : { policy: otherwise };
  }
  const maxSeverity = PASSES[preventPullFrom];
  return {
    policy: {
      scan: { required: true },
      vulnerability: { ...(maxSeverity === undefined ? {} : { maxSeverity }), onlyFixable },
    },
  };
}

/**
 * One exception for all that is allowed for one reason until one time, where a list begins to count. It ends at every prefix
 * below where another list does, or what is common would be added to what a prefix has of its own.
 */
function exceptionsOf(tree: SettingsTree, registryName: string): readonly PolicyException[] {
  const authors = new Map(tree.prefixes.map(({ prefix, updatedBy }) => [prefix, updatedBy]));
  const places = new Set(["", ...tree.prefixes.map(({ prefix }) => prefix)]);
  const resolved = [...places].map((prefix) => ({ prefix, settings: tree.resolve(prefix) }));
  const begins = resolved.filter(
    ({ prefix, settings }) => prefix === "" || settings.allowedFrom !== tree.resolve(parentOf(prefix)).allowedFrom,
  );
  const below = nextBelow(begins.map(({ prefix }) => prefix));
  return begins.flatMap(({ prefix, settings }) => {
    const except = (below.get(prefix) ?? []).flatMap((each) => namesOf(registryName, each));
    return grouped(settings).map(
      (allowed, at): PolicyException => ({
        name: `${SETTINGS_POLICY}/${settings.allowedFrom === "" ? "*" : settings.allowedFrom}/${at + 1}`,
        subject: {
          repositories: namesOf(registryName, prefix),
          ...(except.length === 0 ? {} : { exceptRepositories: except }),
        },
        findings: { vulnerabilities: allowed.map(({ id }) => id) },
        reason: allowed[0]?.reason ?? "",
        requester: SETTINGS_POLICY,
        approver: authors.get(settings.allowedFrom) ?? "",
        until: allowed[0]?.until ?? NO_END,
      }),
    );
  });
}

/** The prefixes by the longest other one that they are under. */
function nextBelow(prefixes: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Set(prefixes);
  const below = new Map<string, string[]>();
  for (const prefix of prefixes) {
    const above = prefixesOf(prefix).findLast((each) => each !== prefix && known.has(each));
    if (above !== undefined) {
      const found = below.get(above) ?? [];
      found.push(prefix);
      below.set(above, found);
    }
  }
  return below;
}

function grouped({ allowed }: ResolvedSettings): readonly (readonly AllowedVulnerability[])[] {
  return [...Map.groupBy(allowed, ({ reason, until = "" }) => JSON.stringify([reason, until])).values()];
}

function parentOf(prefix: string): string {
  return prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")));
}

function namesOf(registryName: string, prefix: string): readonly string[] {
  return prefix === "" ? [`${registryName}/*`] : [`${registryName}/${prefix}`, `${registryName}/${prefix}/*`];
}
