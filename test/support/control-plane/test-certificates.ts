// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Paths of a PEM certificate and of its private key. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate authority for one test run and a way to issue from it; everything lies in one folder and lives two days. */
export interface TestAuthority extends KeyPair {
  /** Issues a certificate; `organization` becomes the Kubernetes group, `commonName` the user. */
  issue(request: {
    readonly file: string;
    readonly commonName: string;
    readonly organization?: string;
    /** Subject alternative names such as `IP:127.0.0.1`; with them the certificate is a server's, else a client's. */
    readonly names?: readonly string[];
  }): KeyPair;
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];

/** Creates an authority in the folder, with the `openssl` command. */
export function createTestAuthority(folder: string): TestAuthority {
  const configuration = join(folder, "openssl.cnf");
  writeFileSync(configuration, "[req]\ndistinguished_name=dn\n[dn]\n");
  const ca = pathsOf(folder, "ca");
  request(configuration, ca, [
    "-subj",
    "/CN=haechi-test-authority",
    ...["-addext", "basicConstraints=critical,CA:TRUE"],
    ...["-addext", "keyUsage=critical,keyCertSign,cRLSign"],
    ...["-addext", "subjectKeyIdentifier=hash"],
  ]);
  return {
    ...ca,
    issue({ file, commonName, organization, names = [] }): KeyPair {
      const pair = pathsOf(folder, file);
      request(configuration, pair, [
        ...["-CA", ca.certificate, "-CAkey", ca.key],
        ...["-subj", `${organization === undefined ? "" : `/O=${organization}`}/CN=${commonName}`],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-addext", "keyUsage=critical,digitalSignature"],
        ...["-addext", `extendedKeyUsage=${names.length > 0 ? "serverAuth" : "clientAuth"}`],
        ...(names.length > 0 ? ["-addext", `subjectAltName=${names.join(",")}`] : []),
      ]);
      return pair;
    },
  };
}

/** A certificate signing request (PEM) with a new key, as a kubelet or a user would make it. */
export function createSigningRequest(folder: string, subject: string): string {
  const configuration = join(folder, "openssl.cnf");
  const { certificate, key } = pathsOf(folder, "request");
  openssl([
    "req",
    "-new",
    "-config",
    configuration,
    ...NEW_KEY.slice(0, 5),
    "-subj",
    subject,
    "-keyout",
    key,
    "-out",
    certificate,
  ]);
  return execFileSync("openssl", ["req", "-in", certificate], { encoding: "utf8" });
}

function pathsOf(folder: string, name: string): KeyPair {
  return { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
}

function request(configuration: string, pair: KeyPair, more: readonly string[]): void {
  openssl([
    "req",
    "-x509",
    "-config",
    configuration,
    ...NEW_KEY,
    "-keyout",
    pair.key,
    "-out",
    pair.certificate,
    ...more,
  ]);
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
