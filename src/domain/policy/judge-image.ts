// SPDX-License-Identifier: Apache-2.0
import { matchesWildcard, parseDurationMs } from "#base";
import { type ImageReference, parseImageReference } from "#oci";
import type { CreationFacts, PlatformFacts } from "./image-facts.ts";
import type { PlatformJudgement } from "./platform-judgement.ts";
import type { ImageChecks } from "./policy-document.ts";
import type { Reason } from "./verdict.ts";

/** Before Docker's first release there were no images: build tools write such times so that builds can be repeated. */
const FIRST_IMAGES_MS = Date.parse("2013-03-13T00:00:00Z");

/** How far clocks may differ before a time counts as still to come. */
const MAX_SKEW_MS = 5 * 60_000;

/** Whether the checks ask anything that only a look at the image itself answers, apart from scan and signatures. */
export function needsImage(checks: ImageChecks | undefined): boolean {
  return needsCreated(checks) || needsConfig(checks);
}

/** Whether the checks ask for the age of the image. */
export function needsCreated(checks: ImageChecks | undefined): boolean {
  return checks?.image?.maxAge !== undefined;
}

/** Whether the checks ask for the configuration of the image. */
export function needsConfig(checks: ImageChecks | undefined): boolean {
  return checks?.configuration?.rootUser !== undefined;
}

/** What speaks against the name by which the image is used; the name alone is looked at. */
export function judgeName(reference: string, checks: ImageChecks): readonly Reason[] {
  const { allowTags, requireDigest } = checks.image ?? {};
  if (allowTags === undefined && requireDigest !== true) {
    return [];
  }
  const { tag = "latest", digest } = readReference(reference) ?? { tag: "" };
  if (digest !== undefined) {
    // It decides what runs; a tag beside it means nothing.
    return [];
  }
  const isAllowed = allowTags === undefined || allowTags.some((pattern) => matchesWildcard(pattern, tag));
  return [
    ...(requireDigest === true ? [{ code: "DIGEST_MISSING", effect: "deny", params: {} } as const] : []),
    ...(isAllowed
      ? []
      : [{ code: "TAG_NOT_ALLOWED", effect: "deny", params: { tag, allowed: (allowTags ?? []).join(", ") } } as const]),
  ];
}

function readReference(reference: string): Pick<ImageReference, "tag" | "digest"> | undefined {
  try {
    return parseImageReference(reference);
  } catch {
    // What is no reference has no digest and no tag that anybody allowed.
    return undefined;
  }
}

/** Judges age and configuration of one image for one platform; `index` is when the index was made that lists it. */
export function judgeMake(
  facts: PlatformFacts,
  index: CreationFacts | undefined,
  { checks, now }: { readonly checks: ImageChecks; readonly now: Date },
): PlatformJudgement {
  const { maxAge } = checks.image ?? {};
  const { rootUser } = checks.configuration ?? {};
  const age = maxAge === undefined ? { reasons: [] } : judgeAge(facts.created ?? index, maxAge, now);
  const user = rootUser === undefined ? [] : judgeUser(facts.config, rootUser);
  return { ...age, reasons: [...age.reasons, ...user] };
}

function judgeAge(created: CreationFacts | undefined, maxAge: string, now: Date): PlatformJudgement {
  const createdMs = created === undefined ? Number.NaN : Date.parse(created.at);
  if (created === undefined || Number.isNaN(createdMs)) {
    return unknownAge("unknown", "");
  }
  if (createdMs < FIRST_IMAGES_MS) {
    return unknownAge("placeholder", created.at);
  }
  if (createdMs > now.getTime() + MAX_SKEW_MS) {
    return unknownAge("future", created.at);
  }
  const endMs = createdMs + (parseDurationMs(maxAge) ?? Number.NaN);
  return now.getTime() < endMs
    ? { reasons: [], validUntilMs: endMs }
    : {
        reasons: [
          { code: "IMAGE_TOO_OLD", effect: "deny", params: { created: created.at, from: created.from, maxAge } },
        ],
      };
}

function unknownAge(problem: "unknown" | "placeholder" | "future", created: string): PlatformJudgement {
  return { reasons: [{ code: "IMAGE_AGE_UNKNOWN", effect: "undecided", params: { problem, created } }] };
}

function judgeUser(config: PlatformFacts["config"], effect: "deny" | "warn"): readonly Reason[] {
  if (config === undefined) {
    return [{ code: "CONFIG_UNKNOWN", effect: effect === "warn" ? "warn" : "undecided", params: {} }];
  }
  const user = config.user ?? "";
  return isRoot(user) ? [{ code: "ROOT_USER", effect, params: { user } }] : [];
}

/** The user of `USER user[:group]` as runtimes read it: none is root, and so is every way to write the number 0. */
function isRoot(user: string): boolean {
  const [name = ""] = user.trim().split(":");
  return name === "" || name === "root" || /^[+-]?0+$/.test(name);
}
