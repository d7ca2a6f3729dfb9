// SPDX-License-Identifier: Apache-2.0
import { quote } from "#base";
import type { Envelope } from "./envelope.ts";
import { parseJwsEnvelope } from "./parse-jws.ts";
import { malformed } from "./signed-attributes.ts";

/** The envelope in the bytes of a layer of this media type. Throws `SignatureRejected`. */
export async function parseEnvelope(mediaType: string, bytes: Uint8Array): Promise<Envelope> {
  switch (mediaType) {
    case "application/jose+json": {
      return parseJwsEnvelope(bytes);
    }
    case "application/cose": {
      // Few signatures are of this format, and the others need no CBOR.
      const { parseCoseEnvelope } = await import("./parse-cose.ts");
      return parseCoseEnvelope(bytes);
    }
    default: {
      throw malformed(`media type ${quote(mediaType)} is none of its formats`);
    }
  }
}
