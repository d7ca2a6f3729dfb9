// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from "node:fs/promises";
import { parse as parseYaml } from "yaml";
import { LIMITS, messageOf } from "#base";
import { POLICY_API_VERSION, type PolicyDocument, PolicyError, parsePolicyDocuments } from "#policy";
import { PolicyFileError } from "./errors.ts";

const SETTING = "registry.requireSignatures";
/** Of the policy document, as verdicts name it. */
const NAME = "registry-require-signatures";
/** What a YAML file may say about a prefix; everything else belongs into a policy document. */
const FIELDS: ReadonlySet<string> = new Set(["signatures", "attestations"]);

/** What must be fulfilled by the repositories of a prefix. */
export interface RequiredSignatures {
  /** The prefix within our registry; `*` is all of it. */
  readonly name: string;
  /** The file that says what. */
  readonly value: string;
}

/**
 * The mandatory policy that `registry.requireSignatures` stands for, nothing where it is not set. Of several prefixes
 * that fit a repository, the longest counts. `registryName` is the main name of the registry, which stands for all of
 * its names. Throws PolicyFileError with the problems of all files.
 */
export async function readRequiredSignatures(
  required: readonly RequiredSignatures[],
  registryName: string,
): Promise<readonly PolicyDocument[]> {
  const problems: string[] = [];
  const repositories: PolicyDocument["repositories"][number][] = [];
  for (const { name: prefix, value: file } of required) {
    try {
      const policy = toChecks(await readLimited(file));
      const name = `${registryName}/${prefix === "*" ? "" : prefix}*`;
      repositories.push(...(await parseEntry(name, policy, file)));
    } catch (error) {
      const found =
        error instanceof PolicyError ? error.problems.map(({ path, message }) => `${path}: ${message}`) : [];
      problems.push(`${prefix}=${file}: ${found.length > 0 ? found.join("; ") : messageOf(error)}`);
    }
  }
  if (problems.length > 0) {
    const lines = problems.map((each) => `  - ${each}`).join("\n");
    throw new PolicyFileError("REQUIRED_SIGNATURES_INVALID", `${SETTING} is wrong:\n${lines}`, {
      details: { problems },
    });
  }
  return repositories.length === 0 ? [] : [{ kind: "ClusterImagePolicy", name: NAME, mandatory: true, repositories }];
}

/** Checked as any other policy document, so that there is one reading of `signatures`. */
async function parseEntry(name: string, policy: unknown, origin: string): Promise<PolicyDocument["repositories"]> {
  const document = {
    apiVersion: POLICY_API_VERSION,
    kind: "ClusterImagePolicy",
    metadata: { name: NAME },
    spec: { mandatory: true, repositories: [{ name, policy }] },
  };
  const { compileConditions } = await import("#attestations");
  function checkCondition(condition: string): string | undefined {
    try {
      compileConditions([condition]);
      return undefined;
    } catch (error) {
      return messageOf(error);
    }
  }
  const { documents } = parsePolicyDocuments(JSON.stringify(document), origin, { checkCondition });
  return documents.flatMap((each) => each.repositories);
}

/** A key or certificate as it is, or YAML with the fields of a policy. */
function toChecks(text: string): unknown {
  // YAML may hold keys as well, and must not be taken for the keys alone: it asks for more than any one of them.
  if (!text.trimStart().startsWith("-----BEGIN ")) {
    return readFields(text);
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)) {
    throw new Error("this is a private key: name the file with the public one");
  }
  if (text.includes("-----BEGIN PGP PUBLIC KEY BLOCK-----")) {
    return { signatures: [{ gpg: { keys: [text] } }] };
  }
  const certificates = pemBlocks(text, "CERTIFICATE");
  if (certificates.length > 0) {
    return { signatures: [{ notation: { certificates } }] };
  }
  const keys = pemBlocks(text, "PUBLIC KEY");
  if (keys.length > 0) {
    return { signatures: [{ cosign: { keys } }] };
  }
  throw new Error("expected a public key or certificates behind -----BEGIN");
}

function readFields(text: string): unknown {
  const value: unknown = parseYaml(text, { maxAliasCount: 0, uniqueKeys: true });
  const isMapping = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMapping || Object.keys(value).length === 0 || Object.keys(value).some((field) => !FIELDS.has(field))) {
    throw new Error("expected a public key, certificates, or YAML with `signatures:` or `attestations:`");
  }
  for (const [field, list] of Object.entries(value)) {
    // An empty list asks for nothing: whoever wrote it meant something else.
    if (!Array.isArray(list) || list.length === 0) {
      throw new Error(`expected at least one element of ${field}`);
    }
  }
  return value;
}

function pemBlocks(text: string, label: "CERTIFICATE" | "PUBLIC KEY"): readonly string[] {
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  return text
    .split(begin)
    .slice(1)
    .map((rest) => `${begin}${rest.split(end, 1)[0] ?? ""}${end}\n`);
}

async function readLimited(file: string): Promise<string> {
  const { size } = await stat(file);
  if (size > LIMITS.maxPolicyBytes) {
    throw new Error(`larger than ${LIMITS.maxPolicyBytes} bytes`);
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(file));
}
