// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import type { SignedEntity } from "@sigstore/verify";

type LogEntry = SignedEntity["tlogEntries"][number];

/**
 * Whether the entry of the log names this signer: its certificate or its public key, both in DER. `@sigstore/verify`
 * compares signature and digest only. An ECDSA signature has other keys under which it is valid too, so that somebody
 * else could have logged it under theirs, at a time of their choice.
 */
export function namesSigner(
  entry: LogEntry,
  signer: { readonly certificate?: Buffer; readonly spki: Buffer },
): boolean {
  const named = readSigner(JSON.parse(entry.canonicalizedBody.toString("utf8")));
  return (
    named !== undefined &&
    (named.equals(signer.spki) || (signer.certificate !== undefined && named.equals(signer.certificate)))
  );
}

/** DER of certificate or key, from where the entry's kind and version keep it (Rekor's JSON schemas, rekor-tiles protobuf). */
function readSigner(body: unknown): Buffer | undefined {
  const kind = text(at(body, "kind"));
  const version = text(at(body, "apiVersion"));
  const spec = at(body, "spec");
  switch (`${kind} ${version}`) {
    case "hashedrekord 0.0.1":
      return fromPem(text(at(spec, "signature", "publicKey", "content")));
    case "dsse 0.0.1":
      return fromPem(text(at(spec, "signatures", "0", "verifier")));
    case "intoto 0.0.2":
      return fromPem(text(at(spec, "content", "envelope", "signatures", "0", "publicKey")));
    case "hashedrekord 0.0.2":
      return fromVerifier(at(spec, "hashedRekordV002", "signature", "verifier"));
    case "dsse 0.0.2":
      return fromVerifier(at(spec, "dsseV002", "signatures", "0", "verifier"));
    default:
      return undefined;
  }
}

/** Base64 of a PEM block. */
function fromPem(base64: string): Buffer | undefined {
  const pem = Buffer.from(base64, "base64").toString("latin1");
  const match = /^\s*-----BEGIN (?:CERTIFICATE|PUBLIC KEY)-----([A-Za-z0-9+/=\s]+)-----END [A-Z ]+-----\s*$/.exec(pem);
  return match === null ? undefined : Buffer.from(match[1] ?? "", "base64");
}

function fromVerifier(verifier: unknown): Buffer | undefined {
  const base64 = at(verifier, "x509Certificate", "rawBytes") ?? at(verifier, "publicKey", "rawBytes");
  return typeof base64 === "string" ? Buffer.from(base64, "base64") : undefined;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === "object" && found !== null && Object.hasOwn(found, name)
        ? (found as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
