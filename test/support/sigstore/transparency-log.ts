// SPDX-License-Identifier: Apache-2.0
import { createHash, type KeyObject, sign } from "node:crypto";

/** An entry in the spelling of bundles (protobuf JSON `TransparencyLogEntry`). */
export interface LogEntry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly kindVersion: { readonly kind: string; readonly version: string };
  readonly integratedTime: string;
  readonly inclusionPromise?: { readonly signedEntryTimestamp: string };
  readonly inclusionProof: {
    readonly logIndex: string;
    readonly rootHash: string;
    readonly treeSize: string;
    readonly hashes: readonly string[];
    readonly checkpoint: { readonly envelope: string };
  };
  readonly canonicalizedBody: string;
}

/** A Merkle tree log (RFC 6962) that signs as Rekor does: version 1 promises and proves, version 2 only proves. */
export interface TransparencyLog {
  readonly version: 1 | 2;
  readonly baseUrl: string;
  readonly publicKey: KeyObject;
  /** SHA-256 of the key (version 1), or key id of its signed notes (version 2). */
  readonly keyId: Buffer;
  append(entry: { readonly kind: string; readonly apiVersion: string; readonly spec: unknown }): LogEntry;
}

export function createTransparencyLog(options: {
  readonly version: 1 | 2;
  readonly baseUrl: string;
  readonly keys: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly now: () => Date;
}): TransparencyLog {
  const { version, baseUrl, keys } = options;
  // clients of version 2 expect the name of the host without its port
  const name = version === 1 ? new URL(baseUrl).host : new URL(baseUrl).hostname;
  const spki = keys.publicKey.export({ type: "spki", format: "der" });
  const keyId = version === 1 ? sha256(spki) : noteKeyId(name, keys.publicKey);
  const leaves: Buffer[] = [];

  function append(entry: { readonly kind: string; readonly apiVersion: string; readonly spec: unknown }): LogEntry {
    const body = Buffer.from(canonicalJson(entry));
    leaves.push(sha256(Buffer.from([0]), body));
    const index = leaves.length - 1;
    const root = rootOf(leaves);
    const integratedTime = Math.floor(options.now().getTime() / 1000);
    const promise = { body: body.toString("base64"), integratedTime, logID: keyId.toString("hex"), logIndex: index };
    return {
      logIndex: String(index),
      logId: { keyId: keyId.toString("base64") },
      kindVersion: { kind: entry.kind, version: entry.apiVersion },
      integratedTime: version === 1 ? String(integratedTime) : "0",
      ...(version === 1
        ? { inclusionPromise: { signedEntryTimestamp: signBytes(canonicalJson(promise)).toString("base64") } }
        : {}),
      inclusionProof: {
        logIndex: String(index),
        rootHash: root.toString("base64"),
        treeSize: String(leaves.length),
        hashes: proofOf(leaves, index).map((hash) => hash.toString("base64")),
        checkpoint: { envelope: checkpoint(root) },
      },
      canonicalizedBody: body.toString("base64"),
    };
  }

  /** A signed note (transparency.dev, "checkpoint"); the line of the signature starts with four bytes of the key id. */
  function checkpoint(root: Buffer): string {
    const origin = version === 1 ? `${name} - 2026` : name;
    const note = `${origin}\n${leaves.length}\n${root.toString("base64")}\n`;
    const signature = Buffer.concat([keyId.subarray(0, 4), signBytes(note)]);
    return `${note}\n\u2014 ${name} ${signature.toString("base64")}\n`;
  }

  function signBytes(text: string): Buffer {
    return sign(keys.privateKey.asymmetricKeyType === "ed25519" ? null : "sha256", Buffer.from(text), keys.privateKey);
  }

  return { version, baseUrl, publicKey: keys.publicKey, keyId, append };
}

/** Signed note key id: hash of name and key, the key with a byte that says its algorithm (1 Ed25519, 2 ECDSA). */
function noteKeyId(name: string, key: KeyObject): Buffer {
  const spki = key.export({ type: "spki", format: "der" });
  return key.asymmetricKeyType === "ed25519"
    ? sha256(Buffer.from(`${name}\n\u0001`), spki.subarray(-32))
    : sha256(Buffer.from(`${name}\n\u0002`), spki);
}

/** RFC 6962 2.1. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  if (leaves.length <= 1) {
    return leaves[0] ?? sha256(Buffer.alloc(0));
  }
  const middle = splitOf(leaves.length);
  return sha256(Buffer.from([1]), rootOf(leaves.slice(0, middle)), rootOf(leaves.slice(middle)));
}

/** RFC 6962 2.1.1. */
function proofOf(leaves: readonly Buffer[], index: number): readonly Buffer[] {
  if (leaves.length <= 1) {
    return [];
  }
  const middle = splitOf(leaves.length);
  return index < middle
    ? [...proofOf(leaves.slice(0, middle), index), rootOf(leaves.slice(middle))]
    : [...proofOf(leaves.slice(middle), index - middle), rootOf(leaves.slice(0, middle))];
}

/** The largest power of two below the count. */
function splitOf(count: number): number {
  return 2 ** Math.floor(Math.log2(count - 1));
}

function sha256(...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(part);
  }
  return hash.digest();
}

/** JSON with sorted keys and no spaces (RFC 8785), for the plain values of log entries. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    const sorted = entries.toSorted(([left], [right]) => (left < right ? -1 : 1));
    return `{${sorted.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
