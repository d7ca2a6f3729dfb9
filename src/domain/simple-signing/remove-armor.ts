// SPDX-License-Identifier: Apache-2.0
import { Buffer } from "node:buffer";
import { malformed } from "./errors.ts";

const BEGIN = Buffer.from("-----BEGIN PGP ");
const BLOCK = /^-----BEGIN PGP ([A-Z ,/0-9]{1,40})-----$/;
const HEADER = /^[A-Za-z0-9-]{1,40}:(?: |$)/;
const BASE64_LINE = /^[A-Za-z0-9+/]{1,100}={0,2}$/;
const CHECKSUM_LINE = /^=[A-Za-z0-9+/]{4}$/;

/**
 * The binary message: the bytes as they are, or the content of their one `PGP MESSAGE` block (RFC 9580 section 6).
 * Detached and cleartext signatures are refused by their name: their text is not inside the signature, so they are no
 * simple signature. Throws `MALFORMED`.
 */
export function removeArmor(bytes: Uint8Array): Uint8Array {
  if (!BEGIN.equals(bytes.subarray(0, BEGIN.length))) {
    return bytes;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  const lines = text.split("\n").map((line) => line.trimEnd());
  const name = BLOCK.exec(lines[0] ?? "")?.[1];
  if (name !== "MESSAGE") {
    throw malformed(`expected a signed message with its content inside, found ${describeBlock(name)}`);
  }
  const end = lines.indexOf("-----END PGP MESSAGE-----");
  if (end < 0 || lines.slice(end + 1).some((line) => line !== "")) {
    throw malformed("the armour has no end, or something after it");
  }
  return decodeArmor(lines.slice(1, end));
}

/**
 * The bytes between the two frame lines: headers, an empty line, base64, and perhaps a checksum, which is not looked at
 * (section 6.1): signatures protect more. Throws `MALFORMED`.
 */
export function decodeArmor(lines: readonly string[]): Uint8Array {
  const blank = lines.indexOf("");
  const body = lines.slice(blank + 1);
  const data = CHECKSUM_LINE.test(body.at(-1) ?? "") ? body.slice(0, -1) : body;
  const isArmor = blank >= 0 && lines.slice(0, blank).every((line) => HEADER.test(line));
  if (!isArmor || !data.every((line) => BASE64_LINE.test(line))) {
    throw malformed("the armour has lines that are not base64");
  }
  return Buffer.from(data.join(""), "base64");
}

function describeBlock(name: string | undefined): string {
  switch (name) {
    case "SIGNATURE":
      return "a detached signature";
    case "SIGNED MESSAGE":
      return "a cleartext signature";
    default:
      return "another armoured block";
  }
}
