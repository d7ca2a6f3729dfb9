// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { KubeError, RESOURCES } from "#kube";
import { createTranslate } from "#messages";
import { MemoryKube } from "../../../../test/support/memory-kube.ts";
import { lintLoaded } from "./lint-loaded.ts";
import { loadClusterPolicies } from "./load-cluster-policies.ts";

const SYSTEM = "haechi-system";

interface Given {
  /** `haechi.yaml` of the gate, where there is one. */
  readonly configuration?: string;
  readonly here?: "policy" | "request";
  readonly isForbidden?: boolean;
}

/** A cluster whose only policy names the Secret `signer`, which lies in the namespace `team`. */
async function load({ configuration, here = "policy", isForbidden = false }: Given) {
  const client = isForbidden ? new Forbidding() : new MemoryKube();
  await client.create(
    { resource: RESOURCES.portierisClusterImagePolicies },
    {
      metadata: { name: "p" },
      spec: {
        repositories: [{ name: "*", policy: { trust: { enabled: true, signerSecrets: [{ name: "signer" }] } } }],
      },
    },
  );
  await client.create(
    { resource: RESOURCES.secrets, namespace: "team" },
    { metadata: { name: "signer", namespace: "team" }, data: {} },
  );
  if (configuration !== undefined) {
    await client.create(
      { resource: RESOURCES.configMaps, namespace: SYSTEM },
      {
        metadata: { name: "haechi-gate", namespace: SYSTEM, labels: { "app.kubernetes.io/name": "haechi" } },
        data: { "haechi.yaml": configuration },
      },
    );
  }
  const { signal } = new AbortController();
  return await loadClusterPolicies(client, {
    systemNamespace: SYSTEM,
    secretNamespaceHere: here,
    namespace: "team",
    given: undefined,
    signal,
  });
}

class Forbidding extends MemoryKube {
  override async list(...asked: Parameters<MemoryKube["list"]>): ReturnType<MemoryKube["list"]> {
    if (asked[0].resource.plural === "configmaps") {
      throw new KubeError("FORBIDDEN", "no");
    }
    return await super.list(...asked);
  }
}

describe("where Secrets are read from is said by the gate, not by whoever asks", () => {
  it.each<{ readonly name: string; readonly given: Given; readonly want: readonly unknown[] }>([
    {
      name: "the gate reads from requests",
      given: { configuration: "admission: {secretNamespace: request}" },
      want: ["request", ["team/signer"], false],
    },
    {
      name: "the gate does not, whatever is configured here",
      given: { configuration: "admission: {secretNamespace: policy}", here: "request" },
      want: ["policy", [], false],
    },
    {
      name: "the gate says nothing of it",
      given: { configuration: "logLevel: info", here: "request" },
      want: ["policy", [], false],
    },
    { name: "there is no gate", given: {}, want: ["policy", [], true] },
    {
      name: "there is no gate, and here is something else",
      given: { here: "request" },
      want: ["request", ["team/signer"], true],
    },
    { name: "nobody may look", given: { isForbidden: true }, want: ["policy", [], true] },
    { name: "it is no configuration", given: { configuration: "a: [" }, want: ["policy", [], true] },
    {
      name: "it is built to take long",
      given: { configuration: "a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n" },
      want: ["policy", [], true],
    },
  ])("$name", async ({ given, want }) => {
    const { scope, secrets, warnings } = await load(given);
    expect([
      scope.secretNamespace,
      secrets.map(({ namespace, name }) => `${namespace}/${name}`),
      warnings.some(({ path }) => path === "admission.secretNamespace"),
    ]).toEqual(want);
  });

  it("lint names it", async () => {
    const options = { now: new Date("2026-11-22"), expiringWithinMs: 0, translate: createTranslate("en") };
    const codes = async (given: Given) => lintLoaded(await load(given), options).map(({ code }) => code);
    expect(await codes({ configuration: "admission: {secretNamespace: request}" })).toContain("SECRETS_OF_REQUEST");
    expect(await codes({ configuration: "admission: {}", here: "request" })).not.toContain("SECRETS_OF_REQUEST");
  });
});
