// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { LIMITS } from "#base";
import type { ImageConfig } from "#oci";
import { findConfigSecrets } from "./find-config-secrets.ts";
import { createSecretAnalyzer, SECRET_ANALYZER } from "./secret-analyzer.ts";
import type { SkipReason } from "./skip-reason.ts";

const TOKEN = ["gh", "p_", "Zk3Qw8Rt5Yp2Lm7Nb4Vc9Xs6Df1Gh0Jk3Qw8"].join("");

describe("the secret analyzer", () => {
  it.each([
    { path: "app/.env", size: 100, want: "sniff" },
    { path: "root/.netrc", size: 100, want: "sniff" },
    { path: "app/dist/server.js", size: 100, want: "sniff" },
    { path: "usr/lib/node_modules/x/index.js", size: 100, want: "sniff" },
    { path: "app/test/data.json", size: 100, want: "sniff" },
    { path: "app/.env", size: 3, want: "tooSmall" },
    { path: "app/dist/server.js", size: LIMITS.maxSecretFileBytes + 1, want: "tooLarge" },
    { path: "app/node_modules/x/data.json", size: LIMITS.maxSecretFileBytes + 1, want: "tooLarge" },
    { path: "app/.env", size: LIMITS.maxSecretFileBytes + 1, want: "sniff" },
    { path: "app/.env.production", size: LIMITS.maxAnalyzedFileBytes + 1, want: "sniff" },
    { path: "srv/tls/server.key", size: LIMITS.maxSecretFileBytes + 1, want: "sniff" },
    { path: "app/logo.png", size: 100, want: "binaryName" },
    { path: "usr/lib/libc.so.6", size: 100, want: "binaryName" },
    { path: "usr/share/doc/openssl/key.txt", size: 100, want: "documentation" },
    { path: "etc/ssl/certs/ca.pem", size: 100, want: "documentation" },
    { path: "var/lib/dpkg/info/x.md5sums", size: 100, want: "packageRecord" },
    { path: "app/package-lock.json", size: 100, want: "packageRecord" },
    { path: "app/node_modules/jws/test/rsa.key", size: 100, want: "testData" },
    { path: "app/node_modules/jws/README.md", size: 100, want: "testData" },
    { path: "usr/lib/python3.11/test/keycert.txt", size: 100, want: "testData" },
    { path: "app/node_modules/debug/.coveralls.yml", size: 100, want: "testData" },
    { path: "app/.coveralls.yml", size: 100, want: "sniff" },
  ])("$path of $size bytes: $want", ({ path, size, want }) => {
    const reasons: SkipReason[] = [];
    const analyzer = createSecretAnalyzer({ onSkip: (reason) => reasons.push(reason) });
    const answer = analyzer.wants(path, { size, mode: 0o644, uid: 0 });
    expect(answer === false ? reasons[0] : answer).toBe(want);
  });

  it("reads no links: what they lead to is read where it lies", () => {
    expect(SECRET_ANALYZER.wants("root/.netrc")).toBe(false);
  });

  it("reads no binaries, and counts them", () => {
    const reasons: SkipReason[] = [];
    const analyzer = createSecretAnalyzer({ onSkip: (reason) => reasons.push(reason) });
    expect(analyzer.accepts?.("a", Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0))).toBe(false);
    expect(analyzer.accepts?.("a", Buffer.from("text"))).toBe(true);
    expect(reasons).toEqual(["binary"]);
  });

  it("tells the rule, the line and a masked value", () => {
    const { observations, problems } = SECRET_ANALYZER.analyze({ path: "a", bytes: Buffer.from(`\n${TOKEN}\n`) });
    expect(problems).toEqual([]);
    expect(observations).toEqual([
      {
        kind: "secret",
        rule: "github-personal-access-token",
        severity: "critical",
        title: "GitHub personal access token",
        line: 2,
        excerpt: "ghp_Zk3Q****",
        params: { vendor: "GitHub", credential: "personalAccessToken" },
      },
    ]);
  });

  it("has a problem when a file has more than the limits", () => {
    const bytes = Buffer.from(`${TOKEN}\n`.repeat(LIMITS.maxSecretsPerFile + 1));
    expect(SECRET_ANALYZER.analyze({ path: "a", bytes }).problems).toMatchObject([
      { code: "LIMIT_EXCEEDED", path: "a" },
    ]);
  });
});

describe("findConfigSecrets", () => {
  const config: ImageConfig = {
    platform: { os: "linux", architecture: "amd64" },
    diffIds: [],
    entrypoint: [],
    command: [],
    labels: {},
    env: [],
    exposedPorts: [],
    volumes: [],
    onBuild: [],
    history: [],
  };

  it("finds nothing in an ordinary configuration", () => {
    const env = [
      "PATH=/usr/bin:/bin",
      "NODE_VERSION=22.1.0",
      "KEYCLOAK_URL=https://id.corp",
      "TOKEN_FILE=/run/secrets/t",
    ];
    expect(findConfigSecrets({ ...config, env, labels: { maintainer: "me" } })).toEqual([]);
  });

  it.each([
    { name: "a variable", part: { env: [`GH=${TOKEN}`] }, where: "GH" },
    { name: "a label", part: { labels: { x: TOKEN } }, where: "label" },
    { name: "a command", part: { command: ["run", TOKEN] }, where: "command" },
    { name: "a trigger", part: { onBuild: [`RUN echo ${TOKEN}`] }, where: "onbuild" },
  ])("finds a secret in $name", ({ part, where }) => {
    expect(findConfigSecrets({ ...config, ...part })).toMatchObject([
      { kind: "secret", excerpt: "ghp_Zk3Q****", params: { where } },
    ]);
  });

  it("finds a secret in the history, and tells of the same one only once", () => {
    const history = [
      { createdBy: "FROM x", isEmptyLayer: true },
      { createdBy: `|1 T=${TOKEN} /bin/sh -c make`, isEmptyLayer: false },
    ];
    expect(findConfigSecrets({ ...config, history })).toMatchObject([
      { historyIndex: 1, params: { where: "history" } },
    ]);
    expect(findConfigSecrets({ ...config, env: [`T=${TOKEN}`], history })).toMatchObject([{ params: { where: "T" } }]);
  });

  it("finds a password that only its name gives away", () => {
    expect(findConfigSecrets({ ...config, env: ["DB_PASSWORD=Kx9mQ2vLp7wT"] })).toMatchObject([
      { rule: "password-assignment", params: { where: "DB_PASSWORD" } },
    ]);
  });
});
