// SPDX-License-Identifier: Apache-2.0
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FoundSecret, findSecrets } from "./find-secrets.ts";
import { SECRET_RULES } from "./rules/secret-rules.ts";

const TOKEN = ["gh", "p_", "Zk3Qw8Rt5Yp2Lm7Nb4Vc9Xs6Df1Gh0Jk3Qw8"].join("");
const EXAMPLE_KEY = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const JWT_IO = [
  "eyJhbGciOiJIUzI1NiJ9",
  "eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0",
  "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
].join(".");

function found(text: string, path?: string): readonly string[] {
  return findSecrets(Buffer.from(text), path === undefined ? {} : { path }).secrets.map(
    ({ rule, line, masked }) => `${rule.id} ${line} ${masked}`,
  );
}

/** More than the widest pattern can match. */
const MAX_LOOK = 32_768;

function matchAt(pattern: RegExp, text: string, start: number): string | undefined {
  pattern.lastIndex = start;
  return pattern.exec(text)?.[0];
}

/** What is shown is the beginning that all such values have, and a fifth of the rest at most. */
function expectHidden(text: string, { masked, rule, start, end }: FoundSecret): void {
  const value = Buffer.from(text).subarray(start, end).toString("latin1");
  const shown = masked.slice(0, -"****".length);
  expect(masked.endsWith("****")).toBe(true);
  expect(value.replaceAll(/[^\x20-\x7e]/g, "?").startsWith(shown)).toBe(true);
  const rest = Math.max(0, value.length - rule.shown);
  expect(shown.length - Math.min(rule.shown, value.length)).toBeLessThanOrEqual(Math.min(4, rest / 5));
  expect(shown.length).toBeLessThan(value.length);
}

describe("findSecrets", () => {
  it.each([
    { name: "nothing", text: "" },
    { name: "prose about tokens", text: "The token is kept in the vault, and the password is never shown." },
    { name: "the example of a vendor's documentation", text: `aws_access_key_id = ${EXAMPLE_KEY}` },
    { name: "the token of jwt.io", text: `token: ${JWT_IO}` },
    { name: "a variable of a template", text: "postgres://app:${DB_PASSWORD}@db/app" },
    { name: "a value that a program fetches", text: "password = os.environ[PASSWORD]", path: "app.ini" },
    { name: "a public key", text: `-----BEGIN PUBLIC KEY-----\n${"Ab3d".repeat(16)}\n` },
    {
      name: "the words with which code looks for a key",
      text: 'if (text.includes("-----BEGIN RSA PRIVATE KEY-----")) {',
    },
    { name: "a token within a longer word", text: `a${TOKEN}` },
    { name: "a token that is too long", text: `${TOKEN}aaaa` },
    { name: "a generic password in a program", text: 'password = "Tr0ub4dor&3xyz"', path: "usr/lib/app/index.js" },
    { name: "a password that is the word for it", text: "password=password\n", path: "app.properties" },
  ])("finds nothing in $name", ({ text, path }) => {
    expect(found(text, path)).toEqual([]);
  });

  it.each([
    { name: "at the beginning", text: TOKEN, want: ["github-personal-access-token 1 ghp_Zk3Q****"] },
    { name: "at the end", text: `\n\n${TOKEN}`, want: ["github-personal-access-token 3 ghp_Zk3Q****"] },
    { name: "at an odd place", text: `\n"${TOKEN}"`, want: ["github-personal-access-token 2 ghp_Zk3Q****"] },
    {
      name: "after bytes that are not UTF-8",
      text: `é한\n${TOKEN}`,
      want: ["github-personal-access-token 2 ghp_Zk3Q****"],
    },
    {
      name: "once, by the most special rule",
      text: `GITHUB_TOKEN=${TOKEN}\n`,
      path: "app/.env",
      want: ["github-personal-access-token 1 ghp_Zk3Q****"],
    },
    {
      name: "two in one line",
      text: `${TOKEN} ${TOKEN.replace("Zk3Q", "Pl9K")}`,
      want: ["github-personal-access-token 1 ghp_Zk3Q****", "github-personal-access-token 1 ghp_Pl9K****"],
    },
    {
      name: "short passwords with hardly anything shown",
      text: "redis://:p4sZw0rd@r",
      want: ["redis-connection-string 1 p****"],
    },
    {
      name: "a key in JSON, with breaks written out",
      text: `{"key":"-----BEGIN PRIVATE KEY-----\\n${"Zk3Qw8Rt".repeat(8)}"}`,
      want: ["private-key-pkcs8 1 Zk3Q****"],
    },
    {
      name: "a key that a passphrase protects",
      text: `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n${"Zk3Qw8Rt".repeat(8)}\n`,
      want: ["private-key-rsa 1 Zk3Q****"],
    },
  ])("finds a secret $name", ({ text, path, want }) => {
    expect(found(text, path)).toEqual(want);
  });

  it("stops at the limits, and says so", () => {
    const text = `${TOKEN}\n`.repeat(10);
    const limits = { maxSecretsPerFile: 3, maxSecretCandidates: 1_000 };
    const { secrets, isIncomplete } = findSecrets(Buffer.from(text), { limits });
    expect(secrets).toHaveLength(3);
    expect(isIncomplete).toBe(true);
    expect(findSecrets(Buffer.from(text), { limits: { ...limits, maxSecretCandidates: 5 } }).isIncomplete).toBe(true);
    expect(findSecrets(Buffer.from(TOKEN), { limits }).isIncomplete).toBe(false);
  });

  it.each(SECRET_RULES)("$id: its pattern begins at the keyword and repeats nothing without a bound", ({ pattern }) => {
    const bare = pattern.source.replaceAll(/\\./g, "x").replaceAll(/\[[^\]]*\]/g, "x");
    expect(pattern.sticky).toBe(true);
    expect(bare).not.toMatch(/[*+]|\{\d+,\}/);
  });

  // Each would take minutes with a pattern that backtracks. What a rule says about a text follows from what stands right behind the keyword.
  it.each(SECRET_RULES.map(({ id, keywords, pattern }) => ({ id, keyword: keywords[0] ?? "", pattern })))(
    "$id looks at no more of hostile text than is near the keyword",
    ({ keyword, pattern }) => {
      for (const filler of ["a", "0", "=", " ", '"', ".", "/", "\n", ":", `${keyword}`, `${keyword}=`, "a1B2", "\\n"]) {
        const text = `${keyword}${filler.repeat(20_000)}`.slice(0, 200_000);
        for (const start of [0, Math.floor(text.length / 2)]) {
          expect(matchAt(pattern, text, start)).toBe(matchAt(pattern, text.slice(0, start + MAX_LOOK), start));
        }
      }
    },
  );

  it.each([
    { name: "a token", text: TOKEN },
    { name: "a short password", text: "redis://:p4sZw0rd@r" },
    { name: "a key", text: `-----BEGIN PRIVATE KEY-----\n${"Zk3Qw8Rt".repeat(8)}\n` },
  ])("hides most of $name", ({ text }) => {
    const { secrets } = findSecrets(Buffer.from(text), { path: "app/.env" });
    expect(secrets).toHaveLength(1);
    for (const secret of secrets) {
      expectHidden(text, secret);
    }
  });

  it("never throws, and never tells a value whole", () => {
    const word = fc.constantFrom(
      ...SECRET_RULES.flatMap(({ keywords }) => keywords),
      TOKEN,
      "=",
      '"',
      "\n",
      ": ",
      "@",
      "://",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ maxLength: 12 })), { maxLength: 40 }), (parts) => {
        const { secrets } = findSecrets(Buffer.from(parts.join("")), { path: "app/.env" });
        for (const secret of secrets) {
          expectHidden(parts.join(""), secret);
        }
      }),
    );
  });
});
