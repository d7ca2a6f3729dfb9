// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import type { Configuration } from "./configuration.ts";
import { ConfigurationError } from "./errors.ts";
import { readConfiguration } from "./read-configuration.ts";
import { registryNamesOf } from "./registry-names.ts";

function read(flags: Readonly<Record<string, string>>): Configuration {
  return readConfiguration({ environment: {}, flags, workingDir: "/work" });
}

function problemsOf(flags: Readonly<Record<string, string>>): string {
  try {
    read(flags);
    return "";
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return (error as Error).message;
  }
}

describe("the addresses of the registry", () => {
  it.each([
    { name: "none at all", flags: { "listen-registry": "off" }, want: "leave registry out of roles" },
    { name: "a word that is no address", flags: { "listen-registry-public": "on" }, want: "expected host:port" },
    { name: "a certificate without key", flags: { "registry-certificate": "a.crt" }, want: "registry.certificateKey" },
    {
      name: "a public key without certificate",
      flags: { "registry-public-certificate-key": "a.key" },
      want: "registry.publicCertificate",
    },
  ])("$name is a problem", ({ flags, want }) => {
    expect(problemsOf(flags)).toContain(want);
  });

  it("are private by default", () => {
    const { listen, registry } = read({});
    expect(listen.registry).toEqual({ host: "127.0.0.1", port: 5_000 });
    expect(listen.registryPublic).toBeUndefined();
    expect(registry.publicAnonymousPull).toBe(false);
  });

  it("may both be off in a process without a registry", () => {
    expect(read({ "listen-registry": "off", roles: "api" }).listen.registry).toBeUndefined();
  });

  it("and their names are names of the registry", () => {
    const names = registryNamesOf(
      read({ "listen-registry-public": "192.0.2.1:443", "registry-public-name": "registry.example.com" }),
    );
    expect(names).toEqual(["127.0.0.1:5000", "localhost:5000", "192.0.2.1:443", "registry.example.com"]);
  });
});

describe("signing in by a provider", () => {
  const WHOLE = {
    "oidc-issuer": "https://login.example.com/realms/company",
    "oidc-client-id": "haechi",
    "oidc-console-url": "https://haechi.example.com",
    "oidc-roles": "cn=admins=ADMIN,dev=IMAGE_UPLOADER@team/app,*=VIEWER@base",
  };

  it.each([
    {
      name: "an issuer in clear",
      flags: { "oidc-issuer": "http://login.example.com" },
      want: "oidc.issuer: expected an https URL",
    },
    { name: "an issuer that is none", flags: { "oidc-issuer": "login" }, want: "oidc.issuer: expected an https URL" },
    {
      name: "a console in clear",
      flags: { "oidc-console-url": "http://haechi.example.com" },
      want: "oidc.consoleUrl: expected an https URL",
    },
    { name: "no role", flags: { "oidc-roles": "" }, want: "oidc.roles: must be set" },
    { name: "a role that there is not", flags: { "oidc-roles": "a=ROOT" }, want: "expected GROUP=ROLE" },
    { name: "no group", flags: { "oidc-roles": "=ADMIN" }, want: "expected GROUP=ROLE" },
    { name: "a prefix that is none", flags: { "oidc-roles": "a=VIEWER@Team" }, want: "expected GROUP=ROLE" },
    { name: "two prefixes", flags: { "oidc-roles": "a=VIEWER@a@b" }, want: "expected GROUP=ROLE" },
  ])("with $name is a problem", ({ flags, want }) => {
    expect(problemsOf({ ...WHOLE, ...flags })).toContain(want);
  });

  it("is off without an issuer, and whole with one", () => {
    expect(read({}).oidc).toBeUndefined();
    expect(read(WHOLE).oidc).toEqual({
      issuer: WHOLE["oidc-issuer"],
      clientId: "haechi",
      consoleUrl: "https://haechi.example.com",
      scopes: ["openid", "profile", "email"],
      groupsClaim: "groups",
      roles: [
        { group: "cn=admins", role: "ADMIN" },
        { group: "dev", role: "IMAGE_UPLOADER", prefix: "team/app" },
        { group: "*", role: "VIEWER", prefix: "base" },
      ],
      maxIdleMs: 30 * 24 * 3_600_000,
    });
    expect(read({ ...WHOLE, "oidc-max-idle": "7d" }).oidc?.maxIdleMs).toBe(7 * 24 * 3_600_000);
    expect(read({ ...WHOLE, "oidc-max-idle": "0s" }).oidc).not.toHaveProperty("maxIdleMs");
  });
});
