// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import {
  buildRepository,
  createRepositoryKeys,
  type MetadataFiles,
  NOW,
  type RepositoryKeys,
  type RepositorySpec,
  runUpdate,
} from "../../../test/support/notary/tuf-repository.ts";
import { createTufSigner, type TufSigner } from "../../../test/support/notary/tuf-signer.ts";
import type { RepositoryOutcome, RepositoryUpdate, TrustState } from "./index.ts";

const GUN = "registry.example/acme/app";
const OTHER = "registry.example/acme/other";
const V1 = `sha256:${"11".repeat(32)}`;
const V2 = `sha256:${"22".repeat(32)}`;
const BEFORE = "2026-10-31T23:59:59Z";

let keys: RepositoryKeys;
let otherRoot: TufSigner;
let nextRoot: TufSigner;
let alice: TufSigner;
let bob: TufSigner;
let stranger: TufSigner;

beforeAll(async () => {
  keys = await createRepositoryKeys(GUN);
  otherRoot = await createTufSigner("ecdsa-x509", { commonName: OTHER });
  nextRoot = await createTufSigner("ecdsa-x509", { commonName: GUN });
  alice = await createTufSigner("ecdsa");
  bob = await createTufSigner("rsa");
  stranger = await createTufSigner("ecdsa");
});

function build(more: Partial<RepositorySpec> = {}): MetadataFiles {
  return buildRepository({
    gun: GUN,
    keys,
    targets: { old: V1 },
    delegations: [
      { name: "targets/releases", keys: [alice], targets: { v1: V1 } },
      { name: "targets/alice", keys: [alice], targets: { v1: V1 } },
    ],
    ...more,
  });
}

function update(files: MetadataFiles, more: Partial<RepositoryUpdate> = {}): RepositoryOutcome {
  return runUpdate(files, {
    gun: GUN,
    rootKeyIds: [],
    trustOnFirstUse: true,
    roles: ["targets/releases", "targets/alice"],
    state: undefined,
    now: NOW,
    ...more,
  });
}

/** `verified`, `absent` or the code of the problem with its role. */
function verdict(outcome: RepositoryOutcome): string {
  return outcome.kind === "refused" ? `${outcome.problem.code} ${outcome.problem.role}` : outcome.kind;
}

function stateOf(outcome: RepositoryOutcome): TrustState {
  if (outcome.kind !== "verified") {
    throw new Error(JSON.stringify(outcome));
  }
  return outcome.state;
}

/** A later repository after an earlier one was seen. */
function updateAfter(
  seen: MetadataFiles,
  files: MetadataFiles,
  more: Partial<RepositoryUpdate> = {},
): RepositoryOutcome {
  return update(files, { ...more, state: stateOf(update(seen, more)) });
}

describe("a repository that must not verify", () => {
  it.each<{ readonly name: string; readonly spec: () => Partial<RepositorySpec>; readonly want: string }>([
    ...["root", "timestamp", "snapshot", "targets", "targets/releases"].flatMap((role) => [
      {
        name: `${role} signed by nobody`,
        spec: () => ({ signedBy: { [role]: [] } }),
        want: `THRESHOLD_NOT_MET ${role}`,
      },
      {
        name: `${role} signed by a key that is not its`,
        spec: () => ({ signedBy: { [role]: [stranger] } }),
        want: `THRESHOLD_NOT_MET ${role}`,
      },
      { name: `${role} that has ended`, spec: () => ({ expires: { [role]: BEFORE } }), want: `EXPIRED ${role}` },
      {
        name: `${role} that ends at this moment`,
        spec: () => ({ expires: { [role]: NOW.toISOString() } }),
        want: `EXPIRED ${role}`,
      },
      {
        name: `${role} whose type is another one`,
        spec: () => ({ change: { [role]: (signed: object) => ({ ...signed, _type: "Mirrors" }) } }),
        want: `MALFORMED ${role}`,
      },
      {
        name: `${role} with version 0`,
        spec: () => ({ versions: { [role]: 0 } }),
        want: `MALFORMED ${role}`,
      },
      {
        name: `${role} without an end`,
        spec: () => ({ change: { [role]: (signed: object) => ({ ...signed, expires: "never" }) } }),
        want: `MALFORMED ${role}`,
      },
      {
        name: `${role} changed after it was signed`,
        spec: () => ({
          tamper: { [role]: (bytes: Buffer) => Buffer.from(bytes.toString().replace(/2027-01-01/, "2037-01-01")) },
        }),
        want: `THRESHOLD_NOT_MET ${role}`,
      },
      {
        name: `${role} cut off`,
        spec: () => ({ tamper: { [role]: (bytes: Buffer) => bytes.subarray(0, -1) } }),
        want: `MALFORMED ${role}`,
      },
      {
        name: `${role} with two signatures of one key and a threshold of two`,
        spec: () => ({ thresholds: { [role]: 2 }, signedBy: { [role]: twice(keysOf(role)) } }),
        want: `THRESHOLD_NOT_MET ${role}`,
      },
      {
        name: `${role} with a threshold of 0 and nobody's signature`,
        spec: () => ({ thresholds: { [role]: 0 }, signedBy: { [role]: [] } }),
        want: `MALFORMED ${role.includes("/") ? role : "root"}`,
      },
    ]),
    {
      name: "root keys that are bare keys and no certificates",
      spec: () => ({ keys: { ...keys, root: [stranger] } }),
      want: "THRESHOLD_NOT_MET root",
    },
    {
      name: "root keys made for another repository",
      spec: () => ({ keys: { ...keys, root: [otherRoot] } }),
      want: "REFERENCE_MISMATCH root",
    },
    {
      name: "a root without the role of the snapshot",
      spec: () => ({
        change: {
          root: (signed) => ({ ...signed, roles: without(signed["roles"] as Record<string, unknown>, "snapshot") }),
        },
      }),
      want: "MALFORMED root",
    },
  ])("$name", ({ spec, want }) => {
    expect(verdict(update(build(spec())))).toBe(want);
  });

  it("the same key under two ids counts once", async () => {
    const plain = await createTufSigner("ecdsa");
    const certified = await createTufSigner("ecdsa-x509", { privateKey: plain.privateKey });
    expect(plain.id).not.toBe(certified.id);
    const spec = { keys: { ...keys, targets: [plain, certified] }, thresholds: { targets: 2 } };
    expect(verdict(update(build(spec)))).toBe("THRESHOLD_NOT_MET targets");
  });

  it("a delegation signed by the key of another delegation", () => {
    const delegations = [
      { name: "targets/releases", keys: [alice], targets: { v1: V1 } },
      { name: "targets/bob", keys: [bob] },
    ];
    const spec = { delegations, signedBy: { "targets/releases": [bob] } };
    expect(verdict(update(build(spec)))).toBe("THRESHOLD_NOT_MET targets/releases");
  });

  it("a key under an id that is not its own does not count", () => {
    const renamed: TufSigner = {
      ...stranger,
      id: "aa".repeat(32),
      sign: (message) => ({ ...stranger.sign(message), keyid: "aa".repeat(32) }),
    };
    const spec = { keys: { ...keys, targets: [renamed] } };
    expect(verdict(update(build(spec)))).toBe("THRESHOLD_NOT_MET targets");
  });

  it.each(["none", "hmac", "rsapss", "ed25519", ""])(
    "a signature by method '%s' never counts for an ECDSA key",
    (method) => {
      const odd: TufSigner = { ...alice, sign: (message) => ({ ...alice.sign(message), method }) };
      const delegations = [{ name: "targets/releases", keys: [odd], targets: { v1: V1 } }];
      expect(verdict(update(build({ delegations })))).toBe("THRESHOLD_NOT_MET targets/releases");
    },
  );

  it("a certificate of a root key that has ended", async () => {
    const ended = await createTufSigner("ecdsa-x509", { commonName: GUN, notAfter: new Date(BEFORE) });
    expect(verdict(update(build({ keys: { ...keys, root: [ended] } })))).toBe("EXPIRED root");
  });

  it("metadata of another repository", () => {
    const files = build({ gun: OTHER, keys: { ...keys, root: [otherRoot] } });
    expect(verdict(update(files))).toBe("REFERENCE_MISMATCH root");
  });

  it.each(["snapshot", "targets", "targets/releases"])("another file than the parent of %s describes", (role) => {
    const files = build();
    const [name = ""] = [...files.keys()].filter((each) => each.startsWith(`${role}.`));
    const bytes = Buffer.from(files.get(name) ?? "");
    files.set(name, Buffer.concat([bytes, Buffer.from("\n")]));
    expect(verdict(update(files))).toBe(`DIGEST_MISMATCH ${role}`);
  });

  it("a root that the snapshot does not know (mixed versions)", () => {
    const files = build();
    files.set("root.json", build({ expires: { root: "2028-01-01T00:00:00Z" } }).get("root.json") ?? Buffer.from(""));
    expect(verdict(update(files))).toBe("DIGEST_MISMATCH snapshot");
  });

  it("a file that its parent announces as larger than the limit is not asked for", () => {
    const files = build({ change: { timestamp: (signed) => withLength(signed, "snapshot", 1e12) } });
    const asked: string[] = [];
    const outcome = runUpdate(
      files,
      { gun: GUN, rootKeyIds: [], trustOnFirstUse: true, roles: [], state: undefined, now: NOW },
      asked,
    );
    expect(verdict(outcome)).toBe("LIMIT_EXCEEDED snapshot");
    expect(asked).toEqual(["root.json", "timestamp.json"]);
  });

  it("files that are missing are no certain answer", () => {
    for (const role of ["timestamp", "snapshot", "targets", "targets/alice"]) {
      const files = build();
      const [name = ""] = [...files.keys()].filter((each) => each.startsWith(`${role}.`));
      files.delete(name);
      expect(verdict(update(files))).toBe(`SOURCE_UNAVAILABLE ${role}`);
    }
  });
});

describe("a repository that verifies", () => {
  it("has the roles that were asked for, and says until when", () => {
    const outcome = update(build({ expires: { "targets/alice": "2026-12-01T00:00:00Z" } }), {
      roles: ["targets/releases", "targets/alice", "targets/nobody", "targets/Alice", "targets/../root", "root"],
    });
    expect(verdict(outcome)).toBe("verified");
    if (outcome.kind === "verified") {
      expect([...outcome.repository.roles.keys()].toSorted()).toEqual(["targets", "targets/alice", "targets/releases"]);
      expect(new Date(outcome.repository.validUntil).toISOString()).toBe("2026-12-01T00:00:00.000Z");
    }
  });

  it("is absent when the server has no root", () => {
    expect(verdict(update(new Map()))).toBe("absent");
  });

  it("asks for no delegation that nobody needs", () => {
    const asked: string[] = [];
    runUpdate(
      build(),
      { gun: GUN, rootKeyIds: [], trustOnFirstUse: true, roles: [], state: undefined, now: NOW },
      asked,
    );
    expect(asked.filter((name) => name.startsWith("targets/"))).toEqual([]);
  });

  it.each(["ecdsa", "rsa", "ed25519", "ecdsa-x509", "rsa-x509"] as const)(
    "signed by a key of type %s",
    async (type) => {
      const key = await createTufSigner(type);
      const delegations = [{ name: "targets/releases", keys: [key], targets: { v1: V1 } }];
      expect(verdict(update(build({ delegations })))).toBe("verified");
    },
  );

  it.each(["P-384", "P-521"] as const)("signed by a key on the curve %s", async (curve) => {
    const key = await createTufSigner("ecdsa", { curve });
    expect(verdict(update(build({ keys: { ...keys, targets: [key] } })))).toBe("verified");
  });

  it("signed by RSA with PKCS #1 v1.5", async () => {
    const key = await createTufSigner("rsa", { method: "rsapkcs1v15" });
    expect(verdict(update(build({ keys: { ...keys, targets: [key] } })))).toBe("verified");
  });

  it("signed by two different keys where two are needed", () => {
    const spec = { keys: { ...keys, targets: [stranger, bob] }, thresholds: { targets: 2 } };
    expect(verdict(update(build(spec)))).toBe("verified");
  });

  it("with field names in other spellings", () => {
    const files = build({
      tamper: {
        timestamp: (bytes) =>
          Buffer.from(bytes.toString().replaceAll('"keyid"', '"keyID"').replace('"signatures"', '"Signatures"')),
      },
    });
    expect(verdict(update(files))).toBe("verified");
  });

  it("but not with one field in two spellings", () => {
    const files = build({
      tamper: { timestamp: (bytes) => Buffer.from(bytes.toString().replace('"method"', '"keyID":"x","method"')) },
    });
    expect(verdict(update(files))).toBe("MALFORMED timestamp");
  });

  it("with root keys for all repositories below a prefix", async () => {
    const wildcard = await createTufSigner("ecdsa-x509", { commonName: "registry.example/acme/*" });
    expect(verdict(update(build({ keys: { ...keys, root: [wildcard] } })))).toBe("verified");
  });

  it.each(["registry.example/ac*", "*", "registry.example/acme/app2", "registry.example/acme/"])(
    "but not with root keys for '%s'",
    async (commonName) => {
      const key = await createTufSigner("ecdsa-x509", { commonName });
      expect(verdict(update(build({ keys: { ...keys, root: [key] } })))).toBe("REFERENCE_MISMATCH root");
    },
  );

  it("with delegations below delegations, each within the paths of its parent", () => {
    const delegations = [
      { name: "targets/team", keys: [alice], paths: ["v"] },
      { name: "targets/team/bob", keys: [bob], paths: ["v1", "w"], targets: { v1: V1, w: V1 } },
    ];
    const outcome = update(build({ delegations }), { roles: ["targets/team/bob"] });
    expect(verdict(outcome)).toBe("verified");
    if (outcome.kind === "verified") {
      expect(outcome.repository.roles.get("targets/team/bob")?.paths).toEqual(["v1"]);
    }
  });
});

describe("which root is trusted", () => {
  it.each<{ readonly name: string; readonly more: () => Partial<RepositoryUpdate>; readonly want: string }>([
    { name: "none without pin and first use", more: () => ({ trustOnFirstUse: false }), want: "ROOT_NOT_TRUSTED root" },
    {
      name: "not one that no pinned key signed, first use or not",
      more: () => ({ rootKeyIds: [nextRoot.id] }),
      want: "ROOT_NOT_TRUSTED root",
    },
    {
      name: "not one that is only listed with the pinned key's id",
      more: () => ({ rootKeyIds: [keys.targets[0]?.id ?? ""] }),
      want: "ROOT_NOT_TRUSTED root",
    },
    {
      name: "one whose certificate is pinned",
      more: () => ({ rootKeyIds: [keys.root[0]?.id ?? ""] }),
      want: "verified",
    },
    { name: "the first one, if so wanted", more: () => ({}), want: "verified" },
  ])("$name", ({ more, want }) => {
    expect(verdict(update(build(), more()))).toBe(want);
  });

  it("one whose bare key is pinned, as Notary's key list shows it", async () => {
    const plain = await createTufSigner("ecdsa");
    const root = await createTufSigner("ecdsa-x509", { commonName: GUN, privateKey: plain.privateKey });
    const files = build({ keys: { ...keys, root: [root] } });
    expect(verdict(update(files, { rootKeyIds: [plain.id], trustOnFirstUse: false }))).toBe("verified");
  });

  it("a pinned key that is listed but has not signed is no trust", () => {
    const both = { ...keys, root: [...keys.root, nextRoot] };
    const files = build({ keys: both, signedBy: { root: [nextRoot] } });
    expect(verdict(update(files, { rootKeyIds: [keys.root[0]?.id ?? ""] }))).toBe("ROOT_NOT_TRUSTED root");
  });

  it("never another one after the first use", () => {
    const stolen = build({ keys: { ...keys, root: [nextRoot] } });
    const outcome = updateAfter(build(), stolen);
    expect(verdict(outcome)).toBe("ROOT_NOT_TRUSTED root");
    const higher = build({ keys: { ...keys, root: [nextRoot] }, versions: { root: 2 } });
    expect(verdict(updateAfter(build(), higher))).toBe("ROOT_NOT_TRUSTED root");
  });

  it("a first use that leads nowhere is not kept", () => {
    const outcome = update(build({ expires: { timestamp: BEFORE } }));
    expect(outcome).toMatchObject({ kind: "refused", state: undefined });
  });
});

/** Version 1 by the old key, 2 with the new key signed by both, 3 by the new one alone. */
function rotated(change: Partial<RepositorySpec> = {}): MetadataFiles {
  const both = { root: [...keys.root, nextRoot] };
  const second = build({ keys: { ...keys, root: [nextRoot] }, versions: { root: 2 }, signedBy: both });
  const third = build({ keys: { ...keys, root: [nextRoot] }, versions: { root: 3 }, ...change });
  return new Map([...build(), ...second, ...third]);
}

describe("a root that was replaced", () => {
  it("is followed version by version from what was stored", () => {
    const outcome = updateAfter(build(), rotated());
    expect(verdict(outcome)).toBe("verified");
    expect(stateOf(outcome).rootKeyIds).toEqual([keys.root[0]?.id, nextRoot.id]);
  });

  it("is followed from the oldest root that a pinned key signed", () => {
    expect(verdict(update(rotated(), { rootKeyIds: [keys.root[0]?.id ?? ""] }))).toBe("verified");
    expect(verdict(update(rotated(), { rootKeyIds: [nextRoot.id] }))).toBe("verified");
    expect(verdict(update(rotated(), { rootKeyIds: [stranger.id] }))).toBe("ROOT_NOT_TRUSTED root");
  });

  it("is not followed over a missing version", () => {
    const files = rotated();
    files.delete("2.root.json");
    expect(verdict(updateAfter(build(), files))).toBe("ROOT_NOT_TRUSTED root");
  });

  it("is not followed over a version that says that it is another one", () => {
    const files = rotated();
    const both = { root: [...keys.root, nextRoot] };
    const odd = build({ keys: { ...keys, root: [nextRoot] }, versions: { root: 5 }, signedBy: both });
    files.set("2.root.json", odd.get("root.json") ?? Buffer.from(""));
    expect(verdict(updateAfter(build(), files))).toBe("METADATA_ROLLBACK root");
  });

  it("is not followed when the new root lacks the old key's signature", () => {
    const second = build({ keys: { ...keys, root: [nextRoot] }, versions: { root: 2 } });
    expect(verdict(updateAfter(build(), second))).toBe("ROOT_NOT_TRUSTED root");
  });

  it("is not followed when the new root lacks its own key's signature", () => {
    const second = build({ keys: { ...keys, root: [nextRoot] }, versions: { root: 2 }, signedBy: { root: keys.root } });
    expect(verdict(updateAfter(build(), second))).toBe("THRESHOLD_NOT_MET root");
  });

  it("may have ended in between, but not at the end", () => {
    const files = rotated();
    const both = { root: [...keys.root, nextRoot] };
    const ended = build({
      keys: { ...keys, root: [nextRoot] },
      versions: { root: 2 },
      signedBy: both,
      expires: { root: BEFORE },
    });
    files.set("2.root.json", ended.get("root.json") ?? Buffer.from(""));
    expect(verdict(updateAfter(build(), files))).toBe("verified");
    expect(verdict(updateAfter(build(), rotated({ expires: { root: BEFORE } })))).toBe("EXPIRED root");
  });

  it("does not come back", () => {
    const state = stateOf(updateAfter(build(), rotated()));
    expect(verdict(update(build(), { state }))).toBe("METADATA_ROLLBACK root");
    const second = rotated();
    second.set("root.json", second.get("2.root.json") ?? Buffer.from(""));
    expect(verdict(update(second, { state }))).toBe("METADATA_ROLLBACK root");
  });

  it("is not followed over more versions than the limit", () => {
    const far = build({ versions: { root: 1_000_000 }, signedBy: { root: keys.root } });
    expect(verdict(updateAfter(build(), far))).toBe("LIMIT_EXCEEDED root");
    expect(verdict(update(far, { rootKeyIds: [stranger.id] }))).toBe("LIMIT_EXCEEDED root");
  });
});

describe("versions", () => {
  it.each(["timestamp", "snapshot", "targets", "targets/releases"])("of %s never go down", (role) => {
    const newer = build({ versions: { [role]: 3 } });
    const older = build({ versions: { [role]: 2 } });
    expect(verdict(updateAfter(newer, older))).toBe(`METADATA_ROLLBACK ${role}`);
    expect(verdict(updateAfter(older, newer))).toBe("verified");
    expect(verdict(updateAfter(older, older))).toBe("verified");
  });

  it("are remembered of what was verified before something else failed", () => {
    const state = stateOf(update(build({ versions: { timestamp: 2 } })));
    const broken = update(build({ versions: { timestamp: 5 }, expires: { targets: BEFORE } }), { state });
    expect(broken).toMatchObject({ kind: "refused", state: { floors: { timestamp: { version: 5 } } } });
    const next = broken.kind === "refused" ? broken.state : undefined;
    expect(verdict(update(build({ versions: { timestamp: 4 } }), { state: next }))).toBe("METADATA_ROLLBACK timestamp");
  });

  it("start again when all keys of a role were replaced", () => {
    const delegations = [{ name: "targets/releases", keys: [bob], targets: { v1: V2 } }];
    expect(verdict(updateAfter(build({ versions: { "targets/releases": 7 } }), build({ delegations })))).toBe(
      "verified",
    );
  });

  it("start again when a delegation was withdrawn in between", () => {
    const seven = stateOf(update(build({ versions: { "targets/releases": 7 } })));
    const withdrawn = stateOf(update(build({ delegations: [], versions: { targets: 2 } }), { state: seven }));
    expect(verdict(update(build({ versions: { targets: 3 } }), { state: withdrawn }))).toBe("verified");
  });
});

function keysOf(role: string): readonly TufSigner[] {
  return role.includes("/") ? [alice] : keys[role as keyof RepositoryKeys];
}

function twice(signers: readonly TufSigner[]): readonly TufSigner[] {
  return [...signers, ...signers];
}

function without(object: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

function withLength(signed: Record<string, unknown>, role: string, length: number): Record<string, unknown> {
  const meta = signed["meta"] as Readonly<Record<string, object>>;
  return { ...signed, meta: { ...meta, [role]: { ...meta[role], length } } };
}
