// SPDX-License-Identifier: Apache-2.0
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { digestOf } from "#base";
import type { RunningImage } from "#database";
import { KubeError, RESOURCES } from "#kube";
import { createTranslate } from "#messages";
import type { Reason } from "#policy";
import { MemoryKube } from "../../../../../test/support/memory-kube.ts";
import { cutBytes } from "../cut-bytes.ts";
import { reportName } from "./render-report.ts";
import { reportResults } from "./report-results.ts";
import { ReportWriter } from "./report-writer.ts";

const LOG = pino({ enabled: false });

const translate = createTranslate("ko");
const LIMIT = 1_500_000;

function image(changes: Partial<RunningImage> = {}): RunningImage {
  return {
    namespace: "shop",
    owner: { apiVersion: "apps/v1", kind: "Deployment", name: "web", uid: "11111111-2222-3333-4444-555555555555" },
    reference: "registry.example/web:1",
    digest: digestOf("web"),
    containers: ["web"],
    podCount: 1,
    pods: [],
    standing: "admitted",
    verdict: { outcome: "allow", mode: "enforce", reasons: [] },
    firstSeenAt: "2026-11-22T09:00:00.000Z",
    ...changes,
  };
}

function reason(id: string, effect: Reason["effect"] = "deny"): Reason {
  const params = { id, severity: "critical", package: "패키지".repeat(400), version: "1", fixed: "2" };
  return { code: "VULNERABILITY", effect, params };
}

describe("what a report says", () => {
  it.each([
    { effect: "deny", mode: "enforce", want: "fail" },
    { effect: "deny", mode: "warn", want: "warn" },
    { effect: "deny", mode: "audit", want: "warn" },
    { effect: "undecided", mode: "enforce", want: "error" },
    { effect: "warn", mode: "enforce", want: "warn" },
    { effect: "exempt", mode: "enforce", want: "skip" },
  ] as const)("$effect under $mode is $want", ({ effect, mode, want }) => {
    const verdict = { outcome: "deny", mode, reasons: [reason("CVE-1", effect)] } as const;
    const { results } = reportResults([image({ verdict })], translate);
    expect(results.map(({ result, rule, severity }) => [result, rule, severity])).toEqual([
      [want, "VULNERABILITY", "critical"],
    ]);
  });

  it("undecided never counts as failed, nor as passed", () => {
    const verdict = { outcome: "undecided", mode: "enforce", reasons: [reason("CVE-1", "undecided")] } as const;
    expect(reportResults([image({ verdict })], translate).summary).toEqual({
      pass: 0,
      fail: 0,
      warn: 0,
      error: 1,
      skip: 0,
    });
  });

  it("a workload of thousands of findings stays far below what the API server takes, and says what is left out", () => {
    const reasons = Array.from({ length: 100 }, (_, index) => reason(`CVE-${index}${"x".repeat(5_000)}`));
    const images = Array.from({ length: 40 }, (_, index) =>
      image({
        reference: `registry.example/${"긴".repeat(1_500)}:${index}`,
        containers: Array.from({ length: 50 }, (_each, number) => `c${number}${"y".repeat(60)}`),
        verdict: { outcome: "deny", mode: "enforce", reasons },
      }),
    );
    const content = reportResults(images, translate);
    expect(Buffer.byteLength(JSON.stringify(content))).toBeLessThan(LIMIT / 2);
    expect(content.results).toHaveLength(300);
    expect(content.results.at(-1)).toMatchObject({ rule: "MORE_REASONS", properties: { omitted: "3701" } });
    expect(content.summary.fail).toBe(4_000);
  });

  it("text is cut between characters", () => {
    expect(cutBytes("가나다라", 10)).toBe("가나…");
    expect(cutBytes("abc", 3)).toBe("abc");
    expect(Buffer.byteLength(cutBytes("가".repeat(100), 50))).toBeLessThanOrEqual(50);
  });
});

describe("reports in the cluster", () => {
  function writer(client: MemoryKube, monotonicMs: () => number = () => 0) {
    const counted: string[] = [];
    const metrics = {
      reports: {
        inc: ({ kind, result }: { kind: string; result: string }) => counted.push(`${kind} ${result}`),
      },
    } as never;
    return { counted, writer: new ReportWriter({ client, translate, metrics, log: LOG, monotonicMs }) };
  }
  const { signal } = new AbortController();

  it("are written once for each kind, and again only when they say something else", async () => {
    const client = new MemoryKube();
    const { writer: reports, counted } = writer(client);
    await reports.write([image()], signal);
    await reports.write([image({ podCount: 7, judgedAt: "2026-11-22T10:00:00.000Z" })], signal);
    expect(counted).toEqual(["PolicyReport written", "OpenReports written"]);
    await reports.write([image({ standing: "no-record" })], signal);
    expect(counted).toHaveLength(4);
    const { items } = await client.list({ resource: RESOURCES.openReports, namespace: "shop" });
    expect(items).toMatchObject([
      { kind: "Report", source: "haechi", summary: { pass: 1, warn: 1 }, scope: { name: "web", namespace: "shop" } },
    ]);
  });

  it("go when they are about nothing, and others are left alone", async () => {
    const client = new MemoryKube();
    const foreign = {
      metadata: { name: "theirs", namespace: "shop", labels: { "app.kubernetes.io/managed-by": "haechi" } },
    };
    await client.create({ resource: RESOURCES.policyReports, namespace: "shop" }, foreign);
    await writer(client).writer.write([image()], signal);
    // another leader, which finds what is there
    const { writer: reports, counted } = writer(client);
    await reports.write([image()], signal);
    expect(counted).toEqual([]);
    await reports.write([], signal);
    expect(counted).toEqual(["PolicyReport removed", "OpenReports removed"]);
    const { items } = await client.list({ resource: RESOURCES.policyReports });
    expect(items.map(({ metadata }) => metadata.name)).toEqual(["theirs"]);
  });

  it("of a kind that is not installed are not written, until it is", async () => {
    const client = new MemoryKube();
    client.absent.add("reports");
    let now = 0;
    const { writer: reports, counted } = writer(client, () => now);
    await reports.write([image()], signal);
    client.absent.clear();
    await reports.write([image()], signal);
    expect(counted).toEqual(["PolicyReport written"]);
    now = 300_001;
    await reports.write([image()], signal);
    expect(counted).toEqual(["PolicyReport written", "OpenReports written"]);
  });

  it("one that is refused does not hold back the others, and is not sent again and again", async () => {
    const client = new MemoryKube();
    const patch = client.patch.bind(client);
    client.patch = async (place, kind, object) => {
      if (place.namespace === "bad") {
        throw new KubeError("INVALID", "refused");
      }
      return await patch(place, kind, object);
    };
    const { writer: reports, counted } = writer(client);
    const images = [image({ namespace: "bad" }), image()];
    await reports.write(images, signal);
    await reports.write(images, signal);
    expect(counted.toSorted()).toEqual([
      "OpenReports refused",
      "OpenReports written",
      "PolicyReport refused",
      "PolicyReport written",
    ]);
  });

  it("what was not judged yet has none", async () => {
    const { verdict: _none, ...unjudged } = image();
    const { writer: reports, counted } = writer(new MemoryKube());
    await reports.write([unjudged], signal);
    expect(counted).toEqual([]);
  });

  it.each(["../../x", "A".repeat(5_000), "", "uid with spaces"])("a forged uid (%#) makes no forged name", (uid) => {
    expect(reportName({ uid })).toMatch(/^haechi-[0-9a-f]{32}$/);
  });
});
