// SPDX-License-Identifier: Apache-2.0
import type { Severity } from "#base";

/** What a secret is, in the words of its message. */
export type Credential =
  | "accessToken"
  | "accessKeyId"
  | "apiKey"
  | "appToken"
  | "botToken"
  | "clientSecret"
  | "connectionString"
  | "credentialsFile"
  | "deployToken"
  | "encryptionKey"
  | "jwt"
  | "licenseKey"
  | "password"
  | "personalAccessToken"
  | "privateKey"
  | "refreshToken"
  | "registrationToken"
  | "sasToken"
  | "secretKey"
  | "serviceAccountKey"
  | "sessionToken"
  | "signingKey"
  | "webhookSecret"
  | "webhookUrl";

/** How one kind of secret looks. */
export interface SecretRule {
  /** In the form `vendor-what`. */
  readonly id: string;
  /** Whose it is, as the vendor writes the name. */
  readonly vendor: string;
  readonly credential: Credential;
  readonly severity: Severity;
  /** Lower case, of at least four characters; one of them is in every such secret or right before it. */
  readonly keywords: readonly string[];
  /**
   * Matched at the place of the keyword (`y`); the first group that took part is the value. Every repetition is bounded, and no
   * two that follow each other can match the same text in many ways.
   */
  readonly pattern: RegExp;
  /** Whether what stands before the keyword may be a letter or digit. */
  readonly isInsideWord: boolean;
  /** Bits per character that the value must have. */
  readonly minEntropy?: number;
  /** Characters at the beginning of the value that are the same in each such secret, and may be shown. */
  readonly shown: number;
  /** Only in files of this form, or in variables (path undefined). */
  readonly files?: RegExp;
  /** Says little by itself: left out where another rule found something in the same place. */
  readonly isGeneric?: true;
}

/** What a table of rules says about one. */
export interface RuleText {
  readonly id: string;
  readonly vendor: string;
  readonly credential: Credential;
  readonly severity?: Severity;
}

/** Not followed by more of the kind of characters that tokens consist of. */
export const END = "(?![A-Za-z0-9_\\-])";

/**
 * A secret that tells what it is by how it begins, such as `ghp_` and 36 letters and digits. `body` is a regular expression for
 * what follows the prefix, with bounded repetitions.
 */
export function prefixed(
  text: RuleText,
  prefix: string,
  body: string,
  options: { readonly minEntropy?: number } = {},
): SecretRule {
  return {
    severity: "high",
    ...text,
    keywords: keywordsOf(prefix.toLowerCase()),
    pattern: new RegExp(`(${escapeText(prefix)}${body})${END}`, "y"),
    isInsideWord: false,
    shown: prefix.length,
    minEntropy: options.minEntropy ?? 2.5,
  };
}

/** From a name to its value: `NAME="`, `name: `, `"name" => "`, `<name>`, `name value`. Bounded. */
const ASSIGNMENT = "[\"'`]?[ \\t]{0,4}(?:=>|:=|=|:|>|,|[ \\t])[ \\t]{0,4}[\"'`]?";

/**
 * A secret that says nothing by itself, such as 32 hexadecimal digits: it is one when it is assigned to a name with the vendor's in
 * it, such as `DATADOG_API_KEY=`. `names` is a regular expression for what may follow the keyword in the name.
 */
export function assigned(
  text: RuleText,
  keywords: string | readonly string[],
  value: string,
  options: { readonly names?: string; readonly minEntropy?: number; readonly shown?: number } = {},
): SecretRule {
  const words = typeof keywords === "string" ? [keywords] : keywords;
  const names = options.names ?? "[A-Za-z0-9_.\\- ]{0,40}?";
  return {
    severity: "high",
    ...text,
    keywords: words,
    pattern: new RegExp(`(?:${words.map(anyCase).join("|")})${names}${ASSIGNMENT}(${value})${END}`, "y"),
    isInsideWord: true,
    shown: options.shown ?? 0,
    minEntropy: options.minEntropy ?? 2.8,
  };
}

/** A secret with a form of its own; the first group of the pattern is the value. */
export function shaped(
  text: RuleText,
  keywords: readonly string[],
  pattern: RegExp,
  options: Partial<Pick<SecretRule, "minEntropy" | "shown" | "files" | "isGeneric" | "isInsideWord">> = {},
): SecretRule {
  return { severity: "high", ...text, keywords, pattern, isInsideWord: false, shown: 0, ...options };
}

/** Keywords have four characters at least: a shorter prefix is one with each character that may follow. */
function keywordsOf(prefix: string): readonly string[] {
  return prefix.length > 3 ? [prefix] : [..."abcdefghijklmnopqrstuvwxyz0123456789"].map((next) => `${prefix}${next}`);
}

function escapeText(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** The keyword in any case, while the value keeps its own. */
function anyCase(word: string): string {
  return [...word]
    .map((letter) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : escapeText(letter)))
    .join("");
}
