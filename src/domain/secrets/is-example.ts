// SPDX-License-Identifier: Apache-2.0
import type { SecretRule } from "./secret-rule.ts";

/** Where a program or a template fills in a value, and what people write where one belongs. */
const PLACEHOLDER =
  /^(?:[<{[(%$&@].{0,400}|.{0,60}(?:\$\{|\$\(|\{\{|<%|%\().{0,400}|(?:change|replace|insert|enter|put|set|fill)[-_ ]?(?:me|this|here|your).{0,100}|(?:your|my|the|some|dummy|fake|test|sample|example|placeholder|todo|redacted|changeit|hunter2|correct-?horse)(?:[-_. ].{0,200})?|.{0,60}(?:example|placeholder|changeme|change-me|change_me|redacted|dummy|notreal|not-real|not_real|insecure|deadbeef|xxxx|\*\*\*\*|\.\.\.|0123456789|1234567890|abcdefgh).{0,400}|n\/?a|none|null|nil|true|false|undefined|unset|empty|required|optional|string|password|passwd|secret|token|env|root|admin|default|repopwd|proxypass)$/is;

/** Names of functions, members and paths stand where values do, too. */
const CODE =
  /^(?:(?:process\.env|os\.environ|os\.getenv|System\.getenv|getenv|env|ENV|config|settings|self|this|options|args|params|props|req|request|ctx|vault:|secretKeyRef|file:|\/run\/secrets\/|\/var\/run\/)[.[(/:].{0,400}|[A-Za-z_][A-Za-z0-9_]{0,60}(?:\.[A-Za-z_][A-Za-z0-9_]{0,60}){1,8}|[A-Za-z_]{1,60}\(.{0,400}|\/[\w.-]{1,100}(?:\/[\w.-]{1,100}){1,12}|[A-Z][A-Z0-9]{0,30}(?:_[A-Z0-9]{1,30}){1,8})$/s;

/** Values that vendors print in their documentation; put together here so that scanners of other people do not cry. */
const DOCUMENTED: ReadonlySet<string> = new Set(
  [
    ["AKIA", "IOSFODNN7EXAMPLE"],
    ["wJalrXUtnFEMI/", "K7MDENG/bPxRfiCYEXAMPLEKEY"],
    ["sk_test_", "4eC39HqLyjWDarjtT1zdp7dc"],
    ["sk_test_", "BQokikJOvBiI2HlWgH4olfQ2"],
    ["AIza", "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"],
    ["Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/", "K1SZFPTOtr/KBHBeksoGMGw=="],
    ["C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/", "Jw=="],
  ].map((parts) => parts.join("")),
);

/** The signature of the token that jwt.io shows to everyone, and the user that countless examples are about. */
const DOCUMENTED_JWT = ["SflKxwRJSMeKKF2QT4", "fwpMeJf36POk6yJV_adQssw5c"].join("");
const DOCUMENTED_JWT_NAME = ["eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6", "IkpvaG4gRG9l"].join("");

/** Whether the value is none: an example of a vendor's documentation, a placeholder, a piece of code that fetches one. */
export function isExample(value: string, rule: Pick<SecretRule, "shown" | "credential" | "isGeneric">): boolean {
  const own = value.slice(rule.shown, rule.shown + 512);
  return (
    DOCUMENTED.has(value) ||
    value.includes(DOCUMENTED_JWT) ||
    value.includes(DOCUMENTED_JWT_NAME) ||
    (own !== "" && PLACEHOLDER.test(own)) ||
    (mayBeCode(rule) && CODE.test(own)) ||
    (own.length > 4 && isMonotonous(own))
  );
}

/** Only where nearly anything is a value; a token with dots is no chain of names. */
function mayBeCode({ credential, isGeneric }: Pick<SecretRule, "credential" | "isGeneric">): boolean {
  return isGeneric === true || credential === "password" || credential === "connectionString";
}

/** `aaaaaaaa`, `abababab`, `12345678`: at most three characters, or each the next of the one before. */
function isMonotonous(value: string): boolean {
  const codes = [...value.slice(0, 256)].map((each) => each.charCodeAt(0));
  if (new Set(codes).size <= 3) {
    return true;
  }
  let steps = 0;
  for (let index = 1; index < codes.length; index += 1) {
    const step = (codes[index] as number) - (codes[index - 1] as number);
    steps += step === 1 || step === 0 || step === -1 ? 1 : 0;
  }
  return steps >= (codes.length - 1) * 0.7;
}
