// SPDX-License-Identifier: Apache-2.0
import { requirementId, type TrustRequirement } from "#signatures";
import { createSecretReader, type SecretProblem, type SecretReader } from "./find-secret.ts";
import { foreignVerdictRequirement } from "./foreign-verdict.ts";
import type { ImageChecks, PolicyDocument } from "./policy-document.ts";
import type { SecretScope } from "./policy-secret.ts";
import {
  attestationRequirement,
  gpgRequirement,
  notaryRequirement,
  SecretFault,
  signatureRequirement,
  signerRequirement,
} from "./to-requirement.ts";
import type {
  AttestationSignerCheck,
  GpgCheck,
  SignatureCheck,
  SimpleChecks,
  SimpleRequirement,
} from "./trust-checks.ts";
import { withAddressAuthor } from "./with-address-author.ts";

/** A requirement with its material, and how it applies to an index. */
export interface ResolvedRequirement {
  readonly id: string;
  readonly requirement: TrustRequirement;
  /** Where the policy asks for it, e.g. `signatures[0]`. */
  readonly field: string;
  /** `required`: of the index and of each child; `covered`: of what was asked for, whose signature covers its children. */
  readonly children: "required" | "covered";
}

/** What the trust checks of one entry come to. */
export interface ResolvedTrust {
  /** All must hold. */
  readonly requirements: readonly ResolvedRequirement[];
  /** Fields whose Secret could not be used; each is a denial. */
  readonly problems: readonly (SecretProblem & { readonly field: string })[];
  /** Fields that accept nothing (`type: reject`). */
  readonly rejections: readonly string[];
  /** A verdict of somebody else that stands in for a scan. */
  readonly verdict?: ResolvedRequirement;
  /** Whether the digest is asked for even without a requirement (`insecureAcceptAnything` resolves and pins). */
  readonly needsDigest: boolean;
}

interface Slot {
  readonly field: string;
  readonly children: "required" | "covered";
  resolve(): TrustRequirement;
}

const NOTHING: ResolvedTrust = { requirements: [], problems: [], rejections: [], needsDigest: false };

/** Whether the checks ask for a signature or attestation of any kind. */
export function needsTrust(checks: ImageChecks | undefined): boolean {
  return (
    checks?.trust?.enabled === true ||
    checks?.simple !== undefined ||
    checks?.signatures !== undefined ||
    checks?.attestations !== undefined
  );
}

/**
 * The requirements of an entry's checks, with all keys in place. Never throws: a Secret that cannot be used is a problem
 * of its field.
 */
export function resolveTrust(
  checks: ImageChecks | undefined,
  document: Pick<PolicyDocument, "kind" | "namespace">,
  scope: SecretScope & { readonly namespace?: string | undefined },
): ResolvedTrust {
  const signers = checks?.scan?.acceptVerdictsFrom;
  if (checks === undefined || (!needsTrust(checks) && signers === undefined)) {
    return NOTHING;
  }
  const secrets = createSecretReader(document, scope);
  const requirements: ResolvedRequirement[] = [];
  const problems: (SecretProblem & { field: string })[] = [];
  for (const slot of slotsOf(checks, secrets)) {
    const resolved = resolveSlot(slot, document);
    if ("requirement" in resolved) {
      requirements.push(resolved);
    } else {
      problems.push(resolved);
    }
  }
  const verdict = signers === undefined ? undefined : resolveSlot(verdictSlot(signers, checks, secrets), document);
  return {
    requirements,
    // Whose verdict counts cannot be told without the key: the entry is as broken as one without the key of a signature.
    problems: verdict === undefined || "requirement" in verdict ? problems : [...problems, verdict],
    rejections: (checks.simple?.requirements ?? []).flatMap((each, at) =>
      each.type === "reject" ? [`simple.requirements[${at}]`] : [],
    ),
    needsDigest: needsTrust(checks),
    ...(verdict !== undefined && "requirement" in verdict ? { verdict } : {}),
  };
}

function resolveSlot(
  slot: Slot,
  document: Pick<PolicyDocument, "kind">,
): ResolvedRequirement | (SecretProblem & { readonly field: string }) {
  const { field, children } = slot;
  try {
    const requirement = withAddressAuthor(slot.resolve(), document);
    return { id: requirementId(requirement), requirement, field, children };
  } catch (error) {
    if (error instanceof SecretFault) {
      return { ...error.problem, field };
    }
    throw error;
  }
}

function slotsOf(checks: ImageChecks, secrets: SecretReader): readonly Slot[] {
  const { trust, simple, signatures = [], attestations = [] } = checks;
  return [
    ...(trust?.enabled === true
      ? [{ field: "trust", children: "covered" as const, resolve: () => notaryRequirement(trust, secrets) }]
      : []),
    ...(simple === undefined ? [] : simpleSlots(simple, secrets)),
    ...signatures.map((check, at) => ({
      field: `signatures[${at}]`,
      children: childrenOf(check),
      resolve: () => signatureRequirement(check, secrets),
    })),
    ...attestations.map((check, at) => ({
      field: `attestations[${at}]`,
      children: check.children ?? ("required" as const),
      resolve: () => attestationRequirement(check, secrets),
    })),
  ];
}

/** Notary v1 and simple signing sign what a tag names; neither knows of the children of an index. */
function childrenOf(check: SignatureCheck): "required" | "covered" {
  const methods = check.anyOf ?? [check];
  const signsChildren = methods.some((each) => each.notary === undefined && each.gpg === undefined);
  return signsChildren ? (check.children ?? "required") : "covered";
}

function simpleSlots(simple: SimpleChecks, secrets: SecretReader): readonly Slot[] {
  return simple.requirements.flatMap((requirement, at) =>
    requirement.type === "signedBy"
      ? [
          {
            field: `simple.requirements[${at}]`,
            children: "covered" as const,
            resolve: () => gpgRequirement({ ...withoutType(requirement), ...storeOf(simple) }, secrets),
          },
        ]
      : [],
  );
}

function withoutType({ type: _, ...rest }: SimpleRequirement): Omit<SimpleRequirement, "type"> {
  return rest;
}

function storeOf({ storeURL, storeSecret }: SimpleChecks): Pick<GpgCheck, "storeURL" | "storeSecret"> {
  return { ...(storeURL === undefined ? {} : { storeURL }), ...(storeSecret === undefined ? {} : { storeSecret }) };
}

function verdictSlot(signers: readonly AttestationSignerCheck[], checks: ImageChecks, secrets: SecretReader): Slot {
  return {
    field: "scan.acceptVerdictsFrom",
    children: "required",
    resolve: () =>
      foreignVerdictRequirement(
        signers.map((each) => signerRequirement(each, secrets)),
        checks.scan?.maxAge,
      ),
  };
}
