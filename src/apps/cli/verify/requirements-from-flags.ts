// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, statSync } from "node:fs";
import { LIMITS, messageOf } from "#base";
import type {
  AttestationSigner,
  CertificateIdentity,
  GpgIdentity,
  NotarySigner,
  TrustRequirement,
  TrustRoot,
} from "#signatures";
import type { Invocation } from "../command.ts";
import { UsageError } from "../errors.ts";
import { assertCosignKey, assertKeyRing, assertNotation, assertSignerKey, assertTrustedRoot } from "./assert-usable.ts";

/**
 * What the flags ask for, with all files read; all of it must hold. An empty list when there are none of them. Throws
 * UsageError for flags that do not go together, files that cannot be read and keys that cannot be used.
 */
export async function requirementsFromFlags(invocation: Invocation): Promise<readonly TrustRequirement[]> {
  const signers = await readSigners(invocation);
  return [
    ...(await readAttestation(invocation, signers)),
    ...(await readNotation(invocation)),
    ...readNotary(invocation),
    ...(await readGpg(invocation)),
  ];
}

/** With a type of attestation, key and identity say who must have attested; without one, who must have signed. */
async function readAttestation(
  invocation: Invocation,
  signers: readonly AttestationSigner[],
): Promise<readonly TrustRequirement[]> {
  const type = invocation.text("attestation-type");
  const conditions = invocation.list("condition");
  if (type === undefined) {
    assertUnused(conditions, "--condition needs --attestation-type");
    return signers;
  }
  if (signers.length === 0) {
    throw new UsageError("OPTION_INVALID", "--attestation-type needs --key or --certificate-identity");
  }
  const { compileConditions, toPredicateType } = await import("#attestations");
  if (conditions.length > 0) {
    compileConditions(conditions);
  }
  const predicateType = toPredicateType(type);
  if (predicateType === undefined) {
    throw new UsageError(
      "OPTION_INVALID",
      `--attestation-type takes a URI or a short name, found "${type.slice(0, 200)}"`,
    );
  }
  return [{ kind: "attestation", predicateType, by: signers, conditions }];
}

async function readSigners(invocation: Invocation): Promise<readonly AttestationSigner[]> {
  const keys: string[] = [];
  for (const file of invocation.list("key")) {
    const pem = readText("key", file);
    await assertCosignKey(file, pem);
    keys.push(pem);
  }
  const identity = readIdentity(invocation);
  const trustedRoot = invocation.text("trusted-root");
  if (keys.length === 0 && identity === undefined) {
    assertUnused(trustedRoot, "--trusted-root needs --key or --certificate-identity");
    return [];
  }
  const root = trustedRoot === undefined ? undefined : await readTrustRoot(trustedRoot);
  return [
    ...(keys.length === 0
      ? []
      : [{ kind: "cosign-key" as const, keys, ...(root === undefined ? {} : { trustRoot: root }) }]),
    ...(identity === undefined
      ? []
      : [
          { kind: "cosign-keyless" as const, identities: [identity] as const, trustRoot: root ?? { name: "sigstore" } },
        ]),
  ];
}

function readIdentity(invocation: Invocation): CertificateIdentity | undefined {
  const subject = oneOf(invocation, "certificate-identity");
  const issuer = oneOf(invocation, "certificate-oidc-issuer");
  if (subject === undefined && issuer === undefined) {
    return undefined;
  }
  if (subject === undefined || issuer === undefined) {
    // anybody may have an account of that name at some other issuer
    throw new UsageError("OPTION_INVALID", "--certificate-identity and --certificate-oidc-issuer need each other");
  }
  return {
    ...(subject.isPattern ? { subjectPattern: subject.text } : { subject: subject.text }),
    ...(issuer.isPattern ? { issuerPattern: issuer.text } : { issuer: issuer.text }),
  };
}

function oneOf(
  invocation: Invocation,
  name: string,
): { readonly text: string; readonly isPattern: boolean } | undefined {
  const exact = invocation.text(name);
  const pattern = invocation.text(`${name}-pattern`);
  if (exact !== undefined && pattern !== undefined) {
    throw new UsageError("OPTION_INVALID", `--${name} and --${name}-pattern exclude each other`);
  }
  const text = exact ?? pattern;
  if (text === "") {
    throw new UsageError("OPTION_INVALID", `--${name} is empty`);
  }
  return text === undefined ? undefined : { text, isPattern: exact === undefined };
}

/** A file when there is one of that name, else the name of a configured root. */
async function readTrustRoot(text: string): Promise<TrustRoot> {
  if (/^[\w-]+$/.test(text) && !existsSync(text)) {
    return { name: text };
  }
  const json = readText("trusted-root", text);
  await assertTrustedRoot(text, json);
  return { json };
}

async function readNotation(invocation: Invocation): Promise<readonly TrustRequirement[]> {
  const file = invocation.text("trust-policy");
  const stores = invocation.list("trust-store");
  if (file === undefined) {
    assertUnused(stores, "--trust-store needs --trust-policy");
    return [];
  }
  const trustStores: Record<string, string[]> = {};
  for (const { name, value } of stores.map((pair) => splitPair("trust-store", pair))) {
    if (!/^(?:ca|signingAuthority|tsa):[\w.-]+$/.test(name)) {
      throw new UsageError(
        "OPTION_INVALID",
        `--trust-store takes ca:NAME=FILE, signingAuthority:NAME=FILE or tsa:NAME=FILE, found "${name.slice(0, 100)}"`,
      );
    }
    (trustStores[name] ??= []).push(readText("trust-store", value));
  }
  const requirement = { kind: "notation" as const, trustPolicy: readText("trust-policy", file), trustStores };
  await assertNotation(requirement);
  return [requirement];
}

function readNotary(invocation: Invocation): readonly TrustRequirement[] {
  const rootKeyIds = invocation.list("notary-root-key-id").map(readRootKeyId);
  const trustOnFirstUse = invocation.flag("trust-on-first-use");
  const pairs = invocation.list("signer");
  const server = invocation.text("notary-server");
  if (rootKeyIds.length === 0 && !trustOnFirstUse) {
    if (server !== undefined || pairs.length > 0) {
      // a server proves nothing about itself
      throw new UsageError(
        "OPTION_INVALID",
        "name the trusted root with --notary-root-key-id, or use --trust-on-first-use",
      );
    }
    return [];
  }
  const signers: NotarySigner[] = [];
  for (const { name, value } of pairs.map((pair) => splitPair("signer", pair))) {
    const publicKey = readText("signer", value);
    assertSignerKey(value, publicKey);
    signers.push({ name, publicKey });
  }
  return [{ kind: "notary", rootKeyIds, trustOnFirstUse, signers }];
}

function readRootKeyId(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw new UsageError(
      "OPTION_INVALID",
      `--notary-root-key-id takes the 64 hexadecimal characters of a key id, found "${text.slice(0, 100)}"`,
    );
  }
  return text.toLowerCase();
}

async function readGpg(invocation: Invocation): Promise<readonly TrustRequirement[]> {
  const files = invocation.list("gpg-key");
  const store = invocation.text("gpg-store");
  const identity = invocation.text("gpg-identity");
  if (files.length === 0) {
    assertUnused(store ?? identity, "--gpg-store and --gpg-identity need --gpg-key");
    return [];
  }
  const signedIdentity = readGpgIdentity(identity ?? "matchRepoDigestOrExact");
  const keys: string[] = [];
  for (const file of files) {
    const ring = readKeyRing(file);
    await assertKeyRing(file, ring);
    keys.push(ring);
  }
  const { resolve } = await import("node:path");
  const { pathToFileURL } = await import("node:url");
  const storeUrl = store === undefined || /^[a-z]+:\/\//i.test(store) ? store : pathToFileURL(resolve(store)).href;
  return [
    {
      kind: "gpg",
      keys,
      identity: signedIdentity,
      ...(storeUrl === undefined ? {} : { store: storeUrl }),
    },
  ];
}

function readGpgIdentity(text: string): GpgIdentity {
  const [type, first, second] = text.split("=", 3);
  const isNone = first === undefined;
  if (isNone && (type === "matchExact" || type === "matchRepoDigestOrExact" || type === "matchRepository")) {
    return { type };
  }
  if (first && type === "exactReference") {
    return { type, reference: first };
  }
  if (first && type === "exactRepository") {
    return { type, repository: first };
  }
  if (first && second && type === "remapIdentity") {
    return { type, prefix: first, signedPrefix: second };
  }
  throw new UsageError(
    "OPTION_INVALID",
    `--gpg-identity does not take "${text.slice(0, 200)}"; it takes matchRepoDigestOrExact, matchExact, matchRepository, exactReference=REF, exactRepository=REPO or remapIdentity=PREFIX=SIGNED`,
  );
}

/** Armoured as it is, anything else as base64. */
function readKeyRing(file: string): string {
  const bytes = readBytes("gpg-key", file);
  const text = bytes.toString("latin1");
  return text.includes("-----BEGIN PGP") ? text : bytes.toString("base64");
}

function splitPair(option: string, pair: string): { readonly name: string; readonly value: string } {
  const at = pair.indexOf("=");
  if (at <= 0 || at === pair.length - 1) {
    throw new UsageError("OPTION_INVALID", `--${option} takes NAME=FILE, found "${pair.slice(0, 200)}"`);
  }
  return { name: pair.slice(0, at), value: pair.slice(at + 1) };
}

function assertUnused(value: string | readonly string[] | undefined, message: string): void {
  if (value !== undefined && value.length > 0) {
    throw new UsageError("OPTION_INVALID", message);
  }
}

function readText(option: string, file: string): string {
  return readBytes(option, file).toString("utf8");
}

function readBytes(option: string, file: string): Buffer {
  try {
    const { size } = statSync(file);
    if (size > LIMITS.maxTrustMaterialBytes) {
      throw new Error(`it is larger than ${LIMITS.maxTrustMaterialBytes} bytes`);
    }
    return readFileSync(file);
  } catch (error) {
    throw new UsageError("OPTION_INVALID", `--${option}: cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}
