// SPDX-License-Identifier: Apache-2.0
import { createHash } from "node:crypto";
import { canonicalize } from "@tufjs/canonical-json";
import { type RepositoryOutcome, type RepositoryUpdate, updateRepository } from "#notary";
import { createTufSigner, type TufSigner } from "./tuf-signer.ts";

/** Keys of the four base roles. */
export interface RepositoryKeys {
  readonly root: readonly TufSigner[];
  readonly timestamp: readonly TufSigner[];
  readonly snapshot: readonly TufSigner[];
  readonly targets: readonly TufSigner[];
}

/** A delegation, listed in the file of the role above it. */
export interface DelegationSpec {
  /** e.g. `targets/releases`. */
  readonly name: string;
  readonly keys: readonly TufSigner[];
  /** Tag → digest (`sha256:…`). */
  readonly targets?: Readonly<Record<string, string>>;
  /** Default `[""]`. */
  readonly paths?: readonly string[];
}

/** What a repository holds. Everything by role name has a default: version 1, threshold 1, `EXPIRES`, signed by its own keys. */
export interface RepositorySpec {
  readonly gun: string;
  readonly keys: RepositoryKeys;
  readonly targets?: Readonly<Record<string, string>>;
  readonly delegations?: readonly DelegationSpec[];
  readonly versions?: Readonly<Record<string, number>>;
  readonly thresholds?: Readonly<Record<string, number>>;
  readonly expires?: Readonly<Record<string, string>>;
  /** Who signs instead; a key twice signs twice. */
  readonly signedBy?: Readonly<Record<string, readonly TufSigner[]>>;
  /** Changes what is signed. */
  readonly change?: Readonly<Record<string, (signed: Record<string, unknown>) => Record<string, unknown>>>;
  /** Changes a finished file; its parent describes what comes out. */
  readonly tamper?: Readonly<Record<string, (bytes: Buffer) => Buffer>>;
}

/** Files as a notary server serves them, by their name below `_trust/tuf/`. */
export type MetadataFiles = Map<string, Uint8Array>;

/** The time at which tests verify, and the time at which metadata ends unless a test says otherwise. */
export const NOW: Date = new Date("2026-11-01T00:00:00Z");
const EXPIRES = "2027-01-01T00:00:00.123456789Z";

/** Keys of all base roles, of the types that Notary makes: certificates for root, Ed25519 for the timestamp. */
export async function createRepositoryKeys(gun: string): Promise<RepositoryKeys> {
  return {
    root: [await createTufSigner("ecdsa-x509", { commonName: gun })],
    timestamp: [await createTufSigner("ed25519")],
    snapshot: [await createTufSigner("ecdsa")],
    targets: [await createTufSigner("ecdsa")],
  };
}

/** All files of a repository, with `<version>.root.json` beside `root.json`. */
export function buildRepository(spec: RepositorySpec): MetadataFiles {
  const files: MetadataFiles = new Map();
  const root = buildRoot(spec);
  files.set("root.json", root);
  files.set(`${spec.versions?.["root"] ?? 1}.root.json`, root);
  const meta: Record<string, unknown> = { root: describe(root) };
  for (const role of ["targets", ...(spec.delegations ?? []).map(({ name }) => name)]) {
    const bytes = buildTargets(spec, role);
    meta[role] = describe(bytes);
    files.set(nameOf(role, bytes), bytes);
  }
  const snapshot = buildFile(spec, "snapshot", spec.keys.snapshot, { meta });
  files.set(nameOf("snapshot", snapshot), snapshot);
  const timestamp = { meta: { snapshot: describe(snapshot) } };
  files.set("timestamp.json", buildFile(spec, "timestamp", spec.keys.timestamp, timestamp));
  return files;
}

function buildRoot(spec: RepositorySpec): Buffer {
  const roles = Object.entries(spec.keys) as [string, readonly TufSigner[]][];
  return buildFile(spec, "root", spec.keys.root, {
    consistent_snapshot: false,
    keys: keysById(roles.flatMap(([, keys]) => keys)),
    roles: Object.fromEntries(
      roles.map(([role, keys]) => [
        role,
        { keyids: keys.map(({ id }) => id), threshold: spec.thresholds?.[role] ?? 1 },
      ]),
    ),
  });
}

function buildTargets(spec: RepositorySpec, role: string): Buffer {
  const own = spec.delegations?.find(({ name }) => name === role);
  const children = (spec.delegations ?? []).filter(({ name }) => name.slice(0, name.lastIndexOf("/")) === role);
  const targets = Object.entries((role === "targets" ? spec.targets : own?.targets) ?? {});
  return buildFile(spec, role, own?.keys ?? spec.keys.targets, {
    delegations: {
      keys: keysById(children.flatMap(({ keys }) => keys)),
      roles: children.map(({ name, keys, paths = [""] }) => ({
        name,
        keyids: keys.map(({ id }) => id),
        paths,
        threshold: spec.thresholds?.[name] ?? 1,
      })),
    },
    targets: Object.fromEntries(targets.map(([tag, digest]) => [tag, toTarget(digest)])),
  });
}

function buildFile(
  spec: RepositorySpec,
  role: string,
  keys: readonly TufSigner[],
  content: Readonly<Record<string, unknown>>,
): Buffer {
  const common = { _type: typeOf(role), expires: spec.expires?.[role] ?? EXPIRES, version: spec.versions?.[role] ?? 1 };
  const unchanged: Record<string, unknown> = { ...common, ...content };
  const signed = spec.change?.[role]?.(unchanged) ?? unchanged;
  const message = Buffer.from(canonicalize(signed));
  const signatures = (spec.signedBy?.[role] ?? keys).map((key) => key.sign(message));
  const bytes = Buffer.from(JSON.stringify({ signed, signatures }));
  return spec.tamper?.[role]?.(bytes) ?? bytes;
}

function typeOf(role: string): string {
  const [base = ""] = role.split("/");
  return `${base.charAt(0).toUpperCase()}${base.slice(1)}`;
}

function keysById(keys: readonly TufSigner[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(keys.map(({ id, json }) => [id, json]));
}

function toTarget(digest: string): object {
  return { hashes: { sha256: Buffer.from(digest.replace("sha256:", ""), "hex").toString("base64") }, length: 1_000 };
}

function describe(bytes: Uint8Array): object {
  return { hashes: { sha256: hash("sha256", bytes), sha512: hash("sha512", bytes) }, length: bytes.length };
}

function hash(algorithm: string, bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest("base64");
}

function nameOf(role: string, bytes: Uint8Array): string {
  return `${role}.${createHash("sha256").update(bytes).digest("hex")}.json`;
}

/** Runs an update on files at hand; what is not among them is absent. `asked` collects the names. */
export function runUpdate(
  files: ReadonlyMap<string, Uint8Array>,
  update: RepositoryUpdate,
  asked: string[] = [],
): RepositoryOutcome {
  const steps = updateRepository(update);
  let step = steps.next();
  while (step.done !== true) {
    asked.push(step.value.name);
    step = steps.next(files.get(step.value.name));
  }
  return step.value;
}
