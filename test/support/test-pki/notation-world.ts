// SPDX-License-Identifier: Apache-2.0
import { expect } from "vitest";
import { type Digest, digestOf } from "#base";
import {
  createNotationVerifier,
  type NotationFindings,
  type RevocationQuestion,
  type RevocationSource,
} from "#notation";
import { parseImageReference } from "#oci";
import type { NotationRequirement } from "#signatures";
import { signTestEnvelope, type TestEnvelopeOptions } from "./sign-envelope.ts";
import {
  createTestIntermediate,
  createTestLeaf,
  createTestRoot,
  OID,
  type TestCertificate,
  type TestCertificateOptions,
} from "./test-certificate.ts";
import { createTestTimestamp, type TestTimestampOptions } from "./test-timestamp.ts";

/** The image whose signatures are looked at. */
export const IMAGE_DIGEST: Digest = digestOf(Buffer.from("an image"));
/** The moment at which they are looked at. */
export const NOW: Date = new Date();
/** Both stores that most statements with timestamps name. */
export const STORES_WITH_TSA: readonly string[] = ["ca:acme", "tsa:time"];

const DAY_MS = 24 * 60 * 60 * 1_000;

/** A whole second, some days from {@link NOW}. */
export function daysFromNow(days: number): Date {
  return new Date(Math.trunc((NOW.getTime() + days * DAY_MS) / 1_000) * 1_000);
}

/** One statement of a trust policy; strict and for everything where nothing else is said. */
export interface WorldStatement {
  readonly level?: string;
  readonly override?: Readonly<Record<string, string>>;
  readonly verifyTimestamp?: string;
  readonly scopes?: readonly string[];
  readonly stores?: readonly string[];
  readonly identities?: readonly string[];
}

/** Authorities, signers and a way to sign and verify with them. */
export interface NotationWorld {
  readonly root: TestCertificate;
  /** Trusted as `ca:other`. */
  readonly otherRoot: TestCertificate;
  readonly intermediate: TestCertificate;
  readonly leaf: TestCertificate;
  /** Ended half a day ago. */
  readonly expiredLeaf: TestCertificate;
  readonly tsaRoot: TestCertificate;
  readonly tsa: TestCertificate;
  requirement(statement?: WorldStatement, stores?: Readonly<Record<string, readonly string[]>>): NotationRequirement;
  sign(options?: Partial<TestEnvelopeOptions>): ReturnType<typeof signTestEnvelope>;
  createTsa(options?: TestCertificateOptions): Promise<TestCertificate>;
  /** For `timestamp` of {@link TestEnvelopeOptions}. */
  stamp(options?: Partial<TestTimestampOptions>): NonNullable<TestEnvelopeOptions["timestamp"]>;
  verify(
    envelope: { readonly mediaType: string; readonly bytes: Uint8Array },
    statement?: WorldStatement | NotationRequirement,
    options?: { readonly source?: RevocationSource; readonly reference?: string; readonly now?: Date },
  ): Promise<NotationFindings>;
}

/** A small world of its own. */
export async function createNotationWorld(): Promise<NotationWorld> {
  const root = await createTestRoot();
  const otherRoot = await createTestRoot();
  const intermediate = await createTestIntermediate(root);
  const leaf = await createTestLeaf(intermediate);
  const ended = { notBefore: daysFromNow(-1), notAfter: daysFromNow(-0.5) };
  const expiredLeaf = await createTestLeaf(intermediate, ended);
  const tsaRoot = await createTestRoot({ subject: "C=US, ST=WA, O=Time, CN=root" });
  async function createTsa(options: TestCertificateOptions = {}): Promise<TestCertificate> {
    return await createTestLeaf(tsaRoot, {
      subject: "C=US, ST=WA, O=Time, CN=tsa",
      extendedKeyUsage: { oids: [OID.timeStamping], isCritical: true },
      ...options,
    });
  }
  const tsa = await createTsa();
  const stores = {
    "ca:acme": [root.pem],
    "ca:other": [otherRoot.pem],
    "signingAuthority:acme": [root.pem],
    "tsa:time": [tsaRoot.pem],
  };
  function requirement(
    statement: WorldStatement = {},
    more: Readonly<Record<string, readonly string[]>> = {},
  ): NotationRequirement {
    return { kind: "notation", trustPolicy: policyOf(statement), trustStores: { ...stores, ...more } };
  }
  return {
    ...{ root, otherRoot, intermediate, leaf, expiredLeaf, tsaRoot, tsa },
    requirement,
    createTsa,
    sign: async (options = {}) => await signTestEnvelope({ digest: IMAGE_DIGEST, signer: leaf, ...options }),
    stamp:
      (options = {}) =>
      async (message) =>
        await Promise.resolve(createTestTimestamp({ authority: tsa, message, ...options })),
    async verify(envelope, statement = {}, options = {}) {
      const asked = "kind" in statement ? statement : requirement(statement);
      return await createNotationVerifier(asked).verify(
        [{ location: "referrer", ...envelope }],
        {
          digest: IMAGE_DIGEST,
          reference: parseImageReference(options.reference ?? `registry.example/team/app@${IMAGE_DIGEST}`),
          now: options.now ?? NOW,
        },
        options.source ?? SILENT_SOURCE,
      );
    },
  };
}

function policyOf(statement: WorldStatement): string {
  const { level = "strict", override, verifyTimestamp } = statement;
  const trust = {
    trustStores: statement.stores ?? ["ca:acme"],
    trustedIdentities: statement.identities ?? ["x509.subject: C=US, ST=WA, O=Haechi Test"],
  };
  const policy = {
    name: "test",
    registryScopes: statement.scopes ?? (level === "skip" ? ["registry.example/team/app"] : ["*"]),
    signatureVerification: {
      level,
      ...(override === undefined ? {} : { override }),
      ...(verifyTimestamp === undefined ? {} : { verifyTimestamp }),
    },
    ...(level === "skip" ? {} : trust),
  };
  return JSON.stringify({ version: "1.0", trustPolicies: [policy] });
}

/** Nobody answers. */
export const SILENT_SOURCE: RevocationSource = {
  async read(question) {
    await Promise.resolve();
    throw new Error(`nobody answers at ${question.url}`);
  },
  keep: () => undefined,
};

/** Answers by URL, and notes what it was told to keep. */
export interface ScriptedRevocationSource extends RevocationSource {
  readonly asked: readonly string[];
  readonly kept: readonly (readonly [RevocationQuestion, Date])[];
}

export function createScriptedSource(answers: Readonly<Record<string, Uint8Array>>): ScriptedRevocationSource {
  const asked: string[] = [];
  const kept: [RevocationQuestion, Date][] = [];
  return {
    asked,
    kept,
    async read(question) {
      asked.push(question.url);
      return answers[question.url] ?? (await SILENT_SOURCE.read(question));
    },
    keep: (question, _answer, until) => void kept.push([question, until]),
  };
}

/** `CODE effect` of each problem. */
export function problemsOf(findings: NotationFindings): readonly string[] {
  return findings.problems.map((problem) => `${problem.code} ${problem.effect}`);
}

/** No signature counts, for exactly these reasons. */
export function expectRefused(findings: NotationFindings, ...problems: readonly string[]): void {
  expect(problemsOf(findings)).toEqual(problems);
  expect(findings.signatures).toEqual([]);
}

/** The one signature counts, with exactly these warnings. */
export function expectVerified(findings: NotationFindings, ...warnings: readonly string[]): void {
  expect(problemsOf(findings)).toEqual(warnings.map((code) => `${code} warning`));
  expect(findings.signatures).toHaveLength(1);
}
