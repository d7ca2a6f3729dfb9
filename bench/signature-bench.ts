// SPDX-License-Identifier: Apache-2.0
import { makeKeylessSignatures, makeKeySignatures } from "../test/support/sigstore/make-signatures.ts";
import { makeGpgSignatures } from "../test/support/simple-signing/make-signatures.ts";
import type { MadeSignatures } from "./made-signatures.ts";
import { measureWorkInTurn } from "./measure-work.ts";
import { makeNotarySignatures } from "./notary-signatures.ts";
import { makeNotationSignatures } from "./notation-signatures.ts";
import type { BenchReport, BenchRow } from "./report.ts";

const SIGNATURES = 100;

interface SignatureKindBench {
  readonly what: string;
  readonly aim?: string;
  readonly make: () => Promise<MadeSignatures>;
}

const KINDS: readonly SignatureKindBench[] = [
  { what: "cosign, key", aim: "≤ 3 ×", make: () => makeKeySignatures(SIGNATURES) },
  { what: "cosign, keyless", aim: "≤ 4 ×", make: () => makeKeylessSignatures(SIGNATURES) },
  { what: "notation, JWS", make: () => makeNotationSignatures("jws", SIGNATURES) },
  { what: "notation, COSE", make: () => makeNotationSignatures("cose", SIGNATURES) },
  { what: "GPG, RSA 2048", aim: "≤ 4 ×", make: () => makeGpgSignatures("rsa", SIGNATURES) },
  { what: "GPG, Ed25519", aim: "≤ 4 ×", make: () => makeGpgSignatures("eddsa", SIGNATURES) },
  { what: "Notary v1", aim: "≤ 4 ×", make: () => makeNotarySignatures(SIGNATURES / 5) },
];

/** Verified results with warm keys and trust roots, beside the cryptography alone in the same run. */
export async function benchSignatures(): Promise<BenchReport> {
  const rows: BenchRow[] = [];
  for (const kind of KINDS) {
    const made = await kind.make();
    const [ours, bare] = await measureWorkInTurn([() => made.verifyAll(), () => made.verifyBare()], made.count);
    if (ours === undefined || bare === undefined) {
      throw new Error("nothing was measured");
    }
    const aim = kind.aim === undefined ? {} : { aim: kind.aim };
    rows.push(
      { what: `${kind.what}: CPU per result`, unit: "ms", ours: ours.cpuMs, peer: bare.cpuMs, ...aim },
      { what: `${kind.what}: results`, unit: "/s", ours: 1_000 / ours.wallMs, peer: 1_000 / bare.wallMs },
    );
  }
  return {
    title: "Signatures, verified with warm trust roots",
    peer: "node:crypto alone",
    rows,
    notes: [
      "One thread; medians of 7 rounds in turn. Every signature is of another image, and no result is remembered.",
      "node:crypto verifies as many signatures and certificates of the same algorithms, over about as many bytes, with parsed keys: of keyless a certificate and five signatures (SCT, timestamp, log entry, checkpoint, payload), of notation two certificates and the envelope, of Notary v1 six files.",
      "notation's certificate chain is the same for all envelopes and remembered by its content; revocation is not asked.",
    ],
  };
}
