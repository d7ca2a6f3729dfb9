// SPDX-License-Identifier: Apache-2.0

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import { SignatureRejected } from "#signatures";
import {
  buildRepository,
  createRepositoryKeys,
  NOW,
  type RepositoryKeys,
  type RepositorySpec,
  runUpdate,
} from "../../../test/support/notary/tuf-repository.ts";
import { createTufSigner, type TufSigner } from "../../../test/support/notary/tuf-signer.ts";
import { rounds } from "../../../test/support/rounds.ts";
import { parseTrustState, type RepositoryOutcome, renderTrustState } from "./index.ts";

const GUN = "registry.example/acme/app";
const ROLES = ["root", "timestamp", "snapshot", "targets", "targets/releases"];
const LINES = [
  "",
  "\0",
  "null",
  "[]",
  "{}",
  "1",
  '"',
  "\u00ff",
  "\ufeff{}",
  '{"signed":{},"signatures":[]}',
  '{"signed":null}',
];

let keys: RepositoryKeys;
let releaser: TufSigner;

beforeAll(async () => {
  keys = await createRepositoryKeys(GUN);
  releaser = await createTufSigner("ecdsa");
});

/** The outcome when one file was changed after it was signed, and its parent describes what came out. */
function outcomeOf(
  role: string,
  tamper: (bytes: Buffer) => Buffer,
  more: Partial<RepositorySpec> = {},
): RepositoryOutcome {
  const delegations = [{ name: "targets/releases", keys: [releaser], targets: { v1: `sha256:${"11".repeat(32)}` } }];
  const files = buildRepository({ gun: GUN, keys, delegations, tamper: { [role]: tamper }, ...more });
  const roles = ["targets/releases"];
  return runUpdate(files, { gun: GUN, rootKeyIds: [], trustOnFirstUse: true, roles, state: undefined, now: NOW });
}

describe.each(ROLES)("%s", (role) => {
  it("cut off anywhere is refused", () => {
    let length = Number.POSITIVE_INFINITY;
    for (let end = 0; end < length; end += rounds({ short: 29, long: 1 })) {
      const outcome = outcomeOf(role, (bytes) => {
        length = bytes.length;
        return bytes.subarray(0, end);
      });
      expect(outcome).toMatchObject({ kind: "refused", problem: { code: "MALFORMED", role } });
    }
  });

  it("with a flipped bit in what is signed is refused", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 7 }), (place, bit) => {
        const outcome = outcomeOf(role, (bytes) => {
          const end = bytes.indexOf('"signatures"') - 1;
          const changed = Buffer.from(bytes);
          const at = bytes.indexOf(":") + 1 + (place % (end - bytes.indexOf(":") - 1));
          changed[at] = (changed[at] ?? 0) ^ (1 << bit);
          return changed;
        });
        expect(outcome.kind).toBe("refused");
      }),
      { numRuns: rounds({ short: 100, long: 3_000 }) },
    );
  });

  it("with a flipped bit anywhere never throws", () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 7 }), (place, bit) => {
        outcomeOf(role, (bytes) => {
          const changed = Buffer.from(bytes);
          const at = place % bytes.length;
          changed[at] = (changed[at] ?? 0) ^ (1 << bit);
          return changed;
        });
      }),
      { numRuns: rounds({ short: 50, long: 3_000 }) },
    );
  });

  it.each(LINES)("%j in its place is refused", (text) => {
    expect(outcomeOf(role, () => Buffer.from(text, "latin1"))).toMatchObject({ problem: { code: "MALFORMED", role } });
  });

  it("of any other JSON is refused", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const outcome = outcomeOf(role, (bytes) => {
          const { signatures } = JSON.parse(bytes.toString()) as { readonly signatures: unknown };
          return Buffer.from(JSON.stringify({ signed: value, signatures }));
        });
        expect(outcome.kind).toBe("refused");
      }),
      { numRuns: rounds({ short: 50, long: 2_000 }) },
    );
  });

  it("with any signatures is refused or the same", () => {
    const part = fc.oneof(fc.jsonValue(), fc.constantFrom("ecdsa", "eddsa", "", "AAAA", keys.targets[0]?.id ?? ""));
    const signature = fc.oneof(fc.jsonValue(), fc.record({ keyid: part, method: part, sig: part }));
    fc.assert(
      fc.property(fc.array(signature), (signatures) => {
        const outcome = outcomeOf(role, (bytes) => {
          const { signed } = JSON.parse(bytes.toString()) as { readonly signed: unknown };
          return Buffer.from(JSON.stringify({ signed, signatures }));
        });
        expect(outcome.kind).toBe("refused");
      }),
      { numRuns: rounds({ short: 50, long: 2_000 }) },
    );
  });

  it("nested too deeply is refused", () => {
    const deep = Buffer.from(`${"[".repeat(100_000)}${"]".repeat(100_000)}`);
    expect(outcomeOf(role, () => deep)).toMatchObject({ problem: { code: "MALFORMED", role } });
    const signedDeep = (signed: Record<string, unknown>): Record<string, unknown> => ({
      ...signed,
      custom: JSON.parse(`${"[".repeat(LIMITS.maxJsonDepth)}${"]".repeat(LIMITS.maxJsonDepth)}`),
    });
    expect(outcomeOf(role, (bytes) => bytes, { change: { [role]: signedDeep } })).toMatchObject({
      problem: { code: "MALFORMED", role },
    });
  });

  it("with thousands of signatures by its own key is not verified one by one", () => {
    const outcome = outcomeOf(role, (bytes) => {
      const { signed, signatures } = JSON.parse(bytes.toString()) as {
        readonly signed: unknown;
        readonly signatures: readonly [{ readonly keyid: string; readonly method: string }];
      };
      const wrong = { ...signatures[0], sig: Buffer.alloc(64, 1).toString("base64") };
      return Buffer.from(JSON.stringify({ signed, signatures: Array.from({ length: 5_000 }, () => wrong) }));
    });
    expect(outcome).toMatchObject({ problem: { code: "LIMIT_EXCEEDED", role } });
  });
});

it.each([
  { name: "keys of a role", role: "root", change: manyKeys },
  { name: "paths of a delegation", role: "targets", change: manyPaths },
  { name: "delegations", role: "targets", change: manyDelegations },
])("more $name than are looked at", ({ role, change }) => {
  const problem = { code: "LIMIT_EXCEEDED" };
  expect(outcomeOf(role, (bytes) => bytes, { change: { [role]: change } })).toMatchObject({ problem });
});

function manyKeys(signed: Record<string, unknown>): Record<string, unknown> {
  const roles = signed["roles"] as Readonly<Record<string, object>>;
  const keyids = Array.from({ length: LIMITS.maxSignatures + 1 }, (_, index) => String(index));
  return { ...signed, roles: { ...roles, targets: { keyids, threshold: 1 } } };
}

function manyPaths(signed: Record<string, unknown>): Record<string, unknown> {
  const { keys: delegated, roles } = signed["delegations"] as {
    readonly keys: unknown;
    readonly roles: readonly object[];
  };
  const paths = Array.from({ length: LIMITS.maxReferrers + 1 }, (_, index) => String(index));
  return { ...signed, delegations: { keys: delegated, roles: roles.map((each) => ({ ...each, paths })) } };
}

function manyDelegations(signed: Record<string, unknown>): Record<string, unknown> {
  const { keys: delegated, roles } = signed["delegations"] as {
    readonly keys: unknown;
    readonly roles: readonly object[];
  };
  const many = Array.from({ length: LIMITS.maxReferrers + 1 }, () => roles[0]);
  return { ...signed, delegations: { keys: delegated, roles: many } };
}

describe("stored state", () => {
  it("is what was stored", () => {
    const state = { root: Buffer.from("{}"), rootKeyIds: ["a"], floors: { targets: { version: 3, keyIds: ["b"] } } };
    expect(parseTrustState(renderTrustState(state), LIMITS)).toEqual(state);
  });

  it("of anything else is refused", () => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.string()), (value) => {
        const bytes = Buffer.from(typeof value === "string" ? value : JSON.stringify(value));
        expect(() => parseTrustState(bytes, LIMITS)).toThrow(SignatureRejected);
      }),
    );
  });

  it("whose root does not hold is no first use", () => {
    const files = buildRepository({ gun: GUN, keys });
    const state = { root: Buffer.from("{}"), rootKeyIds: [], floors: {} };
    const update = { gun: GUN, rootKeyIds: [], trustOnFirstUse: true, roles: [], state, now: NOW };
    expect(runUpdate(files, update)).toMatchObject({ problem: { code: "TRUST_MATERIAL_INVALID", effect: "unknown" } });
  });
});
