// SPDX-License-Identifier: Apache-2.0
import { LIMITS, type Limits } from "#base";
import { entropyOf } from "./entropy.ts";
import { isExample } from "./is-example.ts";
import { createKeywordMatcher, type KeywordMatcher } from "./keyword-matcher.ts";
import { maskSecret } from "./mask-secret.ts";
import { SECRET_RULES } from "./rules/secret-rules.ts";
import type { SecretRule } from "./secret-rule.ts";

/** A secret in a text, told without its value. */
export interface FoundSecret {
  readonly rule: SecretRule;
  /** Counted from 1. */
  readonly line: number;
  /** Where the value begins and ends, in bytes. */
  readonly start: number;
  readonly end: number;
  /** The value with all but its beginning hidden. */
  readonly masked: string;
}

/** Secrets of a text, in the order of their places. */
export interface SecretSearch {
  readonly secrets: readonly FoundSecret[];
  /** There is more than the limits allow to look at or to tell. */
  readonly isIncomplete: boolean;
}

/** Which rules count in a text. */
export interface SecretScope {
  /** Of the file, without a leading slash; absent for variables and instructions, where rules of files do not count. */
  readonly path?: string;
  readonly limits?: Pick<Limits, "maxSecretsPerFile" | "maxSecretCandidates">;
}

/** A secret with its place in the text. */
interface Match {
  readonly rule: SecretRule;
  /** Lower numbers speak first. */
  readonly rank: number;
  readonly start: number;
  readonly end: number;
  readonly value: string;
  /** Where the keyword stands: the first line of a key is the one that people look for. */
  readonly keywordStart: number;
}

interface Prefilter {
  readonly matcher: KeywordMatcher;
  /** For each keyword, the places of its rules in `SECRET_RULES`. */
  readonly ranks: readonly (readonly number[])[];
}

let prefilter: Prefilter | undefined;

/**
 * The secrets in the bytes. One pass finds keywords; only where one stands, its rules look at what follows. Values of examples and
 * placeholders are left out. Never throws; time is linear in the number of bytes.
 */
export function findSecrets(bytes: Uint8Array, { path, limits = LIMITS }: SecretScope = {}): SecretSearch {
  prefilter ??= createPrefilter();
  const { matcher, ranks } = prefilter;
  const matches: Match[] = [];
  let text: string | undefined;
  let candidates = 0;
  matcher.scan(bytes, (keyword, start) => {
    candidates += 1;
    if (candidates > limits.maxSecretCandidates) {
      return;
    }
    // Bytes and characters are the same in this encoding, so that places fit; secrets are ASCII.
    text ??= Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    for (const rank of ranks[keyword] ?? []) {
      const match = matchRule({ text, start, path }, rank);
      if (match !== undefined) {
        matches.push(match);
      }
    }
  });
  const distinct = withoutOverlaps(matches);
  return {
    secrets: text === undefined ? [] : describe(distinct.slice(0, limits.maxSecretsPerFile), text),
    isIncomplete: candidates > limits.maxSecretCandidates || distinct.length > limits.maxSecretsPerFile,
  };
}

function createPrefilter(): Prefilter {
  const ranksOf = new Map<string, number[]>();
  for (const [rank, { keywords }] of SECRET_RULES.entries()) {
    for (const keyword of new Set(keywords)) {
      ranksOf.set(keyword, [...(ranksOf.get(keyword) ?? []), rank]);
    }
  }
  return { matcher: createKeywordMatcher([...ranksOf.keys()]), ranks: [...ranksOf.values()] };
}

/** A keyword in a text. */
interface Candidate {
  readonly text: string;
  readonly start: number;
  readonly path: string | undefined;
}

function matchRule({ text, start, path }: Candidate, rank: number): Match | undefined {
  const rule = SECRET_RULES[rank] as SecretRule;
  if (rule.files !== undefined && (path === undefined ? rule.isGeneric !== true : !rule.files.test(path))) {
    return undefined;
  }
  if (!rule.isInsideWord && start > 0 && isWordCode(text.charCodeAt(start - 1))) {
    return undefined;
  }
  rule.pattern.lastIndex = start;
  const found = rule.pattern.exec(text);
  const value = found?.slice(1).find((group) => group !== undefined);
  if (found === null || value === undefined || isExample(value, rule)) {
    return undefined;
  }
  if (rule.minEntropy !== undefined && entropyOf(value.slice(0, 512)) < rule.minEntropy) {
    return undefined;
  }
  const valueStart = start + found[0].lastIndexOf(value);
  return { rule, rank, start: valueStart, end: valueStart + value.length, value, keywordStart: start };
}

function isWordCode(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || code === 0x5f || (code >= 0x61 && code <= 0x7a)
  );
}

/** Of what several rules found in one place, the most special one speaks. */
function withoutOverlaps(matches: readonly Match[]): readonly Match[] {
  const kept: Match[] = [];
  // By place, so that only the last one that was kept can overlap.
  for (const match of matches.toSorted((a, b) => a.start - b.start || a.rank - b.rank)) {
    const last = kept.at(-1);
    if (last === undefined || match.start >= last.end) {
      kept.push(match);
    } else if (match.rank < last.rank) {
      kept[kept.length - 1] = match;
    }
  }
  return kept;
}

function describe(matches: readonly Match[], text: string): readonly FoundSecret[] {
  let line = 1;
  let counted = 0;
  return matches.map(({ rule, start, end, keywordStart, value }) => {
    for (let at = text.indexOf("\n", counted); at !== -1 && at < keywordStart; at = text.indexOf("\n", counted)) {
      line += 1;
      counted = at + 1;
    }
    return { rule, line, start, end, masked: maskSecret(value, rule.shown) };
  });
}
