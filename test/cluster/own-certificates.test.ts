// SPDX-License-Identifier: Apache-2.0
import { X509Certificate } from "node:crypto";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, it } from "vitest";
import { applyPolicy, create, LIMIT_MS } from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { goodImage, pushImage, vulnerableImage } from "../support/cluster/fixture-images.ts";
import { clusterPolicy, pod, SCANNED } from "../support/cluster/objects.ts";
import { readAuthority, type StoredAuthority, writeAuthority } from "../support/cluster/own-authorities.ts";
import { startPodLoad } from "../support/cluster/pod-load.ts";
import { readServedCertificate } from "../support/cluster/served-certificate.ts";
import { readCaBundles } from "../support/cluster/webhook-bundles.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const HOUR_IN_A_MOMENT = fileURLToPath(new URL("../support/hour-in-a-moment.mjs", import.meta.url));
/** Of ten years, with a third of which left it is replaced. */
const OLD_DAYS = 2_500;
/** Enough that every client asked both images over many connections. */
const SOME_REQUESTS = 150;

/**
 * Our own authority, in place of cert-manager: before it ends another one is made, is trusted for a day before it signs,
 * and the old one is trusted for a week longer. Days pass by making the authority of the database older, with the same
 * key; and the gates, which look each hour, look each moment.
 */
describeCluster(
  "a gate with certificates of its own",
  {
    gates: 2,
    environment: { NODE_OPTIONS: `--import=${HOUR_IN_A_MOMENT}` },
    prepareDatabase: async (database) => void (await writeAuthority(database, { number: 1, ageDays: OLD_DAYS })),
  },
  (place) => {
    let good: string;
    let bad: string;

    beforeAll(async () => {
      const cluster = place.current;
      good = `${cluster.server.registry}/team/good:1.0`;
      bad = `${cluster.server.registry}/team/bad:1.0`;
      await pushImage(goodImage("good"), good, cluster.credentials);
      await pushImage(vulnerableImage("bad"), bad, cluster.credentials);
      await applyPolicy(cluster, clusterPolicy("base", [{ name: "*", policy: SCANNED }]));
      await waitUntil("both images are judged", LIMIT_MS, async () => {
        const answers = [good, bad].map(async (image) => create(cluster, pod({ name: "try" }, [image]), "?dryRun=All"));
        return (await Promise.all(answers)).map(({ status }) => status).join() === "201,403";
      });
    });

    async function authority(number: number): Promise<StoredAuthority> {
      const stored = await readAuthority(place.current.database, number);
      if (stored === undefined) {
        throw new Error(`there is no authority ${number}`);
      }
      return stored;
    }

    /** Whether every gate serves a certificate that comes from this authority. */
    async function isServedBy({ certPem }: StoredAuthority): Promise<boolean> {
      const { publicKey } = new X509Certificate(certPem);
      const served = await Promise.all(
        place.current.gates.map(({ admissionUrl }) => readServedCertificate(admissionUrl)),
      );
      return served.every((each) => each.verify(publicKey));
    }

    /** Whether both webhook configurations trust exactly these. */
    async function areTrusted(...authorities: readonly StoredAuthority[]): Promise<boolean> {
      const expected = authorities.map(({ certPem }) => new X509Certificate(certPem).fingerprint256).join();
      const bundles = await readCaBundles(place.current.plane);
      return (
        bundles.length > 0 &&
        bundles.every((each) => each.map(({ fingerprint256 }) => fingerprint256).join() === expected)
      );
    }

    it("changes its authority under load without a restart, and no review fails", async () => {
      const cluster = place.current;
      const pids = cluster.gates.map(({ pid }) => pid);
      const [first, second] = [await authority(1), await authority(2)];
      await waitUntil("the webhooks trust both", LIMIT_MS, () => areTrusted(first, second));
      expect(await isServedBy(first)).toBe(true);

      const running = startPodLoad(cluster, { namespace: "default", allowed: good, refused: bad });
      async function goOn(): Promise<void> {
        const goal = running.count + SOME_REQUESTS;
        await waitUntil(`${SOME_REQUESTS} more answers`, LIMIT_MS, () => Promise.resolve(running.count >= goal));
      }
      try {
        await goOn();
        // the new one is a day old: it signs
        const { keyPem } = second;
        const dayLater = await writeAuthority(cluster.database, { number: 2, ageDays: 1.1, keyPem });
        await waitUntil("every gate serves a certificate of the new one", LIMIT_MS, () => isServedBy(second));
        await waitUntil("the webhooks still trust both", LIMIT_MS, () => areTrusted(first, dayLater));
        await goOn();
        // and a week later it is alone
        const weekLater = await writeAuthority(cluster.database, { number: 2, ageDays: 8.5, keyPem });
        await waitUntil("the webhooks trust the new one alone", LIMIT_MS, () => areTrusted(weekLater));
        await goOn();
      } finally {
        expect(await running.stop()).toMatchObject({ failed: [], wrong: [] });
      }
      expect(cluster.gates.map(({ pid }) => pid)).toEqual(pids);
      expect(await isServedBy(first)).toBe(false);
    });
  },
);
