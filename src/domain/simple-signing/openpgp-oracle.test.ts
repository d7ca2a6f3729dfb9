// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { readKeys, readMessage, verify } from "openpgp";
import { beforeAll, describe, expect, it } from "vitest";
import { rounds } from "../../../test/support/rounds.ts";
import {
  createOpenPgpKey,
  type OpenPgpKeyType,
  type OpenPgpTestKey,
} from "../../../test/support/simple-signing/open-pgp-key.ts";
import { type MessageOptions, signedMessage } from "../../../test/support/simple-signing/open-pgp-message.ts";
import { checkSignature } from "./check-signature.ts";
import { parseSignedMessage } from "./parse-signed-message.ts";
import { type KeyRing, readKeyRing } from "./read-key-ring.ts";

// Our reading of messages and signatures against another one: what we call good, openpgp.js calls good, over the same
// content. Where it says good and we do not, the message must be of a form that we refuse on purpose.

const NOW = new Date("2026-11-22T12:00:00Z");
const CREATED = new Date("2026-11-01T00:00:00Z");
const SIGNED_AT = new Date("2026-11-02T00:00:00Z");
const TYPES: readonly OpenPgpKeyType[] = ["rsa", "ecdsa", "eddsa", "ed25519"];

let keys: readonly OpenPgpTestKey[];
let foreign: OpenPgpTestKey;
let ring: KeyRing;
let theirRing: Awaited<ReturnType<typeof readKeys>>;

beforeAll(async () => {
  keys = await Promise.all(TYPES.map((type) => createOpenPgpKey({ type, createdAt: CREATED, subkeys: 1 })));
  foreign = await createOpenPgpKey({ createdAt: CREATED });
  ring = await readKeyRing(keys.map(({ armored }) => armored));
  theirRing = (await Promise.all(keys.map(({ armored }) => readKeys({ armoredKeys: armored })))).flat();
});

/** One letter for each signature of the message: `g`ood or `b`ad; or the code of what made it unreadable. */
interface Opinion {
  readonly verdict: string;
  readonly content?: Buffer;
}

async function ours(bytes: Uint8Array): Promise<Opinion> {
  try {
    const message = parseSignedMessage(bytes);
    const checks = await Promise.all(
      message.signatures.map((each) => checkSignature(each, message.content, ring, { now: NOW })),
    );
    return {
      verdict: checks.map(({ isGood }) => (isGood ? "g" : "b")).join(""),
      content: Buffer.from(message.content),
    };
  } catch {
    return { verdict: "unreadable" };
  }
}

async function theirs(bytes: Uint8Array): Promise<Opinion> {
  try {
    const message = await readMessage({ binaryMessage: bytes, config: { maxDecompressedMessageSize: 1_000_000 } });
    const { data, signatures } = await verify({ message, verificationKeys: theirRing, date: NOW, format: "binary" });
    const letters = await Promise.all(
      signatures.map(({ verified }) =>
        verified.then(
          () => "g",
          () => "b",
        ),
      ),
    );
    return { verdict: letters.join(""), content: Buffer.from(data) };
  } catch {
    return { verdict: "unreadable" };
  }
}

const options: fc.Arbitrary<MessageOptions> = fc.record({
  hash: fc.constantFrom(1, 2, 8, 9, 10, 11, 12, 14),
  type: fc.constantFrom(0, 1),
  compression: fc.constantFrom("zip", "zlib", "none"),
  createdAt: fc.constantFrom(SIGNED_AT, new Date("2026-11-21T12:00:00Z"), new Date("2020-01-01T00:00:00Z")),
  lifetime: fc.constantFrom(0, 1, 1_000_000_000),
});
const content = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.string().map((text) => Buffer.from(`{"a": "${text}"}\n`)),
);
const signer = fc.tuple(fc.nat(TYPES.length), fc.boolean());
const signers = fc.array(signer, { minLength: 1, maxLength: 3 });

async function build(
  plain: Uint8Array,
  chosen: readonly (readonly [number, boolean])[],
  how: MessageOptions,
): Promise<Buffer> {
  const signing = chosen.map(([index, isSubkey]) => {
    const key = keys[index] ?? foreign;
    return (isSubkey ? key.subkeys[0] : undefined) ?? key.primary;
  });
  return signedMessage(plain, signing, how);
}

describe("against openpgp.js", () => {
  it("both say the same of every well-formed message", async () => {
    await fc.assert(
      fc.asyncProperty(content, signers, options, async (plain, chosen, how) => {
        const message = await build(plain, chosen, how);
        const [mine, other] = [await ours(message), await theirs(message)];
        expect(mine.content?.equals(plain)).toBe(true);
        // the library lists the signatures in the order of the message, we in that of their announcements
        expect(mine.verdict.split("").toSorted().join("")).toBe(other.verdict.split("").toSorted().join(""));
      }),
      { numRuns: rounds({ short: 200, long: 20_000 }) },
    );
  });

  it("what is broken and good for us is good for it, over the same content", async () => {
    let compared = 0;
    const change = fc.oneof(
      fc.record({ kind: fc.constant("flip"), at: fc.nat(), by: fc.integer({ min: 1, max: 255 }) }),
      fc.record({ kind: fc.constant("cut"), at: fc.nat(), by: fc.constant(0) }),
      fc.record({ kind: fc.constant("insert"), at: fc.nat(), by: fc.nat(255) }),
      fc.record({ kind: fc.constant("remove"), at: fc.nat(), by: fc.constant(0) }),
    );
    await fc.assert(
      fc.asyncProperty(content, signer, options, change, async (plain, chosen, how, { kind, at, by }) => {
        // of several signatures we judge each by itself, the library none when one cannot be read
        const message = await build(plain, [chosen], { ...how, hash: 8, createdAt: SIGNED_AT, lifetime: 0 });
        const place = at % message.length;
        const broken = breakAt(message, kind, place, by);
        const [mine, other] = [await ours(broken), await theirs(broken)];
        if (mine.verdict.includes("g")) {
          compared += 1;
          expect(other.verdict).toContain("g");
          expect(other.content?.equals(mine.content ?? Buffer.alloc(0))).toBe(true);
        }
      }),
      { numRuns: rounds({ short: 1_500, long: 200_000 }) },
    );
    expect(compared).toBeGreaterThan(0);
  });
});

function breakAt(message: Buffer, kind: string, place: number, by: number): Buffer {
  const [before, after] = [message.subarray(0, place), message.subarray(place + 1)];
  switch (kind) {
    case "flip":
      return Buffer.concat([before, Buffer.from([(message[place] ?? 0) ^ by]), after]);
    case "cut":
      return Buffer.from(before);
    case "insert":
      return Buffer.concat([before, Buffer.from([by]), message.subarray(place)]);
    default:
      return Buffer.concat([before, after]);
  }
}
