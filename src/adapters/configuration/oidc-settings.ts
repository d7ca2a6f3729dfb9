// SPDX-License-Identifier: Apache-2.0
import type { Configuration } from "./configuration.ts";
import type { SettingValue } from "./parse-setting.ts";

type OidcSettings = NonNullable<Configuration["oidc"]>;
type OidcRole = OidcSettings["roles"][number];

const ROLES: readonly string[] = [
  "ADMIN",
  "IMAGE_UPLOADER",
  "PERMISSION",
  "VIEWER",
] satisfies readonly OidcRole["role"][];
const PREFIX = /^[a-z0-9][a-z0-9._/-]{0,254}$/;

/** What the settings below `oidc` say; `undefined` when nobody signs in by a provider. Problems go to the list. */
export function readOidcSettings(
  values: ReadonlyMap<string, SettingValue>,
  problems: string[],
): OidcSettings | undefined {
  const issuer = urlOf(values, "oidc.issuer", problems);
  const consoleUrl = urlOf(values, "oidc.consoleUrl", problems);
  const clientId = values.get("oidc.clientId") as string | undefined;
  const names = (values.get("oidc.roles") ?? []) as readonly string[];
  const roles = names.map(parseRole).filter((role, index) => {
    if (role === undefined) {
      problems.push(
        `oidc.roles: expected GROUP=ROLE or GROUP=ROLE@PREFIX, found "${names[index]?.slice(0, 200) ?? ""}"`,
      );
    }
    return role !== undefined;
  });
  if (issuer === undefined) {
    return undefined;
  }
  if (consoleUrl === undefined || clientId === undefined || roles.length === 0) {
    problems.push("oidc.clientId, oidc.consoleUrl, oidc.roles: must be set, since oidc.issuer is");
    return undefined;
  }
  const clientSecretFile = values.get("oidc.clientSecretFile") as string | undefined;
  const certificateAuthority = values.get("oidc.certificateAuthority") as string | undefined;
  const maxIdleMs = values.get("oidc.maxIdle") as number;
  return {
    issuer,
    clientId,
    consoleUrl,
    ...(clientSecretFile === undefined ? {} : { clientSecretFile }),
    ...(certificateAuthority === undefined ? {} : { certificateAuthority }),
    scopes: values.get("oidc.scopes") as readonly string[],
    groupsClaim: values.get("oidc.groupsClaim") as string,
    roles: roles as readonly OidcRole[],
    ...(maxIdleMs === 0 ? {} : { maxIdleMs }),
  };
}

/** `=` may be part of a group's name, as in `cn=dev`: the last one counts. */
function parseRole(text: string): OidcRole | undefined {
  const equals = text.lastIndexOf("=");
  const [role = "", prefix, ...rest] = text.slice(equals + 1).split("@");
  const group = text.slice(0, Math.max(0, equals)).trim();
  if (group === "" || !ROLES.includes(role) || rest.length > 0 || (prefix !== undefined && !PREFIX.test(prefix))) {
    return undefined;
  }
  return { group, role: role as OidcRole["role"], ...(prefix === undefined ? {} : { prefix }) };
}

/** Identities must not cross a network in clear; to this machine they do not cross any. */
function urlOf(values: ReadonlyMap<string, SettingValue>, key: string, problems: string[]): string | undefined {
  const text = values.get(key) as string | undefined;
  if (text === undefined) {
    return undefined;
  }
  const url = URL.parse(text);
  const isHere = url !== null && /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (url?.protocol === "https:" || (url?.protocol === "http:" && isHere)) {
    return text;
  }
  problems.push(`${key}: expected an https URL, found "${text.slice(0, 200)}"`);
  return undefined;
}
