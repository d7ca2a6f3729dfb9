// SPDX-License-Identifier: Apache-2.0
import { open } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { digestAlgorithm, digestHex, LIMITS, redactUrl } from "#base";
import type { GpgCandidate } from "#simple-signing";
import type { SimpleSignatureSearch, SimpleSignatures } from "./simple-signatures.ts";
import { unavailable, unlooked } from "./source-problem.ts";

/**
 * `<store>/<path>@<algorithm>=<hex>/signature-<N>` for N = 1, 2, … until there is none (containers-registries.d(5),
 * "lookaside"). Only "there is none" ends the search; any other failure leaves open what else lies there.
 */
export async function readLookasideStore(search: SimpleSignatureSearch, store: string): Promise<SimpleSignatures> {
  const candidates: GpgCandidate[] = [];
  for (let number = 1; ; number += 1) {
    const place = describePlace(store, number);
    try {
      const url = signatureUrl(store, search, number);
      if (number > LIMITS.maxSignatures) {
        return { candidates, problems: [unlooked(redactUrl(url))], isComplete: false };
      }
      const bytes = await readSignature(url, search);
      if (bytes === undefined) {
        return { candidates, problems: [], isComplete: true };
      }
      candidates.push({ location: redactUrl(url), bytes });
    } catch (error) {
      return { candidates, problems: [unavailable(place, error)], isComplete: false };
    }
  }
}

function describePlace(store: string, number: number): string {
  return `signature-${number} in ${redactUrl(store)}`;
}

function signatureUrl(store: string, { image }: SimpleSignatureSearch, number: number): URL {
  const url = new URL(store);
  const { digest, reference } = image;
  const folder = `${reference.repository}@${digestAlgorithm(digest)}=${digestHex(digest)}`;
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/${folder}/signature-${number}`;
  return url;
}

/** The bytes, or `undefined` when it is certain that there are none. */
async function readSignature(url: URL, search: SimpleSignatureSearch): Promise<Uint8Array | undefined> {
  const { http, requirement, origin = "content", signal } = search;
  switch (url.protocol) {
    case "http:":
    case "https:":
      break;
    case "file:":
      if (origin !== "operator") {
        throw new Error("a folder of this machine may only be named by its operator");
      }
      return await readSmallFile(fileURLToPath(url));
    default:
      throw new Error(`expected an http://, https:// or file:// address, found ${JSON.stringify(url.protocol)}`);
  }
  const credentials = requirement.storeCredentials;
  const answer = await http.send(url, {
    maxBytes: LIMITS.maxSignatureBytes,
    origin,
    ...(credentials === undefined ? {} : { credentials }),
    signal,
  });
  switch (answer.status) {
    case 200:
      return answer.bytes;
    case 404:
      return undefined;
    default:
      throw new Error(`expected status 200 or 404, found ${answer.status}`);
  }
}

async function readSmallFile(path: string): Promise<Uint8Array | undefined> {
  try {
    await using file = await open(path);
    const bytes = Buffer.alloc(LIMITS.maxSignatureBytes + 1);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    if (bytesRead > LIMITS.maxSignatureBytes) {
      throw new Error(`a signature has more than ${LIMITS.maxSignatureBytes} bytes`);
    }
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
