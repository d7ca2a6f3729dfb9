// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from "vitest";
import {
  applyPolicy,
  createNamespace,
  LIMIT_MS,
  passes,
  remove,
  writeMarkedPolicy,
} from "../support/cluster/cluster-actions.ts";
import { describeCluster } from "../support/cluster/describe-cluster.ts";
import { clusterPolicy, imagePolicy } from "../support/cluster/objects.ts";
import { type AuditedRequest, auditArguments, readAuditLog } from "../support/control-plane/audit-log.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";

const GATE = "system:serviceaccount:haechi-system:haechi-gate";
const CHANGES = 5;

/**
 * "In force within a second on every replica" is what a watch does and what no poll does. So the API server's own log is
 * read: after a policy was written no replica asked for it, and all of them judge by it. How long that takes is measured by
 * `npm run bench -- kubernetes`, since a test of it would fail on a busy machine.
 */
describeCluster(
  "changes of policies",
  { gates: 2, apiServerArguments: (made) => auditArguments(made, { groups: ["haechi.dev"] }) },
  (place) => {
    beforeAll(async () => {
      await applyPolicy(place.current, clusterPolicy("base", [{ name: "nothing.example/*" }]));
    });

    async function onEveryReplica(claim: string, isSo: (admissionUrl: string) => Promise<boolean>): Promise<void> {
      const { gates } = place.current;
      expect(gates.length).toBeGreaterThanOrEqual(2);
      await Promise.all(
        gates.map(async ({ name, admissionUrl }) => {
          await waitUntil(`${name}: ${claim}`, LIMIT_MS, () => isSo(admissionUrl));
        }),
      );
    }

    /** What gates asked the API server about policies since the object was first written, which happened for certain. */
    function askedSince(name: string): readonly AuditedRequest[] {
      const log = readAuditLog(place.current.plane);
      const written = log.find((each) => each.name === name && ["create", "patch"].includes(each.verb));
      expect(written).toBeDefined();
      return log.filter(({ user, receivedAt }) => user === GATE && receivedAt >= (written?.receivedAt ?? ""));
    }

    it("each replica keeps a watch of each kind of policy open (so that what follows means something)", () => {
      const watched = readAuditLog(place.current.plane).filter(({ user, verb }) => user === GATE && verb === "watch");
      for (const kind of ["imagepolicies", "clusterimagepolicies", "policyexceptions"]) {
        const watches = watched.filter(({ resource }) => resource === `${kind}.haechi.dev`);
        expect(watches.length).toBeGreaterThanOrEqual(place.current.gates.length);
      }
    });

    it("a namespace's policy that is written again and again is each time in force on every replica, and none asks for it", async () => {
      const cluster = place.current;
      const namespace = await createNamespace(cluster, "changes");
      for (let change = 0; change < CHANGES; change++) {
        const policy = imagePolicy({ name: "changing", namespace }, [{ name: `v${change}` }]);
        const mark = await writeMarkedPolicy(cluster, policy);
        await onEveryReplica("judges by the change", (url) => passes(cluster, url, { mark, namespace }));
      }
      expect(askedSince("changing").filter(({ verb }) => verb !== "watch")).toEqual([]);
    });

    describe("a policy of the cluster", () => {
      it("that is written, and one that is removed, is the same on every replica, and none asks for it", async () => {
        const cluster = place.current;
        const policy = clusterPolicy("coming-and-going", [{ name: "coming.example/*" }]);
        const mark = await writeMarkedPolicy(cluster, policy);
        await onEveryReplica("judges by it", (url) => passes(cluster, url, { mark }));
        expect(await remove(cluster, policy)).toMatchObject({ status: 200 });
        await onEveryReplica("no longer does", async (url) => !(await passes(cluster, url, { mark })));
        expect(askedSince("coming-and-going").filter(({ verb }) => verb !== "watch")).toEqual([]);
      });
    });
  },
);
