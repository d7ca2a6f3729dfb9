// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ConfigurationError, readConfiguration, registryNamesOf, SETTINGS, variableOf } from "#configuration";

const folder = mkdtempSync(join(tmpdir(), "haechi-configuration-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function read(options: { yaml?: string; environment?: Record<string, string>; flags?: Record<string, string> }) {
  const file = join(folder, `haechi-${files++}.yaml`);
  writeFileSync(file, options.yaml ?? "");
  return readConfiguration({
    file,
    environment: options.environment ?? {},
    flags: options.flags ?? {},
    workingDir: folder,
  });
}

function problemsOf(options: Parameters<typeof read>[0]): readonly string[] {
  try {
    read(options);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return error.problems.map((problem) => problem.replace(/^\S*haechi-\d+\.yaml: /, ""));
    }
    throw error;
  }
  return [];
}

describe("readConfiguration", () => {
  it("has loopback defaults and keeps everything under the data folder", () => {
    const configuration = read({});
    expect(configuration.listen).toEqual({
      console: { host: "127.0.0.1", port: 8080 },
      registry: { host: "127.0.0.1", port: 5000 },
      admission: { host: "127.0.0.1", port: 8443 },
    });
    expect(configuration.dataDir).toBe(join(folder, ".haechi"));
    expect(configuration.secretKeyFile).toBe(join(folder, ".haechi/secret.key"));
    expect(configuration.registry.undecided).toBe("deny");
    expect(configuration.admission.failure).toBe("deny");
    expect(configuration.registry.anonymousPull).toBe(false);
  });

  it("lets variables win over the file and flags over variables", () => {
    const yaml = "listen: {console: '127.0.0.1:1', registry: '127.0.0.1:2', admission: '[::1]:3'}\n";
    const configuration = read({
      yaml,
      environment: { HAECHI_LISTEN_CONSOLE: "127.0.0.1:11", HAECHI_LISTEN_REGISTRY: "127.0.0.1:12" },
      flags: { "listen-console": "127.0.0.1:21" },
    });
    expect(configuration.listen).toEqual({
      console: { host: "127.0.0.1", port: 21 },
      registry: { host: "127.0.0.1", port: 12 },
      admission: { host: "::1", port: 3 },
    });
  });

  it("takes the data folder from HAECHI_DATA_DIR and the database from DATABASE_URL", () => {
    const configuration = read({
      environment: { HAECHI_DATA_DIR: "/srv/haechi", DATABASE_URL: "postgres://db/haechi" },
    });
    expect(configuration.dataDir).toBe("/srv/haechi");
    expect(configuration.database.url).toBe("postgres://db/haechi");
  });

  it("lists every problem at once", () => {
    const problems = problemsOf({
      yaml: "listen: {console: nowhere}\nregistry: {undecided: maybe, gate: off}\nscan: {timeout: 5}\n",
      environment: { HAECHI_DATADIR: "/x", HAECHI_SCAN_CONCURRENCY: "0" },
      flags: { nonsense: "1" },
    });
    expect(problems).toEqual([
      "unknown setting registry.gate",
      "HAECHI_DATADIR: unknown variable",
      "--nonsense: unknown option",
      expect.stringContaining("listen.console expected host:port"),
      'registry.undecided expected one of deny, allow, found "maybe"',
      expect.stringContaining("scan.concurrency must be between 1 and 64, found 0"),
      'scan.timeout expected a duration such as 500ms, 20s, 10m or 2h, found "5"',
    ]);
  });

  it("reads pairs: files relative to where they are written, URLs as they are", () => {
    const yaml =
      "signatures: {trustRoots: ['own=roots/own.json', 'sigstore=https://tuf.example'], notaryServers: ['registry.example:5000=https://notary.example']}\n";
    const { signatures, registry } = read({
      yaml,
      flags: { "registry-require-signatures": "team/=cosign.pub, *=x.asc" },
    });
    expect(signatures).toEqual({
      trustRoots: [
        { name: "own", value: join(folder, "roots/own.json") },
        { name: "sigstore", value: "https://tuf.example" },
      ],
      notaryServers: [{ name: "registry.example:5000", value: "https://notary.example" }],
      allowPrivateAddresses: [],
    });
    expect(registry.requireSignatures).toEqual([
      { name: "team/", value: join(folder, "cosign.pub") },
      { name: "*", value: join(folder, "x.asc") },
    ]);
  });

  it.each([
    { name: "without a value", flag: "registry-require-signatures", text: "team/" },
    { name: "with an empty value", flag: "registry-require-signatures", text: "team/=" },
    { name: "with a prefix that no repository has", flag: "registry-require-signatures", text: "Team/=a.pub" },
    { name: "with a pattern as prefix", flag: "registry-require-signatures", text: "team/*=a.pub" },
    { name: "named twice", flag: "registry-require-signatures", text: "team/=a.pub,team/=b.pub" },
    { name: "with a path as registry", flag: "signatures-notary-servers", text: "registry.example/team=https://n" },
    { name: "with no URL", flag: "signatures-notary-servers", text: "registry.example=notary.example" },
    { name: "with another scheme", flag: "signatures-notary-servers", text: "registry.example=file:///etc/passwd" },
    { name: "with another scheme, as root", flag: "signatures-trust-roots", text: "a=ftp://x" },
  ])("refuses a pair $name", ({ flag, text }) => {
    expect(problemsOf({ flags: { [flag]: text } })).toHaveLength(1);
  });

  it.each([
    { flag: "registry-require-signatures", form: "PREFIX=FILE" },
    { flag: "signatures-trust-roots", form: "NAME=FILE-or-URL" },
    { flag: "signatures-notary-servers", form: "REGISTRY=URL" },
  ])("$flag says $form, and what was found", ({ flag, form }) => {
    const [problem = ""] = problemsOf({ flags: { [flag]: "team/" } });
    expect(problem).toContain(`expected ${form}, found "team/"`);
    expect(problemsOf({ flags: { [flag]: "https://user:secret@n.example" } })[0]).not.toContain("secret");
  });

  it("does not repeat the password of a URL", () => {
    const [problem = ""] = problemsOf({
      flags: { "signatures-notary-servers": "a=https://user:secret@notary.example" },
    });
    expect(problem).toContain("without credentials");
    expect(problem).not.toContain("secret");
  });

  describe("admission beyond this machine", () => {
    it.each([
      { name: "any address", admission: "0.0.0.0:8443" },
      { name: "any IPv6 address", admission: "[::]:8443" },
      { name: "an address of the network", admission: "10.0.0.1:8443" },
      { name: "a name that only begins like loopback", admission: "127.0.0.1.example:8443" },
    ])("on $name does not start before somebody says who may ask", ({ admission }) => {
      const [problem = "", ...others] = problemsOf({ flags: { "listen-admission": admission } });
      expect(problem).toMatch(/^admission\.callers: must be set/);
      expect(others).toEqual([]);
    });

    it.each([
      {
        name: "with client certificates",
        flags: { "admission-callers": "certificate", "admission-client-authority": "ca.pem" },
      },
      { name: "behind a network policy", flags: { "admission-callers": "network" } },
      { name: "without the role", flags: { roles: "registry,api" } },
    ])("is fine $name", ({ flags }) => {
      expect(problemsOf({ flags: { "listen-admission": "0.0.0.0:8443", ...flags } })).toEqual([]);
    });

    it.each(["127.0.0.1:8443", "127.1.2.3:8443", "localhost:8443", "[::1]:8443"])(
      "on %s nothing has to be said",
      (admission) => {
        expect(problemsOf({ flags: { "listen-admission": admission } })).toEqual([]);
      },
    );
  });

  describe("the API server of a Pod", () => {
    const flags = { "cluster-connection": "in-cluster" };
    it.each([
      {
        name: "an address",
        environment: { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" },
        host: "10.96.0.1",
      },
      {
        name: "an IPv6 address",
        environment: { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "443" },
        host: "fd00::1",
      },
    ])("is $name", ({ environment, host }) => {
      expect(read({ flags, environment }).cluster.inCluster).toEqual({ host, port: 443 });
      expect(read({ environment }).cluster.inCluster).toBeUndefined();
    });

    it.each([
      { name: "outside of a Pod", environment: {} },
      {
        name: "with a port that is none",
        environment: { KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "https" },
      },
      {
        name: "with a host that is a path",
        environment: { KUBERNETES_SERVICE_HOST: "a/b", KUBERNETES_SERVICE_PORT: "443" },
      },
    ])("is missing $name", ({ environment }) => {
      expect(problemsOf({ flags, environment })).toEqual([expect.stringContaining("cluster.connection") as unknown]);
    });
  });

  describe("names of the registry", () => {
    const yaml = "registry: {names: [registry.example]}\nlisten: {registry: '127.0.0.1:5001'}\n";
    it("are those that are configured, and where it listens if it does", () => {
      expect(registryNamesOf(read({ yaml }))).toEqual(["registry.example", "127.0.0.1:5001", "localhost:5001"]);
      expect(registryNamesOf(read({ yaml, flags: { roles: "gate" } }))).toEqual(["registry.example"]);
    });

    it("must be there where signatures are asked for by name", () => {
      const flags = { roles: "gate", "registry-require-signatures": "team/=a.pub" };
      expect(problemsOf({ flags })).toEqual([expect.stringContaining("registry.names") as unknown]);
      expect(problemsOf({ flags: { ...flags, "registry-names": "registry.example" } })).toEqual([]);
    });
  });

  it.each([
    { name: "not a mapping", yaml: "[1, 2]" },
    { name: "a plain text", yaml: "hello" },
    { name: "broken YAML", yaml: "a: [1" },
    { name: "a key twice", yaml: "dataDir: a\ndataDir: b\n" },
    { name: "an alias", yaml: "dataDir: &x a\nlanguage: *x\n" },
    { name: "null as a value", yaml: "dataDir:\n" },
    { name: "a prototype key", yaml: "__proto__: {x: 1}\n" },
    { name: "larger than the limit", yaml: `dataDir: ${"x".repeat(2 ** 20)}` },
  ])("refuses $name", ({ yaml }) => {
    expect(problemsOf({ yaml })).not.toEqual([]);
  });

  it("refuses a named file that does not exist", () => {
    expect(() => readConfiguration({ file: "absent.yaml", environment: {}, flags: {}, workingDir: folder })).toThrow(
      ConfigurationError,
    );
  });

  it("gives each setting a variable of its own", () => {
    expect(new Set(SETTINGS.map((setting) => variableOf(setting.key))).size).toBe(SETTINGS.length);
    expect(variableOf("dataDir")).toBe("HAECHI_DATA_DIR");
  });
});
