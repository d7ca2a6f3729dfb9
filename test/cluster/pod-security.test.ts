// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judgePodSecurity, readPod } from "#pod-security";
import { describeWithControlPlane } from "../support/control-plane/describe-with-control-plane.ts";
import { type ControlPlane, startControlPlane } from "../support/control-plane/start-control-plane.ts";
import { waitUntil } from "../support/control-plane/wait-until.ts";
import { EPHEMERAL_ROWS, POD_ROWS } from "./pod-security-table.ts";

// Our Pod Security Standards against those of the API server, Pod by Pod.

const LEVELS = ["baseline", "restricted"] as const;
type Level = (typeof LEVELS)[number];
const LIMIT_MS = 30_000;
const RUNNING = "running";

interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string };
}

/** What the API server says; anything but a plain yes or no of the standards is a Pod that belongs not into the table. */
function verdictOf({ status, body }: Answer): string {
  if (status === 200 || status === 201) {
    return "accepted";
  }
  return status === 403 && (body.message ?? "").includes("violates PodSecurity")
    ? "refused"
    : `${status} ${body.message}`;
}

function ours(level: Level, pod: { readonly spec: object; readonly annotations?: object }): "accepted" | "refused" {
  // As it arrives: a field that is undefined is none in JSON.
  const sent = JSON.parse(JSON.stringify(pod)) as typeof pod;
  return judgePodSecurity(readPod(sent), level).length === 0 ? "accepted" : "refused";
}

describeWithControlPlane("Pod Security Standards", (binaries) => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane(binaries);
    for (const level of ["privileged", ...LEVELS]) {
      const labels = {
        "pod-security.kubernetes.io/enforce": level,
        "pod-security.kubernetes.io/enforce-version": "latest",
      };
      const metadata = { name: level, labels };
      await plane.admin.call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata });
      await waitUntil(`${level} has its service account`, LIMIT_MS, async () => {
        const account = `/api/v1/namespaces/${level}/serviceaccounts/default`;
        return (await plane.admin.call("GET", account)).status === 200;
      });
    }
  });

  afterAll(async () => {
    await plane?.[Symbol.asyncDispose]();
  });

  function createPod(namespace: string, pod: object, query = "?dryRun=All"): Promise<Answer> {
    return plane.admin.call("POST", `/api/v1/namespaces/${namespace}/pods${query}`, {
      apiVersion: "v1",
      kind: "Pod",
      ...pod,
    });
  }

  it("has a table that is long enough", () => {
    expect(POD_ROWS.length + EPHEMERAL_ROWS.length).toBeGreaterThanOrEqual(60);
    expect(new Set(POD_ROWS.map(({ name }) => name)).size).toBe(POD_ROWS.length);
  });

  it.each(POD_ROWS)("$name: the same at every level", async ({ spec, annotations = {} }) => {
    const pod = { metadata: { name: "table", annotations }, spec };
    expect(verdictOf(await createPod("privileged", pod))).toBe("accepted");
    for (const level of LEVELS) {
      const theirs = verdictOf(await createPod(level, pod));
      expect({ level, verdict: ours(level, { spec, annotations }) }).toEqual({ level, verdict: theirs });
    }
  });

  describe("ephemeral containers", () => {
    beforeAll(async () => {
      const good = POD_ROWS[0]?.spec ?? {};
      for (const level of LEVELS) {
        const { status } = await createPod(level, { metadata: { name: RUNNING }, spec: good }, "");
        expect(status).toBe(201);
      }
    });

    it.each(EPHEMERAL_ROWS)("$name: the same at every level", async ({ container }) => {
      for (const level of LEVELS) {
        const path = `/api/v1/namespaces/${level}/pods/${RUNNING}`;
        const { body } = await plane.admin.call("GET", path);
        const spec = { ...body.spec, ephemeralContainers: [container] };
        const theirs = verdictOf(
          await plane.admin.call("PUT", `${path}/ephemeralcontainers?dryRun=All`, { ...body, spec }),
        );
        expect({ level, verdict: ours(level, { spec }) }).toEqual({ level, verdict: theirs });
      }
    });
  });
});
