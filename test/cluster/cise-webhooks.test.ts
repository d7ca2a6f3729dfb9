// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create, createNamespace, LIMIT_MS } from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { pod } from "../support/cluster/objects.ts";
import { type ScriptedRegistry, startScriptedRegistry } from "../support/cluster/scripted-registry.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const CISE = "securityenforcement.admission.cloud.ibm.com/v1beta1";
const TRUST = "trust.hooks.securityenforcement.admission.cloud.ibm.com";
const VA = "va.hooks.securityenforcement.admission.cloud.ibm.com";

/** A registry with a trust service, which answers on the same address and has nothing signed. */
const trusted: ScriptedRegistry = await startScriptedRegistry();
const SETTINGS = {
  "admission-hook-names": "cise",
  "signatures-notary-servers": `${trusted.host}=http://${trusted.host}`,
};

/**
 * Who moves from Container Image Security Enforcement has scripts that look for the names of its two webhooks and for its
 * texts, which they find word for word. Both are what kubectl prints here, of a real API server.
 */
describeCluster("the webhooks of Container Image Security Enforcement", { gates: 1, settings: SETTINGS }, (place) => {
  let good: string;
  let bad: string;
  let goodDigest: string;

  beforeAll(async () => {
    const cluster = place.current;
    good = `${cluster.server.registry}/team/good:1.0`;
    bad = `${cluster.server.registry}/team/bad:1.0`;
    goodDigest = await pushImage(goodImage("good"), good, cluster.credentials);
    await pushImage(vulnerableImage("bad"), bad, cluster.credentials);
    trusted.tags.set("team/unsigned:2.5", goodImage("unsigned"));
    trusted.script = (path, response) => {
      if (!path.includes("/_trust/")) {
        return false;
      }
      const errors = [{ code: "METADATA_NOT_FOUND", message: "metadata not found", detail: {} }];
      response.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ errors }));
      return true;
    };
  });

  afterAll(async () => {
    await trusted[Symbol.asyncDispose]();
  });

  async function withPolicy(name: string, repositories: readonly object[]): Promise<string> {
    const namespace = await createNamespace(place.current, name);
    const policy = {
      apiVersion: CISE,
      kind: "ImagePolicy",
      metadata: { name: "cise", namespace },
      spec: { repositories },
    };
    const made = await place.current.kubectl(["create", "-f", "-"], policy);
    expect(made).toMatchObject({ code: 0 });
    return namespace;
  }

  async function tryCreate(namespace: string, image: string): Promise<string> {
    const made = await place.current.kubectl(["create", "-f", "-"], pod({ name: "app", namespace }, [image]));
    return made.code === 0 ? "created" : made.stderr.trim();
  }

  /** kubectl's last word, once it is about the policy and no longer about a scan that goes on. */
  async function refusal(namespace: string, image: string, hook: string): Promise<string> {
    const head = `admission webhook "${hook}" denied the request: `;
    let printed = "";
    await waitUntil(`${hook} refuses ${image}`, LIMIT_MS, async () => {
      printed = await tryCreate(namespace, image);
      return printed.includes(head) && !printed.includes("being scanned");
    }).catch((error: unknown) => {
      throw new Error(`kubectl printed: ${printed}`, { cause: error });
    });
    return printed.slice(printed.indexOf(head) + head.length);
  }

  it("are registered with the API server by their names, and nothing else of ours that changes objects", async () => {
    const path = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/haechi";
    const { body } = await place.current.plane.admin.call("GET", path);
    const hooks = body.webhooks as readonly {
      readonly name: string;
      readonly failurePolicy: string;
      readonly clientConfig: { readonly url: string };
    }[];
    expect(
      hooks.map(({ name, failurePolicy, clientConfig }) => [name, new URL(clientConfig.url).pathname, failurePolicy]),
    ).toEqual([
      [TRUST, "/admit/trust", "Fail"],
      [VA, "/admit/va", "Fail"],
    ]);
  });

  describe("refuse in its words", () => {
    it("without any policy", async () => {
      const namespace = await createNamespace(place.current, "no-policy");
      expect(await refusal(namespace, good, TRUST)).toBe(`Deny, no image policies or cluster polices for ${good}`);
    });

    it("with no policy that fits", async () => {
      const namespace = await withPolicy("no-match", [{ name: "registry.example/*" }]);
      expect(await refusal(namespace, good, TRUST)).toBe(`Deny, no image policies or cluster polices for ${good}`);
    });

    it("an image with vulnerabilities", async () => {
      const namespace = await withPolicy("scanned", [{ name: "*", policy: { va: { enabled: true } } }]);
      expect(await refusal(namespace, bad, VA)).toBe(
        "The Vulnerability Advisor image scan assessment found issues with the container image that are not exempted. Refer to your image vulnerability report for more details by using the command `ibmcloud cr va`.",
      );
    });

    it("an image that nobody signed", async () => {
      const namespace = await withPolicy("signed", [{ name: "*", policy: { trust: { enabled: true } } }]);
      const image = `${trusted.host}/team/unsigned:2.5`;
      expect(await refusal(namespace, image, TRUST)).toBe(
        "Deny, failed to get content trust information: No valid trust data for 2.5",
      );
      expect(trusted.requests).toContain(`GET /v2/${trusted.host}/team/unsigned/_trust/tuf/root.json`);
    });

    it("an image of a registry without a trust service", async () => {
      const namespace = await withPolicy("no-trust", [{ name: "*", policy: { trust: { enabled: true } } }]);
      expect(await refusal(namespace, good, TRUST)).toBe("Trust is not supported for images from this registry");
    });
  });

  it("let pass what both find good, pinned to its digest", async () => {
    const cluster = place.current;
    const namespace = await withPolicy("good", [{ name: "*", policy: { va: { enabled: true } } }]);
    let made = await create(cluster, pod({ name: "app", namespace }, [good]));
    await waitUntil("it is scanned", LIMIT_MS, async () => {
      made = made.status === 201 ? made : await create(cluster, pod({ name: "app", namespace }, [good]));
      return made.status === 201;
    });
    expect(made.body.spec.containers[0].image).toBe(good.replace(/:1\.0$/, `@${goodDigest}`));
  });
});
