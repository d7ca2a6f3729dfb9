// SPDX-License-Identifier: Apache-2.0
import { generateKeyPairSync } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { digestHex } from "#base";
import { createTrustHttp } from "#http";
import { openRepository, type RegistryOptions } from "#image-source";
import type { PolicyDocument } from "#policy";
import { attachBundle, createStatementSigner } from "#signing";
import { ensureServingCertificate } from "#tls";
import { createSignatureVerifier, createTrustRoots } from "#trust-sources";
import {
  DOCKER_REGISTRY_ACCOUNT,
  type DockerRegistry,
  startDockerRegistry,
} from "../../../../test/support/docker-registry.ts";
import type { TestImage } from "../../../../test/support/image-builder.ts";
import { MemoryTrustStateStore } from "../../../../test/support/memory-trust-state-store.ts";
import { createTestFolder } from "../../../../test/support/postgres.ts";
import { startTestRegistry, TEST_ACCOUNTS } from "../../../../test/support/registry-server.ts";
import {
  accessAs,
  type GateReplica,
  IMAGE,
  outcomeOf,
  SCANNED,
  startGateReplica,
} from "../../../../test/support/remote-world.ts";
import { describeWithTools } from "../../../../test/support/tools.ts";

// each starts programs: registries, scans
vi.setConfig({ testTimeout: 120_000 });

const opened: AsyncDisposable[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) {
    await each[Symbol.asyncDispose]();
  }
});

function keep<T extends AsyncDisposable>(resource: T): T {
  opened.push(resource);
  return resource;
}

async function push(host: string, image: TestImage, options: RegistryOptions): Promise<void> {
  await using repository = await openRepository(
    { registry: host, repository: "team/app" },
    { ...options, scopes: ["pull", "push"] },
  );
  for (const [digest, bytes] of image.blobs) {
    if (digest !== image.manifest.digest) {
      await repository.pushBlob(bytes);
    }
  }
  await repository.pushManifest(
    "1",
    image.manifest.mediaType,
    image.blobs.get(image.manifest.digest) ?? new Uint8Array(),
  );
}

describeWithTools(
  "Debian's docker-registry with TLS, a certificate authority of its own and accounts",
  ["docker-registry"],
  () => {
    async function start(): Promise<{ readonly registry: DockerRegistry; readonly caFile: string }> {
      const certificate = await ensureServingCertificate({
        secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
        listener: "registry",
        names: [],
        clock: { now: () => new Date() },
      });
      const caFile = join(await createTestFolder(), "ca.pem");
      await writeFile(caFile, certificate.caPem);
      const registry = keep(await startDockerRegistry({ hasAccounts: true, tls: certificate }));
      await push(registry.host, IMAGE, { caFile, credentials: DOCKER_REGISTRY_ACCOUNT });
      return { registry, caFile };
    }

    function gate(host: string, caFile: string): Promise<GateReplica> {
      const images = { certificateAuthorities: [{ name: host, value: caFile }] };
      return startGateReplica({ policies: [SCANNED], images }).then(keep);
    }

    it("an image is judged with the pull secret, in the scan process as well, and not without it", async () => {
      const { registry, caFile } = await start();
      const { ask } = await gate(registry.host, caFile);
      const reference = `${registry.host}/team/app:1`;
      expect(outcomeOf((await ask(reference)).verdict)).toBe("undecided REGISTRY_REFUSED");
      const { username, password } = DOCKER_REGISTRY_ACCOUNT;
      const { verdict, pinned } = await ask(reference, { access: accessAs(username, password, registry.host) });
      expect(outcomeOf(verdict)).toBe("allow");
      expect(pinned).toBe(`${registry.host}/team/app@${IMAGE.manifest.digest}`);
    });

    it("without its authority the certificate is not trusted, and that is what is said", async () => {
      const { registry } = await start();
      const other = join(await createTestFolder(), "other.pem");
      const { caPem } = await ensureServingCertificate({
        secrets: { set: () => Promise.resolve(), getOrCreate: (_, create) => create() },
        listener: "admission",
        names: [],
        clock: { now: () => new Date() },
      });
      await writeFile(other, caPem);
      const { ask } = await gate(registry.host, other);
      const { verdict } = await ask(`${registry.host}/team/app:1`);
      expect(verdict).toMatchObject({
        outcome: "undecided",
        reasons: [{ code: "REGISTRY_UNAVAILABLE", params: { registry: registry.host, problem: "tls" } }],
      });
    });

    it("an image is undecided when the registry is killed, and what is known stays known", async () => {
      const { registry, caFile } = await start();
      const { ask } = await gate(registry.host, caFile);
      const { username, password } = DOCKER_REGISTRY_ACCOUNT;
      const access = accessAs(username, password, registry.host);
      const { pinned = "" } = await ask(`${registry.host}/team/app:1`, { access });
      await registry[Symbol.asyncDispose]();
      expect(outcomeOf((await ask(pinned, { access })).verdict)).toBe("allow");
      expect(outcomeOf((await ask(`${registry.host}/team/app:2`, { access })).verdict)).toBe(
        "undecided REGISTRY_UNAVAILABLE",
      );
    });
  },
);

it("a registry of another Haechi is one like any other: bearer tokens, and its own gate's word counts for nothing", async () => {
  const theirs = keep(await startTestRegistry());
  const { password } = TEST_ACCOUNTS.admin;
  await push(theirs.host, IMAGE, { credentials: { username: "admin", password } });
  const { ask } = keep(await startGateReplica({ policies: [SCANNED] }));
  const { verdict, pinned } = await ask(`${theirs.host}/team/app:1`, {
    access: accessAs("viewer", TEST_ACCOUNTS.viewer.password, theirs.host),
  });
  expect(outcomeOf(verdict)).toBe("allow");
  expect(pinned).toBe(`${theirs.host}/team/app@${IMAGE.manifest.digest}`);
});

const SIGNED_TYPE = "https://sigstore.dev/cosign/sign/v1";

it("signatures are read with the pull secret, and a registry that is gone does not make a signed image unsigned", async () => {
  const theirs = keep(await startTestRegistry());
  const admin: RegistryOptions = { credentials: { username: "admin", password: TEST_ACCOUNTS.admin.password } };
  await push(theirs.host, IMAGE, admin);
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const http = keep(await createTrustHttp());
  const subject = [{ name: "", digest: { sha256: digestHex(IMAGE.manifest.digest) } }];
  const statement = { _type: "https://in-toto.io/Statement/v1", subject, predicateType: SIGNED_TYPE, predicate: {} };
  const bundle = await createStatementSigner({ signer: { kind: "key", key: privateKey }, http }).sign(
    JSON.stringify(statement),
  );
  const verifier = keep(
    createSignatureVerifier({
      http,
      state: new MemoryTrustStateStore(),
      trustRoots: createTrustRoots({ http, cacheDir: await createTestFolder() }),
    }),
  );
  const key = publicKey.export({ type: "spki", format: "pem" }).toString();
  const policies: readonly PolicyDocument[] = [
    { ...SCANNED, repositories: [{ name: "*", policy: { signatures: [{ cosign: { keys: [key] } }] } }] },
  ];
  let nowMs = Date.now();
  const { ask } = keep(await startGateReplica({ policies, verifier, clock: { now: () => new Date(nowMs) } }));
  const access = accessAs("viewer", TEST_ACCOUNTS.viewer.password, theirs.host);
  const reference = `${theirs.host}/team/app:1`;
  expect(outcomeOf((await ask(reference, { access })).verdict)).toBe("deny SIGNATURE_MISSING");
  {
    await using target = await openRepository(
      { registry: theirs.host, repository: "team/app" },
      { ...admin, scopes: ["pull", "push"] },
    );
    await attachBundle(target, { subject: IMAGE.manifest, bundle, predicateType: SIGNED_TYPE, now: new Date() });
  }
  nowMs += 60_000;
  const { verdict, pinned = "" } = await ask(reference, { access });
  expect(outcomeOf(verdict)).toBe("allow");
  await theirs.stop();
  nowMs += 24 * 3_600_000;
  expect(outcomeOf((await ask(pinned, { access })).verdict)).toBe("undecided REGISTRY_UNAVAILABLE");
});
