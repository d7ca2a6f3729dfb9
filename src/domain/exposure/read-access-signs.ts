// SPDX-License-Identifier: Apache-2.0
import { isSecretVariable } from "#secrets";
import type { RegistryContainer } from "./registry-container.ts";

/** Something in a container that says who may do what in a registry. Never holds the value of a secret. */
export interface AccessSign {
  readonly code: /** A password that everybody knows. */
    | "defaultPassword"
    /** A secret written into the Pod, where everybody who may read Pods reads it. */
    | "writtenSecret"
    /** Nobody has to say who they are. */
    | "anonymous"
    /** Nothing shows that anybody has to; a file may say so. */
    | "noAuthentication";
  /** The variable or the argument that says so. */
  readonly origin: string;
}

/** Passwords that the installation instructions of registries print. */
const DEFAULT_PASSWORDS: ReadonlySet<string> = new Set(["harbor12345", "admin123", "password", "changeme", "admin"]);

/** Values by which Distribution lets everybody in: `silly` looks only whether a header is there. */
const NO_AUTHENTICATION: ReadonlySet<string> = new Set(["none", "silly"]);

const ON: ReadonlySet<string> = new Set(["1", "true", "yes", "on"]);
const OFF: ReadonlySet<string> = new Set(["0", "false", "no", "off"]);

/** Reads what variables and arguments show. A variable without a value comes from a Secret or ConfigMap. */
export function readAccessSigns(product: string | undefined, container: RegistryContainer): readonly AccessSign[] {
  return [...credentialSigns(container), ...anonymousSigns(product, container)];
}

function credentialSigns({ variables, words }: RegistryContainer): readonly AccessSign[] {
  const signs: AccessSign[] = [];
  for (const [name, value] of variables) {
    if (value === undefined || !isSecret(name, value)) {
      continue;
    }
    const isDefault = DEFAULT_PASSWORDS.has(value.toLowerCase());
    signs.push({ code: isDefault ? "defaultPassword" : "writtenSecret", origin: name.slice(0, 100) });
  }
  if (OFF.has(variables.get("NEXUS_SECURITY_RANDOMPASSWORD")?.toLowerCase() ?? "")) {
    signs.push({ code: "defaultPassword", origin: "NEXUS_SECURITY_RANDOMPASSWORD" });
  }
  const argument = words.find((each) => /^--?basic-auth-pass(?:=|$)/.test(each));
  return argument === undefined ? signs : [...signs, { code: "writtenSecret", origin: "--basic-auth-pass" }];
}

/** `BASIC_AUTH_PASS` of ChartMuseum is none of the words that secrets are known by. */
function isSecret(name: string, value: string): boolean {
  return isSecretVariable(name, value) || (/_PASS$/i.test(name) && value !== "");
}

function anonymousSigns(product: string | undefined, { variables, words }: RegistryContainer): readonly AccessSign[] {
  switch (product) {
    case "Distribution": {
      const set = variables.get("REGISTRY_AUTH");
      if (set !== undefined && NO_AUTHENTICATION.has(set.toLowerCase())) {
        return [{ code: "anonymous", origin: "REGISTRY_AUTH" }];
      }
      const names = [...variables.keys()];
      return names.some((name) => name === "REGISTRY_AUTH" || name.startsWith("REGISTRY_AUTH_"))
        ? []
        : [{ code: "noAuthentication", origin: "REGISTRY_AUTH" }];
    }
    case "ChartMuseum": {
      const isOpen =
        ON.has(variables.get("AUTH_ANONYMOUS_GET")?.toLowerCase() ?? "") ||
        words.some((each) => /^--?auth-anonymous-get(?:=true)?$/.test(each));
      if (isOpen) {
        return [{ code: "anonymous", origin: "AUTH_ANONYMOUS_GET" }];
      }
      const isAsked =
        variables.has("BASIC_AUTH_USER") ||
        variables.has("BEARER_AUTH") ||
        words.some((each) => /^--?(?:basic-auth-user|bearer-auth)/.test(each));
      return isAsked ? [] : [{ code: "noAuthentication", origin: "BASIC_AUTH_USER" }];
    }
    default:
      return [];
  }
}
