// SPDX-License-Identifier: Apache-2.0
import { registryNamesOf } from "#configuration";
import { evaluate, factsNeeded, type ImageChecks, type Reason, type Verdict } from "#policy";
import { type ExplainedEntry, explainSelection, nameObject } from "#policy-tools";
import type { CommandContext, Invocation } from "../command.ts";
import type { ExplainedCheck, ExplainedEntryChecks, Explanation } from "./explanation.ts";
import { judgeImage, type NamedImage } from "./judge-image.ts";
import type { LoadedPolicies } from "./loaded-policies.ts";

/** Explains the verdict on an image; with `--check` the image is read, else only what is certain without it is judged. */
export async function explainImage(
  named: NamedImage,
  loaded: LoadedPolicies,
  invocation: Invocation,
  context: CommandContext,
): Promise<Explanation> {
  const { image, namespace, workload } = named;
  const question = {
    ...loaded.scope,
    reference: image,
    ...(namespace === undefined ? {} : { namespace }),
    policies: loaded.documents.map(({ document }) => document),
    secrets: loaded.secrets,
    hostAliases: registryNamesOf(context.configuration()),
  };
  const selection = explainSelection(question);
  const needed = factsNeeded(question);
  // what needs no look at the image is not looked at: its registry may be down
  const isChecked = invocation.flag("check") && needed.digest;
  const verdict = isChecked
    ? await judgeImage(named, loaded, invocation, context)
    : evaluate({
        ...question,
        exceptions: loaded.exceptions.map(({ exception }) => exception),
        ...(workload === undefined ? {} : { workload }),
        facts: { kind: "unknown" },
        now: context.now(),
      });
  // what is allowed without a look at the image leaves no check open, e.g. insecureAcceptAnything
  const isOpen = !isChecked && needed.digest && verdict.outcome !== "allow";
  const applying = selection.entries.filter(({ fate }) => fate === "won" || fate === "mandatory");
  return {
    image,
    ...(namespace === undefined ? {} : { namespace }),
    source: loaded.source,
    selection,
    entries: applying.map((entry) => explainEntry(entry, verdict, isOpen)),
    needed,
    isChecked,
    verdict,
    problems: loaded.problems,
  };
}

function explainEntry(
  { document, index, name }: ExplainedEntry,
  verdict: Verdict,
  isOpen: boolean,
): ExplainedEntryChecks {
  const { mode: _mode, mutateImage: _mutate, ...checks } = document.repositories[index]?.policy ?? {};
  const fields = Object.entries(checks).flatMap(([field, asked]): readonly (readonly [string, unknown])[] =>
    Array.isArray(asked) && field !== "platforms"
      ? asked.map((each, at) => [`${field}[${at}]`, each as unknown] as const)
      : [[field, asked]],
  );
  return {
    document: nameObject(document),
    entry: name,
    checks: fields.map(([field, asked]) => explainCheck(field, asked, verdict.reasons, isOpen)),
  };
}

function explainCheck(field: string, asked: unknown, reasons: readonly Reason[], isOpen: boolean): ExplainedCheck {
  const own = reasons.filter((reason) => fieldOf(reason) === topOf(field) && isAbout(reason, field));
  const isOff = field === "trust" && (asked as ImageChecks["trust"])?.enabled === false;
  return {
    field,
    asked,
    state: own.some(isWeighty) ? "fails" : isOpen && !isOff ? "open" : "holds",
    reasons: own,
  };
}

function isWeighty({ effect }: Reason): boolean {
  return effect === "deny" || effect === "undecided";
}

/** Reasons on signatures name the place that they are about: `signatures[0].cosign`, `trust`. */
function isAbout(reason: Reason, field: string): boolean {
  const place = reason.params["field"];
  return typeof place !== "string" || place === field || place.startsWith(`${field}.`) || place.startsWith(`${field}[`);
}

function topOf(field: string): string {
  return field.replace(/\[.*$/, "");
}

const OF_VULNERABILITY: ReadonlySet<Reason["code"]> = new Set<Reason["code"]>([
  "VULNERABILITY",
  "VULNERABILITY_UNDECIDED",
  "SEVERITY_UNKNOWN",
  "FIX_DATE_UNKNOWN",
  "EXPLOITATION_UNKNOWN",
]);

const OF_CONFIGURATION: ReadonlySet<Reason["code"]> = new Set<Reason["code"]>([
  "ROOT_USER",
  "CONFIG_UNKNOWN",
  "PACKAGE_DENIED",
  "SECRET_FOUND",
  "SETUID_FILE",
  "MALWARE_FOUND",
  "NOT_LOOKED_FOR",
  "END_OF_LIFE",
  "END_OF_LIFE_UNKNOWN",
]);

/** Which check of a policy a reason comes from; `undefined` when it is about none. */
function fieldOf({ code, params }: Reason): string | undefined {
  const place = params["field"];
  if (typeof place === "string") {
    return place.replace(/[.[].*$/, "");
  }
  if (OF_VULNERABILITY.has(code)) {
    return "vulnerability";
  }
  if (/^(?:SCAN_|DISTRIBUTION_|ADVISORIES_|PACKAGES_MISSING|ARTIFACT_)/.test(code)) {
    return "scan";
  }
  if (OF_CONFIGURATION.has(code)) {
    return "configuration";
  }
  const isOfImage =
    code === "IMAGE_TOO_OLD" || code === "IMAGE_AGE_UNKNOWN" || code === "TAG_NOT_ALLOWED" || code === "DIGEST_MISSING";
  return isOfImage ? "image" : undefined;
}
