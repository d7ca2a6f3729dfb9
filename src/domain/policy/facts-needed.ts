// SPDX-License-Identifier: Apache-2.0
import type { TrustRequirement } from "#signatures";
import { needsConfig, needsCreated, needsImage } from "./judge-image.ts";
import { needsScan } from "./judge-platform.ts";
import type { ImageChecks } from "./policy-document.ts";
import type { PolicyException } from "./policy-exception.ts";
import type { SecretScope } from "./policy-secret.ts";
import { needsTrust, type ResolvedTrust, resolveTrust } from "./resolve-trust.ts";
import { judgingEntries, type PolicyQuestion, type SelectedEntry, selectBeside, selectEntry } from "./select-entry.ts";

/** What `evaluate` could use; when all of it is empty, nothing is contacted. */
export interface NeededFacts {
  readonly scan: boolean;
  /** When the image was made, and its configuration, of each child that can run. */
  readonly created: boolean;
  readonly config: boolean;
  /** `platforms` of each entry that judges, `undefined` where it names none; see `selectPlatforms`. */
  readonly platforms: readonly (readonly string[] | undefined)[];
  /** Whether the image must be looked up at all: for a check, or for pinning its digest. */
  readonly digest: boolean;
  /** What to verify about the manifest or index that was asked for. Each requirement stands here once. */
  readonly trust: readonly TrustRequirement[];
  /** What to verify about each child of an index that can run; a part of `trust`. */
  readonly childTrust: readonly TrustRequirement[];
}

/**
 * The facts that `evaluate` could use about an image. When there are none, the caller passes `{ kind: "unknown" }` and
 * contacts nothing: an image that is let through unchecked must not fail because its registry is down.
 */
export function factsNeeded(
  image: PolicyQuestion & SecretScope & { readonly exceptions?: readonly PolicyException[] },
): NeededFacts {
  const selection = selectEntry(image);
  const entries =
    selection.state === "no-match" && mayPassWithoutEntry(image.exceptions)
      ? selectBeside(image).mandatory
      : judgingEntries(selection);
  const resolved = entries.map((each) => resolveEntry(each, image));
  const requirements = resolved.flatMap((each) => [
    ...each.requirements,
    ...(each.verdict === undefined ? [] : [each.verdict]),
  ]);
  const scan = entries.some(({ entry }) => needsScan(entry.policy));
  const created = entries.some(({ entry }) => needsCreated(entry.policy));
  const config = entries.some(({ entry }) => needsConfig(entry.policy));
  return {
    scan,
    created,
    config,
    platforms: entries.map(({ entry }) => entry.policy?.platforms),
    digest:
      scan ||
      created ||
      config ||
      resolved.some((each) => each.needsDigest) ||
      entries.some(({ entry }) => pinsDigest(entry.policy)),
    trust: distinct(requirements),
    childTrust: distinct(requirements.filter((each) => each.children === "required")),
  };
}

/** Whether any exception could; then what is mandatory is asked for all the same. */
function mayPassWithoutEntry(exceptions: readonly PolicyException[] = []): boolean {
  return exceptions.some(({ findings }) => findings.rules?.includes("NO_MATCHING_REPOSITORY") === true);
}

/** The trust checks of an entry with their material; remembered, since the same entries are asked for every image. */
export function resolveEntry(selected: SelectedEntry, image: PolicyQuestion & SecretScope): ResolvedTrust {
  const { document, entry } = selected;
  const { secrets, systemNamespace, secretNamespace } = image;
  const scope = {
    secrets: secrets ?? NO_SECRETS,
    ...(systemNamespace === undefined ? {} : { systemNamespace }),
    ...(secretNamespace === undefined ? {} : { secretNamespace }),
    // Only then does the namespace of the workload make a difference.
    ...(secretNamespace === "request" ? { namespace: image.namespace } : {}),
  };
  const key = JSON.stringify([
    document.kind,
    document.namespace,
    scope.systemNamespace,
    secretNamespace,
    scope.namespace,
  ]);
  const known = RESOLVED.get(entry);
  if (known !== undefined && known.secrets === scope.secrets && known.key === key) {
    return known.resolved;
  }
  const resolved = resolveTrust(entry.policy, document, scope);
  RESOLVED.set(entry, { secrets: scope.secrets, key, resolved });
  return resolved;
}

/** Portieris pins what a check resolved, and leaves an unchecked image as it is; `mutateImage: true` asks for it outright. */
export function pinsDigest(checks: ImageChecks | undefined): boolean {
  return checks?.mutateImage ?? (needsScan(checks) || needsImage(checks) || needsTrust(checks));
}

const NO_SECRETS: NonNullable<SecretScope["secrets"]> = [];

/** By the entry itself: it is dropped together with its document. A change of Secrets is a new list. */
const RESOLVED = new WeakMap<
  SelectedEntry["entry"],
  { readonly secrets: SecretScope["secrets"]; readonly key: string; readonly resolved: ResolvedTrust }
>();

function distinct(
  requirements: readonly { readonly id: string; readonly requirement: TrustRequirement }[],
): readonly TrustRequirement[] {
  return [...new Map(requirements.map(({ id, requirement }) => [id, requirement])).values()];
}
