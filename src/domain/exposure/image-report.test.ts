// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from "vitest";
import { judgeExposure, readExposureObject, readImageReport } from "#exposure";

const DIGEST = `sha256:${"a".repeat(64)}`;

interface Given {
  readonly reference?: string;
  readonly findings?: readonly object[];
  readonly otherFindings?: readonly object[];
  readonly status?: string;
}

function report({ reference = "registry:2", findings = [], otherFindings, status = "complete" }: Given): string {
  const inventory = { status };
  const platform = { image: { digest: DIGEST }, findings, otherFindings, coverageGaps: [], database: {}, inventory };
  return JSON.stringify({ schemaVersion: 1, reference, reports: [platform] });
}

function findingsOf(image: string, text: string): readonly string[] {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p", namespace: "n" },
    spec: { containers: [{ image }] },
  };
  const read = readExposureObject(pod);
  const parsed = readImageReport(text);
  const objects = read !== undefined && "object" in read ? [read.object] : [];
  const { subjects } = judgeExposure({ objects, unread: [], reports: parsed === undefined ? [] : [parsed] });
  return subjects.flatMap(({ findings }) =>
    findings.map(({ id, state, severity, params }) => [id, state, severity, params["count"] ?? ""].join(" ").trim()),
  );
}

const FIXABLE = { severity: "critical", state: "affected", fixedVersions: ["2"] };

describe("a report", () => {
  it.each([
    "",
    "{",
    "null",
    "[]",
    '{"schemaVersion":1}',
    '{"schemaVersion":2,"reference":"a","reports":[{}]}',
    '{"schemaVersion":1,"reference":1,"reports":[{}]}',
  ])("is not %j", (text) => {
    expect(readImageReport(text)).toBeUndefined();
  });

  it("with odd parts is read as far as it goes", () => {
    const text = JSON.stringify({
      schemaVersion: 1,
      reference: "registry",
      reports: [null, 1, { findings: [null, { severity: "x" }], otherFindings: {} }],
    });
    expect(readImageReport(text)).toEqual({
      reference: "docker.io/library/registry:latest",
      digests: [],
      isComplete: false,
      fixable: {},
      remoteServers: [],
    });
  });
});

describe("patches of a registry", () => {
  it.each<{ readonly name: string; readonly image?: string; readonly given: Given; readonly want: readonly string[] }>([
    { name: "nothing with a fix", given: { findings: [{ ...FIXABLE, fixedVersions: [] }] }, want: [] },
    {
      name: "what nobody can tell about a version counts for no fix",
      given: { findings: [{ ...FIXABLE, state: "undecided" }] },
      want: [],
    },
    { name: "a report of another tag", image: "registry:3", given: { findings: [FIXABLE] }, want: [] },
    {
      name: "a digest that the report does not have",
      image: `registry:2@sha256:${"c".repeat(64)}`,
      given: { findings: [FIXABLE] },
      want: [],
    },
    {
      name: "fixes",
      given: { findings: [FIXABLE, { ...FIXABLE, severity: "low" }] },
      want: ["HK006 fails critical 2"],
    },
    {
      name: "fixes, by digest",
      image: `mirror.example/library/registry@${DIGEST}`,
      given: { findings: [FIXABLE] },
      want: ["HK006 fails critical 1"],
    },
    {
      name: "fixes, under the same name written otherwise",
      image: "docker.io/library/registry:2",
      given: { findings: [FIXABLE] },
      want: ["HK006 fails critical 1"],
    },
    {
      name: "a scan that could not look at everything",
      given: { status: "partial" },
      want: ["HK006 undecided high 0"],
    },
  ])("$name", ({ image = "registry:2", given, want }) => {
    expect(findingsOf(image, report(given)).filter((each) => each.startsWith("HK006"))).toEqual(want);
  });
});

it("an SSH server that a scan saw in the image of a Pod is remote access at port 22", () => {
  const otherFindings = [{ rule: "HC008", params: { program: "sshd" } }];
  expect(findingsOf("example.com/app:1", report({ reference: "example.com/app:1", otherFindings }))).toEqual([
    "HK011 fails medium",
  ]);
});
