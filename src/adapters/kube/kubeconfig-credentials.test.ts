// SPDX-License-Identifier: Apache-2.0
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { inspect } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { openKubeconfigCredentials } from "./kubeconfig-credentials.ts";

const folder = mkdtempSync(join(tmpdir(), "haechi-kubeconfig-"));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string): string {
  const path = join(folder, `file-${files++}`);
  writeFileSync(path, content);
  return path;
}

function kubeconfig(user: object, cluster: object = {}, name = "one"): string {
  return file(
    JSON.stringify({
      "current-context": name,
      clusters: [{ name, cluster: { server: "https://api.example:6443", ...cluster } }],
      users: [{ name, user }],
      contexts: [{ name, context: { cluster: name, user: name } }],
    }),
  );
}

/** An exec plugin that answers with another token each time. */
function plugin(script: string): object {
  const path = file(`#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return { exec: { apiVersion: "client.authentication.k8s.io/v1", command: path, args: [] } };
}

describe("a user with", () => {
  it("certificates in files or in the text shows them", async () => {
    const [cert, key, ca] = [file("CERT"), file("KEY"), file("CA")];
    const files = { "client-certificate": cert, "client-key": key };
    const text = {
      "client-certificate-data": Buffer.from("CERT").toString("base64"),
      "client-key-data": Buffer.from("KEY").toString("base64"),
    };
    for (const user of [files, text]) {
      const credentials = await openKubeconfigCredentials({
        file: kubeconfig(user, { "certificate-authority": ca, "tls-server-name": "api.internal" }),
      });
      const { tls, headers } = await credentials.current();
      expect(credentials.server).toBe("https://api.example:6443");
      expect([tls.ca, tls.cert, tls.key].map(String)).toEqual(["CA", "CERT", "KEY"]);
      expect([tls.servername, tls.rejectUnauthorized, headers]).toEqual(["api.internal", undefined, {}]);
    }
  });

  it.each([
    { name: "a token", user: { token: "t1" }, want: "Bearer t1" },
    {
      name: "a name and password",
      user: { username: "u", password: "p" },
      want: `Basic ${Buffer.from("u:p").toString("base64")}`,
    },
  ])("$name", async ({ user, want }) => {
    const credentials = await openKubeconfigCredentials({ file: kubeconfig(user) });
    const first = await credentials.current();
    expect(first.headers["authorization"]).toBe(want);
    expect(await credentials.current()).toBe(first);
    expect(await credentials.renew(first)).toBe(first);
  });

  it("an exec plugin is asked again when the server refuses what it said, and connections stay", async () => {
    const count = file("");
    const user = plugin(
      `echo x >> ${count}\necho '{"kind":"ExecCredential","status":{"token":"t'$(wc -l < ${count} | tr -d ' ')'"}}'`,
    );
    const credentials = await openKubeconfigCredentials({ file: kubeconfig(user) });
    const first = await credentials.current();
    const second = await credentials.renew(first);
    expect([first, second].map(({ headers }) => headers["authorization"])).toEqual(["Bearer t1", "Bearer t2"]);
    expect(second.tls).toBe(first.tls);
  });

  it("an exec plugin that fails repeats nothing of what it printed", async () => {
    const user = plugin("echo 'password: hunter2' >&2; exit 1");
    const credentials = await openKubeconfigCredentials({ file: kubeconfig(user) });
    const failure: unknown = await credentials.current().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "CREDENTIALS_UNUSABLE" });
    expect(inspect(failure)).not.toContain("hunter2");
  });
});

it.each([
  { name: "is not there", path: () => join(folder, "absent"), want: /ENOENT/ },
  { name: "is no YAML", path: () => file("{"), want: /kubeconfig/ },
  { name: "is empty", path: () => file(""), want: /kubeconfig/ },
  { name: "names no server", path: () => kubeconfig({}, { server: undefined }), want: /server/ },
  { name: "has a server without TLS", path: () => kubeconfig({}, { server: "http://api.example" }), want: /https/ },
])("a kubeconfig that $name cannot be used", async ({ path, want }) => {
  const file = path();
  await expect(openKubeconfigCredentials({ file })).rejects.toMatchObject({
    code: "CREDENTIALS_UNUSABLE",
    message: expect.stringMatching(want) as unknown,
  });
});

it("a kubeconfig that cannot be parsed is not quoted", async () => {
  const broken = file("users:\n- name: a\n  user:\n    token: hunter2\n  : - [");
  const failure: unknown = await openKubeconfigCredentials({ file: broken }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "CREDENTIALS_UNUSABLE" });
  expect(inspect(failure)).not.toContain("hunter2");
});

it("a context by name, and of several files those that exist, of which the first one chooses", async () => {
  const one = kubeconfig({ token: "one" });
  const two = kubeconfig({ token: "two" }, { server: "https://two.example/k8s/clusters/c-1/" }, "two");
  const both = [join(folder, "absent"), one, two].join(delimiter);
  const first = await openKubeconfigCredentials({ file: both });
  const second = await openKubeconfigCredentials({ file: both, context: "two" });
  expect([(await first.current()).headers["authorization"], (await second.current()).headers["authorization"]]).toEqual(
    ["Bearer one", "Bearer two"],
  );
  expect(second.server).toBe("https://two.example/k8s/clusters/c-1");
  await expect(openKubeconfigCredentials({ file: one, context: "three" })).rejects.toThrow(
    /no context three; it has one/,
  );
});

it("a file that is changed counts when the server refuses the old one", async () => {
  const path = kubeconfig({ token: "old" });
  const credentials = await openKubeconfigCredentials({ file: path });
  const old = await credentials.current();
  writeFileSync(path, readFileSync(kubeconfig({ token: "new" })));
  expect((await credentials.renew(old)).headers["authorization"]).toBe("Bearer new");
});
