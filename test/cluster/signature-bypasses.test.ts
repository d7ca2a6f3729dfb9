// SPDX-License-Identifier: Apache-2.0
import { writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRepository } from "#image-source";
import { attachBundle } from "#signing";
import { applyPolicy, codesOf, create, createNamespace, LIMIT_MS } from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage } from "../support/cluster/fixture-images.ts";
import { clusterPolicy, imagePolicy, pod } from "../support/cluster/objects.ts";
import { createSigningKey } from "../support/cluster/signing-key.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { NEW_PASSWORD } from "../support/new-password.ts";
import { createReachableFolder } from "../support/reachable-folder.ts";
import type { CertificateOrder } from "../support/sigstore/certificate-authority.ts";
import { createPrivateSigstore } from "../support/sigstore/private-sigstore.ts";
import { signEnvelope, signStatement } from "../support/sigstore/sign-candidate.ts";

const IDENTITY = { subject: "release@example.test", issuer: "https://issuer.test" };
const sigstore = await createPrivateSigstore();
const folder = createReachableFolder("haechi-trusted-root-");
const TRUSTED_ROOT = join(folder, "trusted_root.json");
writeFileSync(TRUSTED_ROOT, sigstore.trustedRoot(), { mode: 0o644 });

/** The known ways around a check of signatures (gate.md, "Known bypass"), through the real API server. */
describeCluster(
  "bypasses of signatures",
  { gates: 1, tools: ["cosign"], settings: { "signatures-trust-roots": `private=${TRUSTED_ROOT}` } },
  (place) => {
    let registry: string;

    beforeAll(async () => {
      const cluster = place.current;
      registry = cluster.server.registry;
      await applyPolicy(cluster, clusterPolicy("base", [{ name: "nothing.example/*" }]));
    });

    afterAll(async () => {
      await rm(folder, { recursive: true, force: true });
    });

    async function tryPod(namespace: string, image: string) {
      return await create(place.current, pod({ name: "try", namespace }, [image]), "?dryRun=All");
    }

    describe("a certificate of Fulcio whose timestamp of a log (SCT)", () => {
      let namespace: string;

      beforeAll(async () => {
        namespace = await createNamespace(place.current, "keyless");
        const signatures = [{ keyless: { ...IDENTITY, trustRoot: "private" } }];
        const policy = imagePolicy({ name: "keyless", namespace }, [{ name: `${registry}/*`, policy: { signatures } }]);
        await applyPolicy(place.current, policy);
      });

      it.each<{ readonly name: string; readonly sct: NonNullable<CertificateOrder["sct"]>; readonly status: number }>([
        { name: "is missing", sct: "none", status: 403 },
        { name: "was forged", sct: "bad", status: 403 },
        { name: "is of a log that nobody trusts", sct: "other-log", status: 403 },
        { name: "is good (so that the others mean something)", sct: "good", status: 201 },
      ])("$name", async ({ sct, status }) => {
        const image = goodImage(sct);
        const { digest } = image.manifest;
        await pushImage(image, `${registry}/team/keyless:${sct}`, place.current.credentials);
        const signer = { certificate: { ...IDENTITY, sct } };
        const { bytes } = await signEnvelope(sigstore, signStatement(digest), { signer });
        const credentials = { username: "admin", password: NEW_PASSWORD };
        await using repository = await openRepository(
          { registry, repository: "team/keyless" },
          { scopes: ["pull", "push"], credentials },
        );
        const predicateType = "https://sigstore.dev/cosign/sign/v1";
        await attachBundle(repository, { subject: image.manifest, bundle: bytes, predicateType, now: new Date() });
        const answer = await tryPod(namespace, `${registry}/team/keyless:${sct}`);
        const codes = status === 201 ? [] : ["SIGNATURE_INVALID"];
        expect({ status: answer.status, codes: codesOf(answer) }).toEqual({ status, codes });
      });
    });

    it("a tenant's policy does not reach Secrets of another namespace", async () => {
      const cluster = place.current;
      const signed = `${registry}/team/signed:1.0`;
      await pushImage(goodImage("signed"), signed, cluster.credentials);
      const signer = await createSigningKey(cluster);
      await signer.sign(signed);
      const owner = await createNamespace(cluster, "key-owner");
      const tenant = await createNamespace(cluster, "tenant");
      const reaching = { name: "reaching", namespace: tenant };
      const keys = {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: "keys", namespace: owner },
        stringData: { "cosign.pub": signer.publicKey },
      };
      function signedBy(check: object): readonly object[] {
        return [{ name: `${registry}/*`, policy: { signatures: [{ cosign: check }] } }];
      }
      expect((await create(cluster, keys)).status).toBe(201);
      const foreignSecret = { keySecret: "keys", keySecretNamespace: owner };
      await applyPolicy(cluster, imagePolicy(reaching, signedBy(foreignSecret)));
      const refused = await tryPod(tenant, signed);
      expect({ status: refused.status, codes: codesOf(refused) }).toEqual({ status: 403, codes: ["SECRET_MISSING"] });
      const bytes = signer.publicKey.split("\n")[1] ?? "";
      expect(bytes.length).toBeGreaterThan(40);
      const logs = [cluster.server, ...cluster.gates].map((each) => each.stdout() + each.stderr()).join("");
      expect(JSON.stringify(refused.body) + logs).not.toContain(bytes);

      // the same key in the tenant's own namespace is all that was missing
      await create(cluster, { ...keys, metadata: { name: "keys", namespace: tenant } });
      expect((await tryPod(tenant, signed)).status).toBe(403);
      await applyPolicy(cluster, imagePolicy(reaching, signedBy({ keySecret: "keys" })));
      await waitUntil("it passes", LIMIT_MS, async () => (await tryPod(tenant, signed)).status === 201);
    });
  },
);
